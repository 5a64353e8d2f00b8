/**
 * What the methods that learn from clusters of all examples share: their shape, and how features
 * are clustered.
 */
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { l2Normalize } from '../core/l2Normalize';
import type { EmbeddingMethod } from '../core/method';
import { tidy } from '../core/pytree';
import * as random from '../core/random';
import { calibrate, type Layer } from '../nn';
import { kMeans, nearest } from '../numerics/kMeans';
import { pca } from '../numerics/pca';
import { whiten } from '../numerics/whiten';

/** A batch whose examples know their places in the data. */
export interface Numbered {
  /** [batch, ...] */
  readonly x: Tensor;
  /** int32 [batch], in [0, examples). */
  readonly index: Tensor1D;
}

/** A method, and the half of it that is no gradient step. */
export interface Clustering<P, S> extends EmbeddingMethod<P, S, Numbered> {
  /**
   * Clusters the representations of all examples anew, and gives the classifier a fresh start. The
   * caller owns what it returns and keeps what it gave.
   *
   * @param images [examples, ...].
   */
  recluster(params: P, images: Tensor, key: random.Key): { params: P; state: S };
}

/** As many examples go through the encoder in one piece before all are embedded. */
const MOST = 2048;

/**
 * The encoder's parameters with which all examples are embedded before they are clustered: with
 * statistics of some of the images, chosen at random.
 */
export function calibratedOnSome<E>(
  encoder: Layer<E>,
  params: E,
  images: Tensor,
  key: random.Key,
): E {
  const n = images.shape[0]!;
  return tidy(() =>
    calibrate(encoder, params, n <= MOST ? images : tf.gather(images, random.choice(key, n, MOST))),
  );
}

/**
 * What DeepCluster clusters of a set of features (Caron et al. 2018, section 4.1, "Optimization"):
 * its principal components, whitened, each row of length 1. @param features [n, features]. @returns
 * [n, dims].
 */
export function clusteringRows(features: Tensor2D, dims: number): Tensor2D {
  const axes = pca(features, dims);
  const rows = tf.tidy(() => l2Normalize(whiten(axes.embed(features))) as Tensor2D);
  axes.dispose();
  return rows;
}

/** The group of each row by k-means. @param rows [n, dim]. @returns int32 [n], in [0, clusters). */
export function clusterRows(rows: Tensor2D, clusters: number, key: random.Key): Tensor1D {
  const { centres } = kMeans(rows, clusters, key);
  const { index, squares } = nearest(rows, centres);
  tf.dispose([centres, squares]);
  return index;
}

/**
 * Both. @param features [n, features]. @returns int32 [n], in [0, clusters).
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random, tf, type Tensor2D } from 'dark-matter';
 * const clump = (seed: number, at: number) => random.normal(random.key(seed), [50, 4], at, 0.1);
 * const groups = noncontrastive.clusterFeatures(
 *   tf.concat([clump(0, -5), clump(1, 5)]) as Tensor2D,
 *   2,
 *   random.key(2),
 *   2,
 * );
 * const [first, last] = [groups.dataSync()[0], groups.dataSync()[99]];
 * assert.notEqual(first, last);
 * ```
 */
export function clusterFeatures(
  features: Tensor2D,
  clusters: number,
  key: random.Key,
  dims = 32,
): Tensor1D {
  const rows = clusteringRows(features, dims);
  const assignments = clusterRows(rows, clusters, key);
  rows.dispose();
  return assignments;
}
