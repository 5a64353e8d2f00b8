import { expectNumber } from '../core/checks';
import { hostGenerator, philoxWords, seedWords } from '../core/philox';

/**
 * Which examples are in the batch of a step: a pure function of its arguments, so a resumed run
 * sees what the uninterrupted one would have.
 *
 * All steps' batches, one behind the other, are random permutations of the data, a new one each
 * epoch: in an epoch every example is used exactly once, and none is dropped. Where `batch` does
 * not divide `size`, a batch may end one epoch and begin the next.
 *
 * @param size how many examples there are; `batch` of them make a batch, 1 <= batch <= size.
 * @param step from 0.
 * @returns int32 [batch], in [0, size).
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
  const indices = new Int32Array(batch);
  const start = step * batch;
  const epoch = Math.floor(start / size);
  const offset = start - epoch * size;
  const now = order(seed, epoch, size).subarray(offset, offset + batch);
  indices.set(now);
  if (now.length < batch)
    indices.set(order(seed, epoch + 1, size).subarray(0, batch - now.length), now.length);
  return indices;
}

/** The last few permutations: a training asks for the same one hundreds of times. */
const recent = new Map<string, Int32Array>();

function order(seed: number, epoch: number, size: number): Int32Array {
  const name = `${seed}/${epoch}/${size}`;
  let permutation = recent.get(name);
  if (!permutation) {
    const [k0, k1] = seedWords(seed);
    const [low, high] = philoxWords(2, k0, k1, epoch, BATCHES) as unknown as [number, number];
    permutation = hostGenerator((high % 2 ** 21) * 2 ** 32 + low).permutation(size);
    if (recent.size >= 8) recent.delete(recent.keys().next().value!);
    recent.set(name, permutation);
  }
  return permutation;
}

/** Marks these words among the other uses of a seed. */
const BATCHES = 0x6261;
