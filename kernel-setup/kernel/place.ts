/**
 * Where a cell awaited what failed: for errors whose own stack leads to no cell, because they were
 * made in a timer, in an event or in native code.
 */

/** Enough for the frames of Node's timers, the kernel's own and the cell's. */
const frames = 16;

const places = new WeakMap<object, Error>();

/**
 * To be called in what `then` calls for a rejection that a cell awaits: the place of that await is
 * then the first `at async` line of a new error. The innermost place is the one that tells most.
 */
export function rememberPlace(thrown: unknown): void {
  if (typeof thrown !== 'object' || thrown === null || places.has(thrown)) return;
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = frames;
  places.set(thrown, new Error('awaited'));
  Error.stackTraceLimit = stackTraceLimit;
}

/** The stack of the place where a cell awaited what threw this. */
export function stackOfAwait(thrown: object): string {
  return places.get(thrown)?.stack ?? '';
}
