import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { embed as embedAll } from '../core/embed';
import { calibrate, dense, inInference, inTraining, type DenseParams, type Layer } from '../nn';
import { calibratedOnSome, clusterFeatures, type Clustering } from './clustering';

export interface DeepClusterParams<E> {
  readonly encoder: E;
  /**
   * The classifier of clusters; made anew with every clustering, since clusters have no names that
   * last.
   */
  readonly head: DenseParams;
}

/** What the last clustering found. */
export interface DeepClusterState {
  /** int32 [examples], the cluster of each. */
  readonly assignments: Tensor1D;
  /** [clusters], what an example of each weighs in the loss. */
  readonly weights: Tensor1D;
}

export interface DeepClusterOptions<E> {
  /** [batch, ...] -> [batch, features]. */
  readonly encoder: Layer<E>;
  /** The width of the encoder's output. */
  readonly features: number;
  /**
   * How many clusters; the paper finds that several times as many as there are classes are best.
   */
  readonly clusters: number;
  /** How many examples the data has. */
  readonly examples: number;
  /** Principal components that are clustered, at most `features`. Default 32. */
  readonly dims?: number;
  /**
   * false gives each example the same weight, so that one great cluster may rule the loss. Default
   * true. k-means's clusters are nearly equal where the data is curated, and there the weights
   * change little.
   */
  readonly balanced?: boolean;
  /**
   * false takes what the classifier itself guesses of each example as its next cluster. Default
   * true. Without the weights too, great clusters swallow the small ones.
   */
  readonly kMeans?: boolean;
}

/**
 * The weight at which all clusters that are not empty count the same: examples / (clusters in use *
 * own size). [clusters].
 */
export function balancedWeights(assignments: Tensor1D, clusters: number): Tensor1D {
  return tf.tidy(() => {
    const counts = tf.oneHot(assignments, clusters).toFloat().sum(0);
    const used = counts.greater(0).toFloat();
    return used.mul(assignments.size).div(used.sum()).div(counts.maximum(1)) as Tensor1D;
  });
}

/**
 * DeepCluster (Caron et al. 2018): cluster the representations, learn to tell the clusters from
 * each other, and again.
 *
 *     loss = mean of  w_c  *  -log softmax(head(f(x)))_c,      c the cluster of x when all were clustered last
 *
 * It works because a random convolutional network's features are already better than chance.
 * Mechanism: k-means, which looks at all examples at once and, as it seeks small distances, does
 * not put all into one group; w then makes small groups count as much as large. Energy: the
 * cross-entropy is no function of pairs, so there is none.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { alternate, nn, noncontrastive, random } from 'dark-matter';
 * const method = noncontrastive.deepCluster({
 *   encoder: nn.sequential([nn.flatten(), nn.dense(16, 8)]),
 *   features: 8,
 *   clusters: 4,
 *   examples: 64,
 * });
 * const images = random.uniform(random.key(0), [64, 4, 4, 1]);
 * for await (const { round, state } of alternate({
 *   method,
 *   images,
 *   rounds: 2,
 *   steps: 5,
 *   batch: 16,
 * }))
 *   assert.equal(state.assignments.size, 64, `round ${round}`);
 * ```
 */
export function deepCluster<E>(
  options: DeepClusterOptions<E>,
): Clustering<DeepClusterParams<E>, DeepClusterState> {
  const {
    encoder,
    features,
    clusters,
    examples,
    dims = Math.min(32, features),
    balanced = true,
    kMeans: byKMeans = true,
  } = options;
  expectNumber('clusters', clusters, { atLeast: 2, integer: true });
  expectNumber('examples', examples, { atLeast: clusters, integer: true });
  expectNumber('dims', dims, { atLeast: 1, atMost: features, integer: true });
  const head = dense(features, clusters);
  const embed = (params: DeepClusterParams<E>, x: Tensor): Tensor2D =>
    encoder.apply(params.encoder, x, inInference) as Tensor2D;
  return {
    name: 'DeepCluster',
    mechanism: byKMeans || balanced ? 'clustered' : 'none',
    options,
    init(key) {
      const [forEncoder, forHead, forGroups] = random.split(key, 3);
      const params = { encoder: encoder.init(forEncoder), head: head.init(forHead) };
      // Groups at random, until the first clustering.
      const assignments = random.randint(forGroups, [examples], 0, clusters) as Tensor1D;
      tf.dispose([forEncoder, forHead, forGroups]);
      return { params, state: { assignments, weights: tf.ones([clusters]) as Tensor1D } };
    },
    objective(params, { x, index }, key, state) {
      const own = tf.gather(state.assignments, index) as Tensor1D;
      const z = encoder.apply(params.encoder, x, inTraining(encoder, key));
      const logP = tf.logSoftmax(head.apply(params.head, z));
      const target = tf.oneHot(own, clusters).toFloat();
      const losses = target.mul(logP).sum(1).neg().mul(tf.gather(state.weights, own));
      const hits = logP.argMax(1).toInt().equal(own).toFloat().mean() as Scalar;
      return { loss: losses.mean() as Scalar, metrics: { hits }, state };
    },
    recluster(params, images, key) {
      if (images.shape[0] !== examples)
        throw new Error(
          `images: shape [${images.shape.join(', ')}] given, [${examples}, ...] expected`,
        );
      const [forHead, forClusters] = random.split(key);
      const fixed = calibratedOnSome(encoder, params.encoder, images, key);
      const all = embedAll((x) => embed({ ...params, encoder: fixed }, x), images);
      tree.dispose(fixed);
      const assignments = byKMeans
        ? clusterFeatures(all, clusters, forClusters, dims)
        : tf.tidy(() => head.apply(params.head, all).argMax(1).toInt() as Tensor1D);
      const weights = balanced
        ? balancedWeights(assignments, clusters)
        : (tf.ones([clusters]) as Tensor1D);
      // Guesses are named by the classifier that made them, which therefore stays.
      const next = {
        encoder: tree.clone(params.encoder),
        head: byKMeans ? head.init(forHead) : tree.clone(params.head),
      };
      tf.dispose([all, forHead, forClusters]);
      return { params: next, state: { assignments, weights } };
    },
    embed,
    calibrate({ encoder: own, ...heads }, x) {
      return { ...tree.clone(heads), encoder: calibrate(encoder, own, x) };
    },
  };
}
