/** Where each picture lies on the map. */
import { UMAP } from 'umap-js';
import { expectNumber } from '../core/checks';
import { tf, type Tensor2D } from '../core/engine';
import { hostGenerator } from '../core/random';
import { pca } from '../numerics/pca';
import { neighborGraph } from './neighbors';

export interface LayoutOptions {
  /** The same seed gives the same map. Default 0. */
  readonly seed?: number;
  /** Neighbours that each picture is drawn to; default 15. */
  readonly neighbors?: number;
  /**
   * Pictures that UMAP lays out; of more, a random sample of so many, and each of the rest is put
   * among its nearest in the sample. Default 10,000.
   */
  readonly atMost?: number;
  /** Told the share that is done, 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** Dimensions in which neighbours are looked for. */
const DIMS = 50;
/** Below so many UMAP has nothing to arrange, and the principal components are the map. */
const FEWEST = 8;

/**
 * A map of embeddings in the plane, by UMAP (McInnes, Healy & Melville 2018): points that are near
 * each other in direction come to lie near each other. Directions are reduced to 50 principal
 * components, the neighbours found exactly, and the map started from the first two components (Kobak
 * & Linderman 2021), not at random, so that far-apart groups mean something too.
 *
 * @param embeddings [n, dim], row by row.
 * @returns [n, 2], row by row, in units of its own.
 * @example
 * ```ts
 * import { gallery } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const rows = Float32Array.from({ length: 60 }, (_, i) => Math.cos(i % 7) + (i % 2));
 * const places = gallery.mapLayout({ data: rows, dim: 3 }, { seed: 1 });
 * assert.equal(places.length, 2 * 20);
 * assert.deepEqual(places, gallery.mapLayout({ data: rows, dim: 3 }, { seed: 1 }));
 * ```
 */
export function mapLayout(
  embeddings: { readonly data: Float32Array; readonly dim: number },
  { seed = 0, neighbors = 15, atMost = 10_000, onProgress }: LayoutOptions = {},
): Float32Array {
  const { data, dim } = embeddings;
  const n = data.length / dim;
  expectNumber('embeddings: rows', n, { atLeast: 1, integer: true });
  expectNumber('neighbors', neighbors, { atLeast: 2, integer: true });
  expectNumber('atMost', atMost, { atLeast: FEWEST, integer: true });
  if (n === 1) return new Float32Array(2);
  const rows = directions(data, n, dim);
  try {
    if (n < FEWEST) return columns(rows);
    if (n <= atMost) return laidOut(rows, seed, neighbors, onProgress);
    const sample = hostGenerator(seed).permutation(n).slice(0, atMost).sort();
    const sampled = tf.tidy(() => tf.gather(rows, tf.tensor1d(sample, 'int32')));
    const places = laidOut(sampled, seed, neighbors, onProgress);
    const all = among(sampled, places, rows, seed);
    sampled.dispose();
    sample.forEach((row, i) => all.set(places.subarray(2 * i, 2 * i + 2), 2 * row));
    return all;
  } finally {
    rows.dispose();
  }
}

/** [n, at most 50]: the principal components of the rows, scaled to length 1. */
function directions(data: Float32Array, n: number, dim: number): Tensor2D {
  const unit = tf.tidy(() => {
    const rows = tf.tensor2d(data, [n, dim]);
    return tf.div(rows, tf.maximum(tf.norm(rows, 2, 1, true), 1e-12)) as Tensor2D;
  });
  const axes = pca(unit, Math.min(dim, DIMS));
  const reduced = axes.embed(unit);
  axes.dispose();
  unit.dispose();
  return reduced;
}

/** The first two columns, or the first and zeros. */
function columns(rows: Tensor2D): Float32Array {
  const [n, dim] = rows.shape;
  const values = rows.dataSync();
  return Float32Array.from({ length: 2 * n }, (_, at) => {
    const [row, column] = [Math.floor(at / 2), at % 2];
    return column < dim ? values[row * dim + column]! : 0;
  });
}

function laidOut(
  rows: Tensor2D,
  seed: number,
  neighbors: number,
  onProgress?: (done: number) => void,
): Float32Array {
  const n = rows.shape[0];
  const k = Math.min(neighbors, n - 1);
  const generator = hostGenerator(seed);
  // Philox is made for tensors; here some 100 million numbers are drawn, one after the other.
  const umap = new UMAP({ nNeighbors: k, minDist: 0.1, random: quickGenerator(generator.bits()) });
  const graph = neighborGraph(rows, k - 1, 'euclidean');
  const own = <T>(self: T, list: ArrayLike<T>, i: number): T[] => [
    self,
    ...Array.from({ length: k - 1 }, (_, j) => list[i * (k - 1) + j]!),
  ];
  const points = Array.from({ length: n }, () => []);
  umap.setPrecomputedKNN(
    points.map((_, i) => own(i, graph.indices, i)),
    points.map((_, i) => own(0, graph.values, i)),
  );
  const epochs = umap.initializeFit(points);
  const map = umap.getEmbedding();
  startFrom(map, columns(rows), generator);
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    onProgress?.((epoch + 1) / epochs);
  }
  return Float32Array.from(map.flat());
}

/** Puts the points where `start` says, within 10 of the origin, and apart where they coincide. */
function startFrom(
  map: number[][],
  start: Float32Array,
  generator: { normal(mean?: number, std?: number): number },
): void {
  const largest = start.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  map.forEach((point, i) => {
    for (const axis of [0, 1])
      point[axis] = (10 * start[2 * i + axis]!) / largest + generator.normal(0, 1e-3);
  });
}

/** Numbers in [0, 1) with 32 random bits each (mulberry32, Ettinger 2017). */
function quickGenerator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Each row put at the middle of its three nearest in the sample, the nearer the closer, and a
 * little beside, so that rows with the same nearest do not lie on each other.
 */
function among(
  sampled: Tensor2D,
  places: Float32Array,
  rows: Tensor2D,
  seed: number,
): Float32Array {
  const generator = hostGenerator(seed + 1);
  const { k, indices, values } = neighborGraph(sampled, 3, 'euclidean', rows);
  const n = rows.shape[0];
  const all = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    let total = 0;
    for (let j = 0; j < k; j++) {
      const weight = 1 / (values[i * k + j]! + 1e-6);
      total += weight;
      for (const axis of [0, 1])
        all[2 * i + axis]! += weight * places[2 * indices[i * k + j]! + axis]!;
    }
    for (const axis of [0, 1])
      all[2 * i + axis] = all[2 * i + axis]! / total + generator.normal(0, 0.05);
  }
  return all;
}
