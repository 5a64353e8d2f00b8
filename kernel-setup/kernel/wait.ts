/** What cells await, so that an interrupt can end them there (compiler/awaits.ts). */
import { ownCell } from './cell';

export function wait<T>(value: T | PromiseLike<T>): T | PromiseLike<T> {
  return ownCell()?.wait(value) ?? value;
}

/** The same for what `for await` loops over. */
export function waitEach<T>(
  values: AsyncIterable<T> | Iterable<T | PromiseLike<T>>,
): AsyncIterable<T> {
  const iterator = iteratorOf(values);
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => wait(iterator.next()),
      // Called where a loop is left early.
      return: async (value) =>
        iterator.return ? iterator.return(value) : { done: true, value: value as T },
    }),
  };
}

function iteratorOf<T>(values: AsyncIterable<T> | Iterable<T | PromiseLike<T>>): AsyncIterator<T> {
  if (Symbol.asyncIterator in values) return values[Symbol.asyncIterator]();
  // What an iterable gives may be promises: `for await` awaits each.
  return (async function* each() {
    for (const value of values) yield await value;
  })();
}
