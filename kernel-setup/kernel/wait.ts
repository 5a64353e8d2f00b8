/** What cells await, so that an interrupt can end them there (compiler/awaits.ts). */
import { isThenable, ownCell } from './cell';

export function wait<T>(value: T | PromiseLike<T>): T | PromiseLike<T> {
  const cell = ownCell();
  return cell ? cell.wait(value) : value;
}

/** The same for what `for await` loops over. */
export function waitEach<T>(
  values: AsyncIterable<T> | Iterable<T | PromiseLike<T>>,
): AsyncIterable<T> {
  if (!isAsync(values)) return eachOf(values);
  return steps.has(Object.getPrototypeOf(values) as object) ? values : eachAsync(values);
}

function isAsync<T>(values: AsyncIterable<T> | Iterable<unknown>): values is AsyncIterable<T> {
  return (values as Partial<AsyncIterable<T>>)[Symbol.asyncIterator] != null;
}

/** The prototypes of what `async function*` of cells give that pass interrupts on. */
const steps = new WeakSet<object>();

/**
 * What such a generator gives is looped over as it is: all that it awaits goes through `wait`, and
 * where an interrupt ends that, the loop hears of it (compiler/awaits.ts).
 */
export function stepping<F extends (...given: never[]) => AsyncGenerator>(f: F): F {
  steps.add(f.prototype as object);
  return f;
}

function eachAsync<T>(values: AsyncIterable<T>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = values[Symbol.asyncIterator]();
      return {
        next: () => wait(iterator.next()) as Promise<IteratorResult<T>>,
        // Called where a loop is left early.
        return: (value) =>
          wait(
            iterator.return ? iterator.return(value) : { done: true, value: value as T },
          ) as Promise<IteratorResult<T>>,
      };
    },
  };
}

/** What an iterable gives may be promises: `for await` awaits each. */
function eachOf<T>(values: Iterable<T | PromiseLike<T>>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = values[Symbol.iterator]();
      const settled = async (step: IteratorResult<unknown>): Promise<IteratorResult<unknown>> => {
        try {
          return { done: Boolean(step.done), value: await wait(step.value) };
        } catch (error) {
          if (!step.done) close(iterator);
          throw error;
        }
      };
      return {
        next() {
          const step = iterator.next();
          const next = isThenable(step.value) ? settled(step) : step;
          return wait(next) as Promise<IteratorResult<T>>;
        },
        return: async (value) => {
          iterator.return?.();
          return { done: true, value: value as T };
        },
      };
    },
  };
}

/** After a rejection, which is what is told of: what closing throws is not, as in JavaScript. */
function close(iterator: Iterator<unknown>): void {
  try {
    iterator.return?.();
  } catch {}
}
