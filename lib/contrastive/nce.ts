import { tf, type Scalar, type Tensor1D, type Tensor2D } from '../core/engine';
import type { Method, NoState } from '../core/method';
import * as random from '../core/random';
import { expectBounds, type Bounds } from '../energy/grid';
import { networkEnergy } from '../energy/networkEnergy';
import type { Layer } from '../nn';

/**
 * Noise-contrastive estimation (Gutmann and Hyvarinen 2010, equation 8, with as many noise samples as data).
 *
 * Tell data from noise of known density q by the energy alone. With the log-odds
 *
 *     G(u) = -F(u) - log q(u)
 *
 * the loss is the logistic one, the mean of softplus(-G(data)) plus the mean of softplus(G(noise)): it pushes the energy
 * down on the data and up on the noise, and stops where exp(-F) is the data's density. Normalised, that is: NCE needs
 * no partition function, the energy learns its own.
 *
 * @param energyOfData [batch] energies of real samples.
 * @param logNoiseOfData [batch] log q at those samples, in nats.
 * @param energyOfNoise [batch] energies of samples of q.
 * @param logNoiseOfNoise [batch] log q at those.
 * @returns a scalar; 2 log 2 = 1.386 where the energy cannot tell them apart.
 */
export function nceLoss(energyOfData: Tensor1D, logNoiseOfData: Tensor1D, energyOfNoise: Tensor1D, logNoiseOfNoise: Tensor1D): Scalar {
  return tf.tidy(() => {
    const surprise = tf.softplus(energyOfData.add(logNoiseOfData)).mean();
    const gullibility = tf.softplus(energyOfNoise.add(logNoiseOfNoise).neg()).mean();
    return surprise.add(gullibility) as Scalar;
  });
}

/** An energy over the plane, trained by noise-contrastive estimation against uniform noise on a rectangle. */
export function nce<P>(options: {
  /** [batch, 2] -> [batch, 1]: the energy. */
  readonly network: Layer<P>;
  /** Where the noise is uniform; it must cover the data. */
  readonly bounds: Bounds;
}): Method<P, NoState, { readonly x: Tensor2D }> {
  const { network, bounds: [left, right, bottom, top] } = options;
  expectBounds(options.bounds);
  const area = (right - left) * (top - bottom);
  const energyOf = networkEnergy(network);
  return {
    name: 'NCE',
    mechanism: 'contrastive',
    init: (key) => ({ params: network.init(key), state: {} }),
    objective(params, { x }, key, state) {
      const unit = random.uniform(key, [x.shape[0], 2]) as Tensor2D;
      const noise = unit.mul([[right - left, top - bottom]]).add([[left, bottom]]) as Tensor2D;
      const onData = energyOf(params, x);
      const onNoise = energyOf(params, noise);
      const logQ = tf.fill([x.shape[0]], -Math.log(area)) as Tensor1D;
      const loss = nceLoss(onData, logQ, onNoise, logQ);
      return { loss, metrics: { data: onData.mean() as Scalar, noise: onNoise.mean() as Scalar }, state };
    },
    energy: (params, _x, y) => tf.tidy(() => energyOf(params, y as Tensor2D)),
  };
}
