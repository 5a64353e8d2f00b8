import { tf, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectSameShape } from '../core/checks';

/**
 * KL( N(mean, diag exp(logVariance)) || N(0, 1) ) of each row: what a VAE's latent may say, in nats (Kingma and Welling
 * 2014, appendix B).
 *
 *     1/2 sum_j ( mean_j^2 + exp(logVariance_j) - 1 - logVariance_j )
 *
 * @param mean [batch, dim].
 * @param logVariance [batch, dim].
 * @returns [batch], at least 0; summed over the dimensions. 0 where the latent says nothing.
 */
export function gaussianKl(mean: Tensor2D, logVariance: Tensor2D): Tensor1D {
  expectSameShape('mean, logVariance', mean, logVariance);
  return tf.tidy(() => mean.square().add(logVariance.exp()).sub(1).sub(logVariance).sum(1).div(2) as Tensor1D);
}
