/**
 * What every labelled image set gives: two parts, each a pair of tensors that share their first
 * axis.
 */
import { tf, type Tensor1D, type Tensor4D } from '../core/engine';
import { hostGenerator } from '../core/random';

/** Images and what they show. A pytree: `tree.dispose` frees it, batches are cut from it. */
export interface Labelled {
  /** [n, height, width, channels], float32 in [0, 1]. */
  readonly images: Tensor4D;
  /** [n], int32, the index of the class in `classes`. */
  readonly labels: Tensor1D;
}

/** An image set. The caller owns its tensors. */
export interface ImageSet {
  readonly train: Labelled;
  readonly test: Labelled;
  /** The names of the classes, by label. */
  readonly classes: readonly string[];
}

/** Images as they are stored: one byte a value, image after image. */
export interface PackedImages {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
  /** [height, width, channels] of each image. */
  readonly shape: readonly [number, number, number];
}

/** Each byte as a number in [0, 1]. */
const fractions = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** The images at `indices`, in that order, as tensors with values in [0, 1]. */
export function toTensors(packed: PackedImages, indices: ArrayLike<number>): Labelled {
  const labels = Int32Array.from(indices, (index) => packed.labels[index]!);
  return { images: toImages(packed, indices), labels: tf.tensor1d(labels, 'int32') };
}

/** The same without labels: [indices, height, width, channels], float32 in [0, 1]. */
export function toImages(
  { pixels, shape }: Omit<PackedImages, 'labels'>,
  indices: ArrayLike<number>,
): Tensor4D {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const images = new Float32Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * size;
    for (let j = 0; j < size; j++) images[i * size + j] = fractions[pixels[from + j]!]!;
  }
  return tf.tensor4d(images, [indices.length, height, width, channels]);
}

/**
 * The positions of each class: `positions[c]` lists every i with `labels[i] === c`, in increasing
 * order.
 */
export function positionsByClass(labels: ArrayLike<number>): number[][] {
  const positions: number[][] = [];
  for (let i = 0; i < labels.length; i++) (positions[labels[i]!] ??= []).push(i);
  return Array.from(positions, (list) => list ?? []);
}

/**
 * Disjoint random parts of a set in which each class has the same share as in the whole, to within
 * one example.
 *
 * @param labels [n], the class of each example.
 * @param sizes how many examples each part gets; together at most n.
 * @param seed the same seed gives the same parts, in the same (shuffled) order.
 * @returns one list of positions a part.
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const [train, test] = data.stratifiedSplit([0, 0, 0, 1, 1, 1], [4, 2], 0);
 * assert.deepEqual([train!.length, test!.length], [4, 2]);
 * ```
 */
export function stratifiedSplit(
  labels: ArrayLike<number>,
  sizes: readonly number[],
  seed: number,
): Int32Array[] {
  const wanted = sizes.reduce((sum, size) => sum + size, 0);
  if (wanted > labels.length)
    throw new Error(
      `sizes: ${sizes.join(' + ')} = ${wanted} given, at most ${labels.length} available`,
    );
  const generator = hostGenerator(seed);
  const pools = positionsByClass(labels).map((pool) =>
    Array.from(generator.permutation(pool.length), (i) => pool[i]!),
  );
  return sizes.map((size) => {
    const left = pools.reduce((sum, pool) => sum + pool.length, 0);
    const shares = largestRemainder(
      pools.map((pool) => (left === 0 ? 0 : (size * pool.length) / left)),
      size,
    );
    const part = pools.flatMap((pool, c) => pool.splice(0, shares[c]!));
    return Int32Array.from(generator.permutation(size), (i) => part[i]!);
  });
}

/**
 * Whole numbers next to `shares` that sum to `total`, as they do: rounded down, and the largest
 * remainders get one more (Hamilton).
 */
export function largestRemainder(shares: readonly number[], total: number): number[] {
  const whole = shares.map(Math.floor);
  const missing = total - whole.reduce((sum, share) => sum + share, 0);
  const order = shares
    .map((_, c) => c)
    .sort((a, b) => shares[b]! - whole[b]! - (shares[a]! - whole[a]!) || a - b);
  for (const c of order.slice(0, missing)) whole[c]!++;
  return whole;
}
