/**
 * How work shows that it goes on: a bar in a notebook or a terminal, plain lines in a log. What
 * has a picture to show, as a training has, shows that in a notebook.
 */
import { host } from './display';
import { live, type Live } from './live';

/** How far the work is. */
export interface Standing {
  readonly done: number;
  readonly total: number;
  /** Said beside the bar. */
  readonly text: string;
  /** What a notebook shows instead of the bar: anything that `show` takes. */
  readonly picture?: (() => unknown) | undefined;
}

export interface ProgressBar {
  /** Shows how far the work is, if it is time to. Cheap when it is not. */
  update(standing: () => Standing): void;
  /** Shows the last state. */
  close(standing: Standing): Promise<void>;
}

/** Milliseconds before 'auto' shows anything; between updates of a bar; between lines of a log. */
const PATIENCE = 2000,
  BAR_INTERVAL = 200,
  LINE_INTERVAL = 5000;

/**
 * @param display 'auto': nothing while the work takes less than two seconds; 'now': from the
 * start; 'none': nothing at all.
 * @param start when the work began, of `performance.now()`.
 */
export function progressBar(display: 'auto' | 'now' | 'none', start: number): ProgressBar {
  const view =
    display === 'none'
      ? undefined
      : host()
        ? notebookView()
        : process.stderr.isTTY
          ? terminalView()
          : logView();
  const from = display === 'auto' ? start + PATIENCE : start;
  let last = -Infinity;
  let shown = false;
  return {
    update(standing) {
      const now = performance.now();
      if (!view || now < from || now - last < view.interval) return;
      last = now;
      shown = true;
      view.draw(standing());
    },
    async close(standing) {
      if (view && (shown || display === 'now')) await view.end(standing);
    },
  };
}

interface View {
  readonly interval: number;
  draw(standing: Standing): void;
  end(standing: Standing): Promise<void> | void;
}

function terminalView(): View {
  const draw = ({ done, total, text }: Standing): void => {
    const columns = process.stderr.columns ?? 80;
    const filled = Math.floor((done / total) * 20);
    const line = `[${'='.repeat(filled)}${' '.repeat(20 - filled)}] ${text}`;
    process.stderr.write(`\r\u001b[K${line.slice(0, columns - 1)}`);
  };
  return {
    interval: BAR_INTERVAL,
    draw,
    end: (standing) => {
      draw(standing);
      process.stderr.write('\n');
    },
  };
}

function logView(): View {
  const draw = ({ text }: Standing): void => void process.stderr.write(`${text}\n`);
  return { interval: LINE_INTERVAL, draw, end: draw };
}

function notebookView(): View {
  let display: Live | undefined;
  const draw = (standing: Standing): void =>
    (display ??= live()).update(standing.picture ?? (() => bar(standing)));
  return {
    interval: BAR_INTERVAL,
    draw,
    end: async (standing) => {
      draw(standing);
      await display?.done();
    },
  };
}

function bar({ done, total, text }: Standing): Record<string, string> {
  const escaped = text.replace(
    /[&<>]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]!,
  );
  return {
    'text/html': `<progress value="${done}" max="${total}"></progress> ${escaped}`,
    'text/plain': text,
  };
}

/** `6 s`, `12 min`, `2.5 h`. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
