import { tf, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectSameShape } from '../core/checks';

/** A Gaussian a row, without correlations: two [batch, dim]. */
export interface DiagonalGaussian {
  readonly mean: Tensor2D;
  readonly logVariance: Tensor2D;
}

/**
 * KL( N(mean, diag exp(logVariance)) || prior ) of each row: what a VAE's latent may say, in nats
 * (Kingma and Welling 2014, appendix B, where the prior is N(0, 1)).
 *
 *     1/2 sum_j ( (mean_j - m_j)^2 / v_j + exp(logVariance_j) / v_j - 1 - logVariance_j + log v_j )
 *
 * @param mean [batch, dim].
 * @param logVariance [batch, dim].
 * @param prior with the mean m and the log variance log v of each row; default N(0, 1).
 * @returns [batch], at least 0; summed over the dimensions. 0 where the latent says nothing.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, tf } from 'dark-matter';
 * // From N(1, 1) to N(0, 1): half a nat.
 * assert.equal(latent.gaussianKl(tf.tensor2d([[1]]), tf.tensor2d([[0]])).dataSync()[0], 0.5);
 * ```
 */
export function gaussianKl(
  mean: Tensor2D,
  logVariance: Tensor2D,
  prior?: DiagonalGaussian,
): Tensor1D {
  expectSameShape('mean, logVariance', mean, logVariance);
  if (!prior)
    return tf.tidy(
      () => mean.square().add(logVariance.exp()).sub(1).sub(logVariance).sum(1).div(2) as Tensor1D,
    );
  expectSameShape('mean, prior: mean', mean, prior.mean);
  expectSameShape('mean, prior: logVariance', mean, prior.logVariance);
  return tf.tidy(() => {
    const logRatio = logVariance.sub(prior.logVariance);
    const moved = mean.sub(prior.mean).square().mul(prior.logVariance.neg().exp());
    return moved.add(logRatio.exp()).sub(1).sub(logRatio).sum(1).div(2) as Tensor1D;
  });
}
