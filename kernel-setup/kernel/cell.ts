/**
 * A cell that runs or ran, and which cell the JavaScript at hand belongs to.
 *
 * Whatever a cell starts (promises, timers, callbacks of ticks) belongs to it, so that its output
 * finds its place and an interrupt can cut all of it off. Promises are followed with V8's own hooks
 * rather than AsyncLocalStorage, because the latter keeps a stack on Node before 24 that ending a
 * loop by force would corrupt.
 */
import { promiseHooks } from 'node:v8';
import { rememberPlace } from './place';
import type { Header } from './wire';

/** What code of an interrupted cell meets at its next await, timer or output. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  constructor(cell: string) {
    super(`${cell} was interrupted`);
  }
}

/** What a Cell's code is, beside a cell's: a message of the front end, or a callback of a cell's. */
type Role = 'cell' | 'message' | 'callback';

export class Cell {
  private readonly controller = new AbortController();
  private cutOff = false;
  /** Its reply is on its way; what it started may go on. */
  ended = false;
  private readonly cleanups = new Set<() => void>();
  private readonly waits = new Set<(error: Error) => void>();
  /** The callbacks that a message called: they end with it. */
  readonly callbacks = new Set<Cell>();

  constructor(
    /** How people call it: `In[3]`. */
    readonly name: string,
    /** The request that asked for it: the parent of its output. */
    readonly header: Header,
    readonly allowStdin: boolean,
    /** By which a front end knows the cell, however often it is run. */
    readonly id?: string,
    readonly role: Role = 'cell',
  ) {}

  /** Code of `home` that this message calls: what it prints goes where that printed. */
  callback(home: Cell): Cell {
    const cell = new Cell(home.name, home.header, false, home.id, 'callback');
    this.callbacks.add(cell);
    return cell;
  }

  /** Aborted when the cell is interrupted. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Cut off: what is left of it neither prints nor starts anything. */
  get dead(): boolean {
    return this.cutOff;
  }

  /** @throws InterruptedError in what is left of an interrupted cell. */
  assertAlive(): void {
    if (this.dead) throw new InterruptedError(this.name);
  }

  /** Something to be ended with the cell: a timer. Returns how to forget it. */
  onKill(cleanup: () => void): () => void {
    this.cleanups.add(cleanup);
    busy.add(this);
    return () => {
      this.cleanups.delete(cleanup);
      if (this.cleanups.size === 0) busy.delete(this);
    };
  }

  /**
   * What the cell awaits. If the cell is interrupted meanwhile, the await throws, once, so that
   * `finally` blocks run; an await after that never returns. What is no promise is there at once.
   */
  wait<T>(value: PromiseLike<T> | T): PromiseLike<T> | T {
    if (this.cutOff) return new Promise<T>(() => {});
    return isThenable(value) ? this.waitFor(value) : value;
  }

  private waitFor<T>(value: PromiseLike<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waits.add(reject);
      // `resolve` goes to `then` as it is: V8 then sees who awaits whom, and stack traces keep
      // their `at async` lines, the one of this place among them.
      Promise.resolve(value)
        .then(
          (result) => (this.waits.delete(reject), result),
          (error: unknown) => {
            this.waits.delete(reject);
            rememberPlace(error);
            throw error;
          },
        )
        .then(resolve, reject);
    });
  }

  /** An interrupt begins: the signal is aborted, and no timer fires any more. */
  abort(): void {
    if (!this.signal.aborted) this.controller.abort(new InterruptedError(this.name));
    for (const cleanup of this.cleanups) cleanup();
    this.cleanups.clear();
    busy.delete(this);
    for (const callback of this.callbacks) callback.abort();
  }

  /** Ends what the cell awaits. */
  rejectWaits(): void {
    for (const callback of this.callbacks) callback.rejectWaits();
    for (const reject of this.waits) reject(new InterruptedError(this.name));
    this.waits.clear();
  }

  /** It is over; one that was interrupted is cut off. */
  end(): void {
    this.ended = true;
    if (this.signal.aborted) this.kill();
  }

  /** Cuts the cell off. */
  kill(): void {
    this.abort();
    this.cutOff = true;
    this.waits.clear();
    for (const callback of this.callbacks) callback.kill();
  }
}

/** Cells that started something which may run again: a timer, a process, a thread. */
const busy = new Set<Cell>();

export function busyCells(): readonly Cell[] {
  return [...busy];
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

let current: Cell | undefined;
/** For code whose cell is not known (the callback of a socket): the cell that runs, or ran last. */
let latest: Cell | undefined;

class Given {
  constructor(object: object) {
    return object;
  }
}

/**
 * The cell of a promise, written on the promise itself where nobody sees it. (In a WeakMap of all
 * promises the garbage collector would have to look after each entry.)
 */
class Owned extends Given {
  readonly #cell: Cell;

  constructor(promise: object, cell: Cell) {
    super(promise);
    this.#cell = cell;
  }

  static cellOf(promise: object): Cell | undefined {
    return #cell in promise ? promise.#cell : undefined;
  }
}

/** The cell that the running code belongs to, as far as that is known. */
export function ownCell(): Cell | undefined {
  return current;
}

/** The same, with a guess: where output goes. */
export function currentCell(): Cell | undefined {
  return current ?? latest;
}

export function setLatestCell(cell: Cell): void {
  latest = cell;
}

/** The cell in which a promise was made. */
export function ownerOf(promise: object): Cell | undefined {
  return Owned.cellOf(promise) ?? latest;
}

export function runIn<T>(cell: Cell | undefined, f: () => T): T {
  const outer = current;
  current = cell;
  try {
    return f();
  } finally {
    current = outer;
  }
}

/** After code was ended by force, its `finally` has not run. */
export function forgetCurrentCell(): void {
  current = undefined;
}

export function followPromises(): void {
  promiseHooks.createHook({
    init: (promise) => {
      if (current) new Owned(promise, current);
    },
    before: (promise) => {
      current = Owned.cellOf(promise);
    },
    after: () => {
      current = undefined;
    },
  });
}
