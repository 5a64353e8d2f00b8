import { expectNumber } from '../core/checks';
import { hostGenerator, philoxWords, seedWords } from '../core/philox';

/**
 * Which examples are in the batch of a step: a pure function of its arguments, so a resumed run
 * sees what the uninterrupted one would have.
 *
 * All steps' batches, one behind the other, are random permutations of the data, a new one each
 * epoch: in an epoch every example is used exactly once, and none is dropped. Where `batch` does
 * not divide `size`, a batch may end one epoch and begin the next; no example is in it twice, for
 * methods would take the second for a negative of the first.
 *
 * @param size how many examples there are; `batch` of them make a batch, 1 <= batch <= size.
 * @param step from 0.
 * @returns int32 [batch], in [0, size).
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { batchIndices } from 'dark-matter';
 * // Ten steps of two make one epoch of twenty: each example once.
 * const seen = Array.from({ length: 10 }, (_, step) => [
 *   ...batchIndices({ seed: 0, step, size: 20, batch: 2 }),
 * ]);
 * assert.equal(new Set(seen.flat()).size, 20);
 * ```
 */
export function batchIndices({
  seed,
  step,
  size,
  batch,
}: {
  seed: number;
  step: number;
  size: number;
  batch: number;
}): Int32Array {
  expectNumber('size', size, { atLeast: 1, integer: true });
  expectNumber('batch', batch, { atLeast: 1, atMost: size, integer: true });
  expectNumber('step', step, { atLeast: 0, integer: true });
  const start = step * batch;
  const epoch = Math.floor(start / size);
  const offset = start - epoch * size;
  const now = order(seed, epoch, size, batch).subarray(offset, offset + batch);
  const indices = new Int32Array(batch);
  indices.set(now);
  if (now.length < batch) {
    const next = order(seed, epoch + 1, size, batch);
    indices.set(next.subarray(0, batch - now.length), now.length);
  }
  return indices;
}

/** The last few orders: a training asks for the same one hundreds of times. */
const recent = new Map<string, Int32Array>();

function remembered(name: string, make: () => Int32Array): Int32Array {
  const known = recent.get(name);
  if (known) return known;
  const made = make();
  if (recent.size >= 16) recent.delete(recent.keys().next().value!);
  recent.set(name, made);
  return made;
}

/** The examples of an epoch: a permutation that repeats nothing of the batch it begins within. */
function order(seed: number, epoch: number, size: number, batch: number): Int32Array {
  /** How many of the previous epoch's last examples are in the batch that this epoch completes. */
  const before = (epoch * size) % batch;
  if (before === 0) return shuffled(seed, epoch, size);
  return remembered(`${seed}/${epoch}/${size}/${batch}`, () => {
    // What is moved are the first `batch` examples: the end of a longer epoch is as it was drawn.
    const previous =
      size >= 2 * batch ? shuffled(seed, epoch - 1, size) : order(seed, epoch - 1, size, batch);
    return withoutAtStart(
      shuffled(seed, epoch, size),
      new Set(previous.subarray(size - before)),
      batch - before,
    );
  });
}

/** The permutation with its first `count` members that are not in `taken` first. */
function withoutAtStart(
  permutation: Int32Array,
  taken: ReadonlySet<number>,
  count: number,
): Int32Array {
  const first: number[] = [];
  const rest: number[] = [];
  for (const member of permutation)
    (first.length < count && !taken.has(member) ? first : rest).push(member);
  return Int32Array.from([...first, ...rest]);
}

function shuffled(seed: number, epoch: number, size: number): Int32Array {
  return remembered(`${seed}/${epoch}/${size}`, () => {
    const [k0, k1] = seedWords(seed);
    const [low, high] = philoxWords(2, k0, k1, epoch, BATCHES) as unknown as [number, number];
    return hostGenerator((high % 2 ** 21) * 2 ** 32 + low).permutation(size);
  });
}

/** Marks these words among the other uses of a seed. */
const BATCHES = 0x6261;
