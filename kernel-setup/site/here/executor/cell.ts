/** A cell that runs: what it awaits, and how it is stopped. */
import type { CellRuntime } from '../../../kernel/compiler/types';

/** What a stopped cell meets at what it awaits. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  constructor() {
    super('the cell was stopped');
  }
}

/** How long a stopped cell may take to end by itself, in milliseconds, as in the kernel. */
const GRACE = 300;

export class Cell {
  private readonly controller = new AbortController();
  private readonly waits = new Set<(error: Error) => void>();
  readonly declared = new Set<string>();

  constructor(readonly id: string) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** First the signal, which `train` sees and ends well; then whatever it awaits throws. */
  stop(): void {
    this.controller.abort(new InterruptedError());
    setTimeout(() => {
      for (const reject of this.waits) reject(new InterruptedError());
      this.waits.clear();
    }, GRACE);
  }

  readonly wait: CellRuntime['wait'] = <T>(value: T | PromiseLike<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      this.waits.add(reject);
      Promise.resolve(value)
        .then(resolve, reject)
        .finally(() => this.waits.delete(reject));
    });

  readonly waitEach: CellRuntime['waitEach'] = <T>(
    values: AsyncIterable<T> | Iterable<T | PromiseLike<T>>,
  ): AsyncIterable<T> => {
    const { wait } = this;
    return (async function* () {
      const each = (async function* () {
        for await (const value of values) yield value;
      })();
      try {
        for (;;) {
          const { done, value } = (await wait(each.next())) as IteratorResult<T>;
          if (done) return;
          yield value;
        }
      } finally {
        await each.return(undefined);
      }
    })();
  };
}
