/**
 * How a training shows that it runs: a live chart in a notebook, a bar in a terminal, plain lines
 * in a log.
 */
import { host } from '../plot/display';
import { lines } from '../plot/lines';
import { live, type Live } from '../plot/live';
import type { History } from './history';

/**
 * - 'auto': nothing while a training takes less than two seconds; then a chart in a notebook, a bar
 *   elsewhere.
 * - 'chart', 'bar': that from the start (a chart needs a notebook; elsewhere it is a bar). -
 *   'none': nothing.
 */
export type ProgressDisplay = 'auto' | 'chart' | 'bar' | 'none';

export interface ProgressState {
  readonly title: string;
  /** Steps done, of how many. */
  readonly done: number;
  readonly steps: number;
  readonly stepsPerSecond: number;
  readonly history: History;
}

export interface Progress {
  /** Shows the state, if it is time to. Cheap when it is not. */
  update(state: () => ProgressState): void;
  /** Shows the last state. */
  close(state: ProgressState): Promise<void>;
}

/** Milliseconds before 'auto' shows anything; between updates of a bar; between lines of a log. */
const PATIENCE = 2000,
  BAR_INTERVAL = 200,
  LINE_INTERVAL = 5000;

export function progress(display: ProgressDisplay, start: number): Progress {
  const view =
    display === 'none'
      ? undefined
      : host()
        ? notebookView(display === 'bar')
        : process.stderr.isTTY
          ? barView()
          : lineView();
  const from = display === 'auto' ? start + PATIENCE : start;
  let last = -Infinity;
  let shown = false;
  return {
    update(state) {
      const now = performance.now();
      if (!view || now < from || now - last < view.interval) return;
      last = now;
      shown = true;
      view.draw(state());
    },
    async close(state) {
      if (view && (shown || display !== 'auto')) await view.end(state);
    },
  };
}

interface View {
  readonly interval: number;
  draw(state: ProgressState): void;
  end(state: ProgressState): Promise<void> | void;
}

/** `SimCLR: 340 of 600 steps, loss 3.214, 41 steps/s`. */
export function describeDone(state: ProgressState): string {
  return `${state.title}: ${standing(state)}`;
}

/** The same, and `, 6 s left`. */
export function describeProgress(state: ProgressState): string {
  return `${describeDone(state)}${remaining(state)}`;
}

function standing({ done, steps, stepsPerSecond, history }: ProgressState): string {
  const loss = history.loss.at(-1);
  return `${done} of ${steps} steps${loss === undefined ? '' : `, loss ${loss.toPrecision(4)}`}, ${Number(stepsPerSecond.toPrecision(3))} steps/s`;
}

function remaining({ done, steps, stepsPerSecond }: ProgressState): string {
  return done < steps && stepsPerSecond > 0
    ? `, ${duration((steps - done) / stepsPerSecond)} left`
    : '';
}

function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function barView(): View {
  const draw = (state: ProgressState): void => {
    const columns = process.stderr.columns ?? 80;
    const filled = Math.floor((state.done / state.steps) * 20);
    const text = `[${'='.repeat(filled)}${' '.repeat(20 - filled)}] ${describeProgress(state)}`;
    process.stderr.write(`\r\u001b[K${text.slice(0, columns - 1)}`);
  };
  return {
    interval: BAR_INTERVAL,
    draw,
    end: (state) => {
      draw(state);
      process.stderr.write('\n');
    },
  };
}

function lineView(): View {
  const draw = (state: ProgressState): void =>
    void process.stderr.write(`${describeProgress(state)}\n`);
  return { interval: LINE_INTERVAL, draw, end: draw };
}

function notebookView(barOnly: boolean): View {
  let display: Live | undefined;
  const draw = (state: ProgressState): void => {
    const content =
      barOnly || state.history.step.length < 2 ? () => bar(state) : () => lossChart(state);
    (display ??= live()).update(content);
  };
  return {
    interval: BAR_INTERVAL,
    draw,
    end: async (state) => {
      draw(state);
      await display?.done();
    },
  };
}

function bar(state: ProgressState): Record<string, string> {
  const text = describeProgress(state);
  const escaped = text.replace(
    /[&<>]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]!,
  );
  return {
    'text/html': `<progress value="${state.done}" max="${state.steps}"></progress> ${escaped}`,
    'text/plain': text,
  };
}

function lossChart(state: ProgressState): ReturnType<typeof lines> {
  const { step, loss } = state.history;
  const subtitle = `${standing(state)}${remaining(state)}`;
  return lines(
    { loss: { x: step, y: loss } },
    {
      title: state.title,
      subtitle,
      xLabel: 'step',
      yLabel: 'loss',
      xDomain: [0, state.steps],
      points: false,
    },
  );
}
