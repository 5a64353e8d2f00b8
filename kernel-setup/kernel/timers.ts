/**
 * Timers and ticks that belong to the cell that started them, and end with it when it is
 * interrupted.
 */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import { promisify } from 'node:util';
import { ownCell, runIn, type Cell } from './cell';

type Callback = (...args: unknown[]) => unknown;
type Start = (callback: Callback, ...rest: unknown[]) => object;
type Stop = (handle: unknown) => void;

/** Node's own, for the kernel itself: they belong to no cell. */
export const native = { setTimeout, setImmediate, clearTimeout };

/** What to do with an exception that nobody caught. */
let onUncaught: (error: unknown, cell: Cell) => void = () => {};

/** Runs a callback for its cell, unless that was interrupted. */
function call(cell: Cell, callback: Callback, args: readonly unknown[]): void {
  if (cell.dead) return;
  try {
    runIn(cell, () => callback(...args));
  } catch (error) {
    onUncaught(error, cell);
  }
}

/** How to forget a timer that has fired, or was cleared. */
const forget = new WeakMap<object, () => void>();

function starting(start: Start, stop: Stop, repeats: boolean): Start {
  const wrapped: Start = (callback, ...rest) => {
    const cell = ownCell();
    // Node's own function says what is wrong with a callback that is none.
    if (!cell || typeof callback !== 'function') return start(callback, ...rest);
    cell.assertAlive();
    const handle = start(
      (...args: unknown[]) => {
        if (!repeats) done();
        call(cell, callback, args);
      },
      ...rest,
    );
    const done = cell.onKill(() => stop(handle));
    forget.set(handle, done);
    return handle;
  };
  return wrapped;
}

function stopping(stop: Stop): Stop {
  return (handle) => {
    if (typeof handle === 'object' && handle !== null) forget.get(handle)?.();
    stop(handle);
  };
}

function inCell(defer: (callback: Callback, ...args: unknown[]) => void): typeof defer {
  return (callback, ...args) => {
    const cell = ownCell();
    if (!cell || typeof callback !== 'function') return defer(callback, ...args);
    defer((...given: unknown[]) => call(cell, callback, given), ...args);
  };
}

/** Puts the cells' versions in place of Node's, as globals and in `node:timers`. */
export function followTimers(uncaught: typeof onUncaught): void {
  onUncaught = uncaught;
  const own: Record<string, unknown> = {
    setTimeout: starting(setTimeout as Start, clearTimeout as Stop, false),
    setInterval: starting(setInterval as Start, clearInterval as Stop, true),
    setImmediate: starting(setImmediate as Start, clearImmediate as Stop, false),
    clearTimeout: stopping(clearTimeout as Stop),
    clearInterval: stopping(clearInterval as Stop),
    clearImmediate: stopping(clearImmediate as Stop),
  };
  for (const [name, f] of Object.entries(own)) {
    const before = (globalThis as Record<string, unknown>)[name] as {
      [promisify.custom]?: unknown;
    };
    Object.defineProperty(f, 'name', { value: name });
    // `promisify(setTimeout)` keeps its meaning.
    if (before[promisify.custom])
      Object.defineProperty(f, promisify.custom, { value: before[promisify.custom] });
    (globalThis as Record<string, unknown>)[name] = f;
    (timers as unknown as Record<string, unknown>)[name] = f;
  }
  globalThis.queueMicrotask = inCell(
    queueMicrotask as (callback: Callback) => void,
  ) as typeof queueMicrotask;
  process.nextTick = inCell(
    process.nextTick.bind(process) as (callback: Callback) => void,
  ) as typeof process.nextTick;
  syncBuiltinESMExports();
}
