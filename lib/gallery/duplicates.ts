/** Pictures that are there twice, or almost. */
import { tf, type Tensor2D } from '../core/engine';
import { pca } from '../numerics/pca';
import { neighborGraph, type NeighborGraph } from './neighbors';
import { joining } from './page/groups';

/** Pictures of one size as bytes, row by row: [n, side, side, channels]. */
export interface Thumbnails {
  readonly data: Uint8Array;
  readonly side: number;
  readonly channels: 1 | 3;
}

export interface Pair {
  readonly a: number;
  readonly b: number;
  /** 1 for equal pictures; see `nearDuplicates`. */
  readonly likeness: number;
}

export interface DuplicateOptions {
  /** Pairs less alike are left out; default 0.9. */
  readonly least?: number;
}

/** Other pictures that each one is compared with, pixel by pixel. */
const CANDIDATES = 10;
const DIMS = 50;

/**
 * The pairs of pictures whose pixels are almost the same. The likeness of two is
 * 1 - |a - b|^2 / (|a - mean a|^2 + |b - mean b|^2): 1 less the squared difference of their pixels as
 * a share of their contrast. It is 1 for equal pictures only; for pictures of the same brightness and
 * contrast it is their correlation. A copy that was saved anew as a JPEG, or resized, has 0.98 or
 * more; one that is flipped or cut has not.
 *
 * Each picture is compared with those that are equal to it and with the 10 that are nearest in 50
 * principal components of the pixels. A pair is left out where pairs that are more alike connect its
 * two pictures already: at every likeness the groups are the same without it, and n pictures have at
 * most n - 1 pairs.
 *
 * @returns the most alike first.
 * @example
 * ```ts
 * import { gallery } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const data = Uint8Array.from([0, 50, 100, 150, 9, 1, 200, 3, 0, 50, 100, 150]);
 * const [pair] = gallery.nearDuplicates({ data, side: 2, channels: 1 });
 * assert.deepEqual(pair, { a: 0, b: 2, likeness: 1 });
 * ```
 */
export function nearDuplicates(
  thumbnails: Thumbnails,
  { least = 0.9 }: DuplicateOptions = {},
): Pair[] {
  const { data, side, channels } = thumbnails;
  const size = side * side * channels;
  const n = data.length / size;
  if (n < 2) return [];
  const contrasts = contrastsOf(data, n, size);
  const pairs = new Map<number, Pair>();
  const compare = (one: number, other: number): void => {
    const [a, b] = [Math.min(one, other), Math.max(one, other)];
    if (a === b || pairs.has(a * n + b)) return;
    let difference = 0;
    for (let i = 0; i < size; i++) difference += (data[a * size + i]! - data[b * size + i]!) ** 2;
    const contrast = contrasts[a]! + contrasts[b]!;
    // Two plain pictures have no contrast: they are equal or not.
    const likeness = difference === 0 ? 1 : 1 - difference / contrast;
    if (likeness >= least) pairs.set(a * n + b, { a, b, likeness });
  };
  for (const [a, b] of equalOnes(data, n, size)) compare(a, b);
  const { k, indices } = candidates(thumbnails, n);
  indices.forEach((other, at) => compare(Math.floor(at / k), other));
  const { join } = joining(n);
  return [...pairs.values()]
    .sort((p, q) => q.likeness - p.likeness || p.a - q.a || p.b - q.b)
    .filter(({ a, b }) => join(a, b));
}

/** The squared distance of each picture's pixels from their mean. */
function contrastsOf(data: Uint8Array, n: number, size: number): Float64Array {
  return Float64Array.from({ length: n }, (_, row) => {
    let [sum, squares] = [0, 0];
    for (let i = row * size; i < (row + 1) * size; i++) {
      sum += data[i]!;
      squares += data[i]! ** 2;
    }
    return squares - sum ** 2 / size;
  });
}

/** Each picture with the one before it that has the same bytes. */
function equalOnes(data: Uint8Array, n: number, size: number): [number, number][] {
  const last = new Map<string, number>();
  return Array.from({ length: n }, (_, row) => row).flatMap((row): [number, number][] => {
    const bytes = Buffer.from(data.buffer, data.byteOffset + row * size, size).toString('latin1');
    const earlier = last.get(bytes);
    last.set(bytes, row);
    return earlier === undefined ? [] : [[earlier, row]];
  });
}

/** The 10 nearest of each. */
function candidates(thumbnails: Thumbnails, n: number): NeighborGraph {
  const axes = axesOf(thumbnails, n);
  const graph = neighborGraph(axes, Math.min(CANDIDATES, n - 1), 'euclidean');
  axes.dispose();
  return graph;
}

/** Pictures that the axes are found on: more change them little. */
const FITTED = 5000;
/** Pixels a side from which candidates are found: finer detail tells no two pictures apart. */
const COARSE = 16;

/** [n, at most 50]: principal components of the pixels, averaged to between 16 and 31 a side. */
function axesOf({ data, side, channels }: Thumbnails, n: number): Tensor2D {
  const size = side * side * channels;
  const factor = Math.max(1, Math.floor(side / COARSE));
  const coarse = (from: number): Tensor2D => {
    const rows = Math.min(FITTED, n - from);
    const pixels = Float32Array.from(data.subarray(from * size, (from + rows) * size));
    const images = tf.tensor4d(pixels, [rows, side, side, channels]);
    return tf.reshape(tf.avgPool(images, factor, factor, 'valid'), [rows, -1]) as Tensor2D;
  };
  return tf.tidy(() => {
    const first = coarse(0);
    const axes = pca(first, Math.min(DIMS, first.shape[1]));
    const parts = [axes.embed(first)];
    for (let from = FITTED; from < n; from += FITTED) parts.push(axes.embed(coarse(from)));
    return tf.concat(parts, 0);
  });
}
