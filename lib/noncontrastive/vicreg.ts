import { tf, type Scalar, type Tensor2D } from '../core/engine';
import { expectCompany, expectNumber, expectOneOf, expectSameShape } from '../core/checks';
import {
  jointEmbedding,
  type JointEmbeddingMethod,
  type JointEmbeddingOptions,
  type JointEmbeddingParams,
} from '../energy/jointEmbedding';

export interface VicregOptions {
  /** Weight of the push-down: how far apart twins are. Default 25. */
  invariance?: number;
  /**
   * Weight of the hinge that keeps each dimension's standard deviation at 1. Default 25; 0 removes
   * it, and collapse follows.
   */
  variance?: number;
  /**
   * Weight of the penalty on correlated dimensions. Default 1; 0 lets all dimensions say the same
   * thing.
   */
  covariance?: number;
  /** Added to the variance under the root, above 0. Default 1e-4. */
  epsilon?: number;
  /** Whose reductions. Default 'official', for which 25, 25, 1 were chosen. */
  convention?: VicregConvention;
}

/**
 * The published conventions differ by factors that the weights absorb:
 *
 *                   invariance                     variance, of the two branches   covariance divided by
 *     'paper'       summed over dimensions         the sum                         dim
 *     'official'    the mean over dimensions       the mean                        dim
 *     'solo-learn'  the mean over dimensions       the sum                         dim
 *     'eb_jepa'     the mean over dimensions       the sum                         dim * (dim - 1)
 *
 * 'paper' is equations 1-6, 'official' the authors' code (and lightly's). All of them average over
 * the batch, divide variances and covariances by n - 1, and sum the branches' covariance terms. The
 * weights 25, 25, 1 of 'official' are 25 / dim, 12.5, 1 of 'paper', 25, 12.5, 1 of 'solo-learn' and
 * 25, 12.5, dim - 1 of 'eb_jepa'.
 */
export type VicregConvention = 'paper' | 'official' | 'solo-learn' | 'eb_jepa';

/** The three terms before they are weighted; scalars, each at least 0. */
export interface VicregTerms {
  readonly invariance: Scalar;
  readonly variance: Scalar;
  readonly covariance: Scalar;
}

/**
 * VICReg: variance, invariance, covariance (Bardes, Ponce and LeCun 2022).
 *
 * The invariance pulls twins together. What keeps the energy from being low everywhere looks at
 * each branch alone, never at pairs of examples, so it needs no contrastive samples:
 *
 *     variance    v(Z) = mean_j max(0, 1 - sqrt(var(Z_j) + eps))        (eq. 1)   no dimension may go flat
 *     covariance  c(Z) = sum_{i != j} cov(Z)_{ij}^2 / dim               (eq. 4)   no two may say the same
 *
 * Variances and covariances divide by n - 1.
 *
 * @param z1 [batch, dim] embeddings of the first views, not normalised; batch at least 2.
 * @param z2 [batch, dim] embeddings of the second views.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const z = random.normal(random.key(0), [500, 4], 0, 2);
 * const { invariance, variance } = noncontrastive.vicregTerms(z, z);
 * // Twins agree, and every coordinate varies by more than 1.
 * assert.deepEqual([invariance.dataSync()[0], variance.dataSync()[0]], [0, 0]);
 * ```
 */
export function vicregTerms(
  z1: Tensor2D,
  z2: Tensor2D,
  { epsilon = 1e-4, convention = 'official' }: Pick<VicregOptions, 'epsilon' | 'convention'> = {},
): VicregTerms {
  expectSameShape('z1, z2', z1, z2);
  const [batch, dim] = z1.shape;
  expectCompany(z1);
  expectNumber('epsilon', epsilon, { above: 0 });
  expectOneOf('convention', convention, ['paper', 'official', 'solo-learn', 'eb_jepa']);
  if (convention === 'eb_jepa') expectNumber('dim', dim, { atLeast: 2 });
  return tf.tidy(() => {
    const distance = z1.sub(z2).square();
    const invariance = convention === 'paper' ? distance.sum(1).mean() : distance.mean();
    const entries = convention === 'eb_jepa' ? dim * (dim - 1) : dim;
    const branches = [z1, z2].map((z) => {
      const centred = z.sub(z.mean(0, true));
      const covariance = tf.matMul(centred, centred, true, false).div(batch - 1);
      const variances = centred
        .square()
        .sum(0)
        .div(batch - 1);
      return {
        variance: tf.relu(tf.sub(1, variances.add(epsilon).sqrt())).mean(),
        // The squares of all entries but the diagonal's.
        covariance: covariance.square().sum().sub(variances.square().sum()).div(entries),
      };
    });
    const variance = tf.add(branches[0]!.variance, branches[1]!.variance);
    return {
      invariance: invariance as Scalar,
      variance: (convention === 'official' ? variance.div(2) : variance) as Scalar,
      covariance: tf.add(branches[0]!.covariance, branches[1]!.covariance) as Scalar,
    };
  });
}

/**
 * The weighted sum of the three terms (equation 6).
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const z = random.normal(random.key(0), [500, 4], 0, 2);
 * const [spread, collapsed] = [z, z.mul(0.001) as typeof z].map((each) =>
 *   noncontrastive.vicregLoss(each, each),
 * );
 * assert.ok(spread!.dataSync()[0] < collapsed!.dataSync()[0]);
 * ```
 */
export function vicregLoss(z1: Tensor2D, z2: Tensor2D, options: VicregOptions = {}): Scalar {
  return tf.tidy(() => weigh(vicregTerms(z1, z2, options), options));
}

function weigh(
  terms: VicregTerms,
  { invariance = 25, variance = 25, covariance = 1 }: VicregOptions,
): Scalar {
  expectNumber('invariance', invariance, { atLeast: 0 });
  expectNumber('variance', variance, { atLeast: 0 });
  expectNumber('covariance', covariance, { atLeast: 0 });
  return terms.invariance
    .mul(invariance)
    .add(terms.variance.mul(variance))
    .add(terms.covariance.mul(covariance)) as Scalar;
}

/**
 * VICReg as a method. Energy: 1 - cos of the projections. Mechanism: the variance hinge and the
 * covariance penalty.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, nn, random, train } from 'dark-matter';
 * const method = noncontrastive.vicreg({ encoder: nn.dense(4, 8), projector: nn.dense(8, 4) });
 * const x = random.normal(random.key(0), [64, 4]);
 * const data = { x1: x, x2: x.add(random.normal(random.key(1), [64, 4], 0, 0.1)) };
 * const { params } = await train({ method, data, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [64, 8]);
 * ```
 */
export function vicreg<E, P>(
  options: JointEmbeddingOptions<E, P> & VicregOptions,
): JointEmbeddingMethod<JointEmbeddingParams<E, P>> {
  const { init, views, ...afterTraining } = jointEmbedding(options);
  return {
    name: 'VICReg',
    mechanism: options.variance === 0 ? 'none' : 'regularised',
    options,
    init: (key) => ({ params: init(key), state: {} }),
    objective(params, { x1, x2 }, key, state) {
      const [z1, z2] = views(params, [x1, x2], key);
      const terms = vicregTerms(z1, z2, options);
      return { loss: weigh(terms, options), metrics: { ...terms }, state };
    },
    ...afterTraining,
  };
}
