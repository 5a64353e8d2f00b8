import { tf, type Scalar, type Tensor1D } from '../core/engine';

/**
 * Noise-contrastive estimation (Gutmann and Hyvarinen 2010, equation 8, with as many noise samples
 * as data).
 *
 * Tell data from noise of known density q by the energy alone. With the log-odds
 *
 *     G(u) = -F(u) - log q(u)
 *
 * the loss is the logistic one, the mean of softplus(-G(data)) plus the mean of softplus(G(noise)):
 * it pushes the energy down on the data and up on the noise, and stops where exp(-F) is the data's
 * density. Normalised, that is: NCE needs no partition function, the energy learns its own.
 *
 * @param energyOfData [batch] energies of real samples.
 * @param logNoiseOfData [batch] log q at those samples, in nats.
 * @param energyOfNoise [batch] energies of samples of q.
 * @param logNoiseOfNoise [batch] log q at those.
 * @returns a scalar; 2 log 2 = 1.386 where the energy cannot tell them apart.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, tf } from 'dark-matter';
 * const [same, log] = [tf.zeros([4]).as1D(), tf.zeros([4]).as1D()];
 * // Nothing is told apart: 2 log 2.
 * assert.ok(
 *   Math.abs(contrastive.nceLoss(same, log, same, log).dataSync()[0] - 2 * Math.log(2)) < 1e-6,
 * );
 * ```
 */
export function nceLoss(
  energyOfData: Tensor1D,
  logNoiseOfData: Tensor1D,
  energyOfNoise: Tensor1D,
  logNoiseOfNoise: Tensor1D,
): Scalar {
  return tf.tidy(() => {
    const surprise = tf.softplus(energyOfData.add(logNoiseOfData)).mean();
    const gullibility = tf.softplus(energyOfNoise.add(logNoiseOfNoise).neg()).mean();
    return surprise.add(gullibility) as Scalar;
  });
}
