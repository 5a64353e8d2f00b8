/**
 * A display that changes while a training runs: as often as you like from outside, at most five
 * times a second inside.
 */
import { randomUUID } from 'node:crypto';
import { host } from './display';
import { bundleOf, send } from './show';

/** The shortest time between two updates, in milliseconds. */
const interval = 200;
/** After this long without an update, the PNG is drawn too, for readers of the saved notebook. */
const quiet = 1000;

export interface Live {
  /** The Jupyter display id. */
  readonly id: string;
  /**
   * Shows `x` soon, in the same place; what is overtaken by a later call is never drawn. `x` is
   * what `show` takes, or a function of no arguments that makes it: it is called only when it is
   * drawn.
   *
   * @throws what the drawing of an earlier update threw.
   */
  update(x: unknown): void;
  /**
   * Draws the last update in full (with its PNG) and waits for it. Call it when the work is done.
   */
  done(): Promise<void>;
}

/**
 * A live display. It appears with its first content: `initial`, or the first update. At most five
 * updates a second are sent and the last one always is. While it changes, charts go out without
 * their PNG, which costs most.
 *
 * @example
 * ```ts
 * import { live, plot } from 'dark-matter';
 *
 * const losses: number[] = [];
 * const display = live();
 * for (let step = 0; step < 3; step++) {
 *   losses.push(1 / (step + 1));
 *   display.update(() => plot.lines(losses));
 * }
 * await display.done();
 * ```
 */
export function live(initial?: unknown): Live {
  const display = new LiveDisplay();
  if (initial !== undefined) display.update(initial);
  return display;
}

class LiveDisplay implements Live {
  readonly id: string = randomUUID();
  private waiting: { readonly x: unknown } | undefined;
  private last: { readonly x: unknown } | undefined;
  private lastSent = -Infinity;
  private shown = false;
  private failure: { readonly error: unknown } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;

  update(x: unknown): void {
    this.rethrow();
    this.waiting = { x };
    if (!this.sending) this.schedule();
  }

  async done(): Promise<void> {
    clearTimeout(this.timer);
    while (this.sending) await this.sending;
    clearTimeout(this.timer);
    this.rethrow();
    const last = this.waiting ?? this.last;
    this.waiting = this.last = undefined;
    if (!last) return;
    this.start(last.x, false);
    while (this.sending) await this.sending;
    this.rethrow();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    const due = this.lastSent + interval - performance.now();
    if (due <= 0) this.flush();
    else this.timer = setTimeout(() => this.flush(), due);
  }

  private flush(): void {
    const next = this.waiting;
    if (!next) return;
    this.waiting = undefined;
    this.last = next;
    this.lastSent = performance.now();
    this.start(next.x, true);
  }

  /**
   * Draws one at a time, so that none overtakes another; then what came in meanwhile, or all of it
   * once it is quiet.
   */
  private start(x: unknown, preview: boolean): void {
    this.sending = this.draw(x, preview)
      .catch((error: unknown) => void (this.failure = { error }))
      .then(() => {
        this.sending = undefined;
        if (this.waiting) this.schedule();
        else if (this.last)
          this.timer = setTimeout(
            () => void this.done().catch((error: unknown) => console.error(error)),
            quiet,
          );
      });
  }

  private async draw(x: unknown, preview: boolean): Promise<void> {
    const bundle = await bundleOf(typeof x === 'function' ? (x as () => unknown)() : x, preview);
    // A terminal gets the end result only, not a line of text five times a second.
    if (preview && !host()) return;
    send(bundle, this.id, this.shown);
    this.shown = true;
  }

  private rethrow(): void {
    const failure = this.failure;
    this.failure = undefined;
    if (failure) throw failure.error;
  }
}
