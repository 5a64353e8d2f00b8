/** Where a step's examples come from. */
import { expectNumber } from '../core/checks';
import { tf, type Tensor } from '../core/engine';
import * as tree from '../core/pytree';
import { batchIndices } from '../data/batches';
import { findBad, type BadExample } from './nonFinite';

/** A batch made for a step; `train` disposes of it after use. */
export type BatchFunction<E> = (step: number) => E | Promise<E>;

/**
 * - a record of tensors that share their first axis, [examples, ...]: batches are drawn from it by
 *   `batchIndices`;
 * - a function of the step, which may be asynchronous, or an async iterable, that gives whole
 *   batches.
 */
export type Data<E> = E | BatchFunction<E> | AsyncIterable<E>;

/** A step's examples; `indices` (int32 [batch]) where they are still to be gathered. */
export interface Item<E> {
  readonly data: E;
  readonly indices?: Tensor;
}

export interface Source<E> {
  /** The examples of a step. Undefined at the data's end. */
  next(step: number): Item<E> | undefined | Promise<Item<E> | undefined>;
  /** Frees what `next` made for a step. */
  release(item: Item<E>): void;
  /**
   * The first example of a step that is not finite, where the data is still there to be looked at.
   */
  findBad(step: number): BadExample | undefined;
  close(): Promise<void>;
}

export function openSource<E>(data: Data<E>, batch: number | undefined, seed: number): Source<E> {
  if (typeof data === 'function') return fromFunction(data as BatchFunction<E>);
  if (typeof data === 'object' && data !== null && Symbol.asyncIterator in data)
    return fromIterable(data as AsyncIterable<E>);
  return resident(data as E, batch, seed);
}

function resident<E>(data: E, batch: number | undefined, seed: number): Source<E> {
  const { leaves, structure } = tree.flatten(data);
  const size = leaves[0]?.shape[0];
  if (size === undefined)
    throw new Error(
      'train: data given without a tensor that has a first axis, a record of [examples, ...] expected',
    );
  leaves.forEach((leaf, i) => {
    if (leaf.shape[0] !== size) {
      throw new Error(
        `train: data: ${structure.paths[i]} has ${leaf.shape[0] ?? 'no'} examples, ${structure.paths[0]} has ${size}; equal numbers expected`,
      );
    }
  });
  if (batch === undefined)
    throw new Error('train: batch not given, the number of examples in a step expected');
  expectNumber('train: batch', batch, { atLeast: 1, atMost: size, integer: true });
  return {
    next: (step) => ({
      data,
      indices: tf.tensor1d(batchIndices({ seed, step, size, batch }), 'int32'),
    }),
    release: ({ indices }) => indices?.dispose(),
    findBad: (step) => findBad(data, batchIndices({ seed, step, size, batch }), step),
    close: async () => undefined,
  };
}

function fromFunction<E>(make: BatchFunction<E>): Source<E> {
  return {
    next: (step) => {
      const made = make(step);
      return made instanceof Promise ? made.then((data) => ({ data })) : { data: made };
    },
    release: ({ data }) => tree.dispose(data),
    findBad: () => undefined,
    close: async () => undefined,
  };
}

function fromIterable<E>(data: AsyncIterable<E>): Source<E> {
  const iterator = data[Symbol.asyncIterator]();
  return {
    next: async () => {
      const result = await iterator.next();
      return result.done ? undefined : { data: result.value };
    },
    release: ({ data: batch }) => tree.dispose(batch),
    findBad: () => undefined,
    close: async () => void (await iterator.return?.()),
  };
}
