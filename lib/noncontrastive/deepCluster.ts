import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import { l2Normalize } from '../core/l2Normalize';
import type { Method } from '../core/method';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { embed as embedAll } from '../measure/embed';
import { pca } from '../measure/features';
import { distances, kMeans } from '../measure/kMeans';
import { dense, type DenseParams, type Layer } from '../nn';
import { whiten } from './whiten';

export interface DeepClusterParams<E> {
  readonly encoder: E;
  /** The classifier of clusters; made anew with every clustering, since clusters have no names that last. */
  readonly head: DenseParams;
}

/** What the last clustering found. */
export interface DeepClusterState {
  /** int32 [examples], the cluster of each. */
  readonly assignments: Tensor1D;
  /** [clusters], what an example of each weighs in the loss. */
  readonly weights: Tensor1D;
}

/** A batch whose examples know their places in the data. */
export interface Numbered {
  /** [batch, ...] */
  readonly x: Tensor;
  /** int32 [batch], in [0, examples). */
  readonly index: Tensor1D;
}

export interface DeepClusterOptions<E> {
  /** [batch, ...] -> [batch, features]. */
  readonly encoder: Layer<E>;
  /** The width of the encoder's output. */
  readonly features: number;
  /** How many clusters; the paper finds that several times as many as there are classes are best. */
  readonly clusters: number;
  /** How many examples the data has. */
  readonly examples: number;
  /** Principal components that are clustered, at most `features`. Default 32. */
  readonly dims?: number;
  /**
   * false gives each example the same weight, so that one great cluster may rule the loss. Default true. k-means's clusters
   * are nearly equal where the data is curated, and there the weights change little.
   */
  readonly balanced?: boolean;
  /**
   * false takes what the classifier itself guesses of each example as its next cluster. Default true. Without the weights
   * too, great clusters swallow the small ones.
   */
  readonly kMeans?: boolean;
}

/** A method, and the half of it that is no gradient step. */
export interface Clustering<P, S> extends Method<P, S, Numbered> {
  /**
   * Clusters the representations of all examples anew, and gives the classifier a fresh start. The caller owns what it
   * returns and keeps what it gave.
   *
   * @param images [examples, ...].
   */
  recluster(params: P, images: Tensor, key: random.Key): { params: P; state: S };
}

/**
 * What DeepCluster clusters of a set of features (Caron et al. 2018, section 4.1, "Optimization"): its principal
 * components, whitened, each row of length 1. @param features [n, features]. @returns [n, dims].
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
  const assignments = tf.tidy(() => distances(rows, centres).argMin(1).toInt() as Tensor1D);
  centres.dispose();
  return assignments;
}

/** Both. @param features [n, features]. @returns int32 [n], in [0, clusters). */
export function clusterFeatures(features: Tensor2D, clusters: number, key: random.Key, dims = 32): Tensor1D {
  const rows = clusteringRows(features, dims);
  const assignments = clusterRows(rows, clusters, key);
  rows.dispose();
  return assignments;
}

/** The weight at which all clusters that are not empty count the same: examples / (clusters in use * own size). [clusters]. */
export function balancedWeights(assignments: Tensor1D, clusters: number): Tensor1D {
  return tf.tidy(() => {
    const counts = tf.oneHot(assignments, clusters).toFloat().sum(0);
    const used = counts.greater(0).toFloat();
    return used.mul(assignments.size).div(used.sum()).div(counts.maximum(1)) as Tensor1D;
  });
}

/**
 * DeepCluster (Caron et al. 2018): cluster the representations, learn to tell the clusters from each other, and again.
 *
 *     loss = mean of  w_c  *  -log softmax(head(f(x)))_c,      c the cluster of x when all were clustered last
 *
 * It works because a random convolutional network's features are already better than chance. Mechanism: k-means, which
 * looks at all examples at once and, as it seeks small distances, does not put all into one group; w then makes small
 * groups count as much as large.
 * Energy: the cross-entropy is no function of pairs, so there is none.
 */
export function deepCluster<E>(options: DeepClusterOptions<E>): Clustering<DeepClusterParams<E>, DeepClusterState> {
  const { encoder, features, clusters, examples, dims = Math.min(32, features), balanced = true, kMeans: byKMeans = true } = options;
  expectNumber('clusters', clusters, { atLeast: 2, integer: true });
  expectNumber('examples', examples, { atLeast: clusters, integer: true });
  expectNumber('dims', dims, { atLeast: 1, atMost: features, integer: true });
  const head = dense(features, clusters);
  const embed = (params: DeepClusterParams<E>, x: Tensor): Tensor2D => tf.tidy(() => encoder.apply(params.encoder, x) as Tensor2D);
  return {
    name: 'DeepCluster',
    mechanism: byKMeans || balanced ? 'clustered' : 'none',
    init(key) {
      const [forEncoder, forHead, forGroups] = random.split(key, 3) as [random.Key, random.Key, random.Key];
      const params = { encoder: encoder.init(forEncoder), head: head.init(forHead) };
      // Groups at random, until the first clustering.
      const assignments = random.randint(forGroups, [examples], 0, clusters) as Tensor1D;
      tf.dispose([forEncoder, forHead, forGroups]);
      return { params, state: { assignments, weights: tf.ones([clusters]) as Tensor1D } };
    },
    objective(params, { x, index }, _key, state) {
      const own = tf.gather(state.assignments, index) as Tensor1D;
      const logP = tf.logSoftmax(head.apply(params.head, encoder.apply(params.encoder, x)));
      const target = tf.oneHot(own, clusters).toFloat();
      const losses = target.mul(logP).sum(1).neg().mul(tf.gather(state.weights, own));
      const hits = logP.argMax(1).toInt().equal(own).toFloat().mean() as Scalar;
      return { loss: losses.mean() as Scalar, metrics: { hits }, state };
    },
    recluster(params, images, key) {
      if (images.shape[0] !== examples) throw new Error(`images: shape [${images.shape.join(', ')}] given, [${examples}, ...] expected`);
      const [forHead, forClusters] = random.split(key) as [random.Key, random.Key];
      const all = embedAll((x) => embed(params, x), images);
      const assignments = byKMeans ? clusterFeatures(all, clusters, forClusters, dims) : tf.tidy(() => head.apply(params.head, all).argMax(1).toInt() as Tensor1D);
      const weights = balanced ? balancedWeights(assignments, clusters) : (tf.ones([clusters]) as Tensor1D);
      // Guesses are named by the classifier that made them, which therefore stays.
      const next = { encoder: tree.clone(params.encoder), head: byKMeans ? head.init(forHead) : tree.clone(params.head) };
      tf.dispose([all, forHead, forClusters]);
      return { params: next, state: { assignments, weights } };
    },
    embed,
    calibrate: (params, x) => ({ ...params, encoder: encoder.calibrate ? encoder.calibrate(params.encoder, x) : params.encoder }),
  };
}
