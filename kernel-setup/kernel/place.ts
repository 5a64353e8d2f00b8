/**
 * Where a cell awaited what failed: for errors whose own stack leads to no cell, because they were
 * made in a timer, in an event or in native code.
 */

/** Enough for the kernel's own frames and the cell's. */
const frames = 6;

const places = new WeakMap<object, Error>();

/** The place of the code that runs, to be looked at only if that is needed. */
export function placeHere(): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = frames;
  const place = new Error('awaited');
  Error.stackTraceLimit = stackTraceLimit;
  return place;
}

/** The innermost place is the one that tells most. */
export function rememberPlace(thrown: unknown, place: Error): void {
  if (typeof thrown === 'object' && thrown !== null && !places.has(thrown))
    places.set(thrown, place);
}

/** The stack of the place where a cell awaited what threw this. */
export function stackOfAwait(thrown: object): string {
  return places.get(thrown)?.stack ?? '';
}
