import { tf, type Scalar, type Tensor, type Tensor2D } from '../core/engine';
import { expectNumber, expectSameShape } from '../core/checks';
import type { Method, NoState } from '../core/method';
import { jointEmbedding, type JointEmbeddingOptions, type JointEmbeddingParams, type TwoViews } from '../energy/jointEmbedding';

export interface BarlowTwinsOptions {
  /** Weight of the off-diagonal entries; the paper's lambda, default 0.005. 0 removes the redundancy reduction. */
  lambda?: number;
  /** Added to the variance under the root of the standardisation. Default 1e-5, as batch norm's. */
  epsilon?: number;
}

/**
 * The cross-correlation matrix of two branches over a batch (Zbontar et al. 2021, equation 2):
 *
 *     C_ij = mean over the batch of  standardised z1_i * standardised z2_j        in [-1, 1]
 *
 * @param z1 [batch, dim] embeddings of the first views. @param z2 [batch, dim] of the second.
 * @returns [dim, dim]; rows are dimensions of z1, columns of z2.
 */
export function crossCorrelation(z1: Tensor2D, z2: Tensor2D, { epsilon = 1e-5 }: Pick<BarlowTwinsOptions, 'epsilon'> = {}): Tensor2D {
  expectSameShape('z1, z2', z1, z2);
  expectNumber('batch', z1.shape[0], { atLeast: 2 });
  return tf.tidy(() => {
    const [a, b] = [z1.sub(z1.mean(0, true)), z2.sub(z2.mean(0, true))];
    const inverseDeviation = (centred: Tensor): Tensor => centred.square().mean(0).add(epsilon).rsqrt();
    // Scaling the covariance instead of the embeddings is the same, and loses fewer digits on the way back.
    const covariance = tf.matMul(a, b, true, false).div(z1.shape[0]);
    return covariance.mul(inverseDeviation(a).expandDims(1)).mul(inverseDeviation(b).expandDims(0)) as Tensor2D;
  });
}

/**
 * Barlow Twins (Zbontar et al. 2021, equation 1): the cross-correlation of the two branches is to be the identity.
 *
 *     sum_i (1 - C_ii)^2  +  lambda sum_{i != j} C_ij^2
 *
 * The diagonal pulls twins together, dimension by dimension. The rest forbids two dimensions to say the same thing, which
 * is Barlow's redundancy reduction (1961). Standardising makes a constant dimension worthless: nothing to be gained by
 * collapse.
 *
 * @returns a sum over entries, not a mean: it grows with dim.
 */
export function barlowTwinsLoss(z1: Tensor2D, z2: Tensor2D, options: BarlowTwinsOptions = {}): Scalar {
  const { lambda = 0.005 } = options;
  expectNumber('lambda', lambda, { atLeast: 0 });
  return tf.tidy(() => {
    const { agreement, redundancy } = terms(crossCorrelation(z1, z2, options));
    return agreement.add(redundancy.mul(lambda)) as Scalar;
  });
}

function terms(correlation: Tensor2D): { agreement: Scalar; redundancy: Scalar } {
  const index = tf.range(0, correlation.shape[0], 1, 'int32');
  const identity = tf.equal(index.expandDims(1), index.expandDims(0)).cast('float32');
  const diagonal = correlation.mul(identity).sum(1);
  return {
    agreement: tf.sub(1, diagonal).square().sum() as Scalar,
    redundancy: correlation.square().sum().sub(diagonal.square().sum()) as Scalar,
  };
}

/** Barlow Twins as a method. Energy: 1 - cos of the projections. Mechanism: redundancy reduction. */
export function barlowTwins<E, P>(
  options: JointEmbeddingOptions<E, P> & BarlowTwinsOptions,
): Method<JointEmbeddingParams<E, P>, NoState, TwoViews> {
  const { lambda = 0.005 } = options;
  const { init, project, embed, energy, calibrate } = jointEmbedding(options);
  return {
    name: 'Barlow Twins',
    mechanism: 'regularised',
    init: (key) => ({ params: init(key), state: {} }),
    objective(params, { x1, x2 }, _key, state) {
      const { agreement, redundancy } = terms(crossCorrelation(project(params, x1), project(params, x2), options));
      return { loss: agreement.add(redundancy.mul(lambda)) as Scalar, metrics: { agreement, redundancy }, state };
    },
    energy,
    embed,
    calibrate,
  };
}
