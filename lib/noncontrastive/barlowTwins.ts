import { tf, type Scalar, type Tensor, type Tensor2D } from '../core/engine';
import { expectCompany, expectNumber, expectSameShape } from '../core/checks';
import {
  jointEmbedding,
  type JointEmbeddingMethod,
  type JointEmbeddingOptions,
  type JointEmbeddingParams,
} from '../energy/jointEmbedding';

export interface BarlowTwinsOptions {
  /**
   * Weight of the off-diagonal entries; the paper's lambda, default 0.005. 0 removes the redundancy
   * reduction.
   */
  lambda?: number;
  /** Added to the variance under the root of the standardisation. Default 1e-5, as batch norm's. */
  epsilon?: number;
  /**
   * false correlates the embeddings as they come, and compares twins by their distance, which for
   * standardised ones is the same (see `barlowTwinsLoss`). Default true. Without it a point is a
   * minimum, with all that lambda asks: collapse.
   */
  standardises?: boolean;
}

/**
 * The cross-correlation matrix of two branches over a batch (Zbontar et al. 2021, equation 2):
 *
 *     C_ij = mean over the batch of  standardised z1_i * standardised z2_j        in [-1, 1]
 *
 * @param z1 [batch, dim] embeddings of the first views. @param z2 [batch, dim] of the second.
 * @returns [dim, dim]; rows are dimensions of z1, columns of z2.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const z = random.normal(random.key(0), [5000, 4]);
 * const c = noncontrastive.crossCorrelation(z, z).arraySync();
 * assert.ok(Math.abs(c[0]![0]! - 1) < 1e-2 && Math.abs(c[0]![1]!) < 0.1);
 * ```
 */
export function crossCorrelation(
  z1: Tensor2D,
  z2: Tensor2D,
  { epsilon = 1e-5 }: Pick<BarlowTwinsOptions, 'epsilon'> = {},
): Tensor2D {
  expectNumber('epsilon', epsilon, { atLeast: 0 });
  return tf.tidy(() => {
    const inverseDeviation = (z: Tensor2D): Tensor =>
      tf.moments(z, 0).variance.add(epsilon).rsqrt();
    // Scaling the covariance instead of the embeddings is the same, and loses fewer digits on the
    // way back.
    return crossCovariance(z1, z2)
      .mul(inverseDeviation(z1).expandDims(1))
      .mul(inverseDeviation(z2).expandDims(0)) as Tensor2D;
  });
}

/** The same of embeddings as they come, divided by the batch. [batch, dim] twice -> [dim, dim]. */
function crossCovariance(z1: Tensor2D, z2: Tensor2D): Tensor2D {
  expectSameShape('z1, z2', z1, z2);
  expectCompany(z1);
  return tf.tidy(
    () =>
      tf
        .matMul(z1.sub(z1.mean(0, true)), z2.sub(z2.mean(0, true)), true, false)
        .div(z1.shape[0]) as Tensor2D,
  );
}

/**
 * Barlow Twins (Zbontar et al. 2021, equation 1): the cross-correlation of the two branches is to
 * be the identity.
 *
 *     sum_i (1 - C_ii)^2  +  lambda sum_{i != j} C_ij^2
 *
 * The diagonal pulls twins together, dimension by dimension. The rest forbids two dimensions to say
 * the same thing, which is Barlow's redundancy reduction (1961). Standardising makes a constant
 * dimension worthless: nothing to be gained by collapse. This can be taken away: of standardised
 * coordinates
 *
 *     1 - C_ii  =  mean over the batch of (z1_i - z2_i)^2 / 2,
 *
 * and the right-hand side is also there for those that are not. All of the loss is then 0 at a
 * point.
 *
 * @returns a sum over entries, not a mean: it grows with dim.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const [z, other] = [
 *   random.normal(random.key(0), [1000, 4]),
 *   random.normal(random.key(1), [1000, 4]),
 * ];
 * const [twins, strangers] = [
 *   noncontrastive.barlowTwinsLoss(z, z),
 *   noncontrastive.barlowTwinsLoss(z, other),
 * ];
 * assert.ok(twins.dataSync()[0] < strangers.dataSync()[0]);
 * ```
 */
export function barlowTwinsLoss(
  z1: Tensor2D,
  z2: Tensor2D,
  options: BarlowTwinsOptions = {},
): Scalar {
  return tf.tidy(() => weigh(terms(z1, z2, options), options));
}

interface Terms {
  readonly agreement: Scalar;
  readonly redundancy: Scalar;
}

function terms(z1: Tensor2D, z2: Tensor2D, options: BarlowTwinsOptions): Terms {
  const { standardises = true } = options;
  const correlation = standardises ? crossCorrelation(z1, z2, options) : crossCovariance(z1, z2);
  const index = tf.range(0, correlation.shape[0], 1, 'int32');
  const identity = tf.equal(index.expandDims(1), index.expandDims(0)).cast('float32');
  const diagonal = correlation.mul(identity).sum(1);
  const missing = standardises ? tf.sub(1, diagonal) : z1.sub(z2).square().mean(0).div(2);
  return {
    agreement: missing.square().sum() as Scalar,
    redundancy: correlation.square().sum().sub(diagonal.square().sum()) as Scalar,
  };
}

function weigh({ agreement, redundancy }: Terms, { lambda = 0.005 }: BarlowTwinsOptions): Scalar {
  expectNumber('lambda', lambda, { atLeast: 0 });
  return agreement.add(redundancy.mul(lambda)) as Scalar;
}

/**
 * Barlow Twins as a method. Energy: 1 - cos of the projections. Mechanism: redundancy reduction of
 * what is standardised.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, nn, random, train } from 'dark-matter';
 * const method = noncontrastive.barlowTwins({
 *   encoder: nn.dense(4, 8),
 *   projector: nn.dense(8, 4),
 *   lambda: 0.005,
 * });
 * const x = random.normal(random.key(0), [64, 4]);
 * const data = { x1: x, x2: x.add(random.normal(random.key(1), [64, 4], 0, 0.1)) };
 * const { params } = await train({ method, data, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [64, 8]);
 * ```
 */
export function barlowTwins<E, P>(
  options: JointEmbeddingOptions<E, P> & BarlowTwinsOptions,
): JointEmbeddingMethod<JointEmbeddingParams<E, P>> {
  const { standardises = true } = options;
  const { init, views, ...afterTraining } = jointEmbedding(options);
  return {
    name: 'Barlow Twins',
    mechanism: standardises ? 'regularised' : 'none',
    options,
    init: (key) => ({ params: init(key), state: {} }),
    objective(params, { x1, x2 }, key, state) {
      const [z1, z2] = views(params, [x1, x2], key);
      const found = terms(z1, z2, options);
      return { loss: weigh(found, options), metrics: { ...found }, state };
    },
    ...afterTraining,
  };
}
