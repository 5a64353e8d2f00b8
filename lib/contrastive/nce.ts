import { tf, type Scalar, type Tensor1D, type Tensor2D } from '../core/engine';
import type { EnergyMethod, NoState } from '../core/method';
import * as random from '../core/random';
import { expectBounds, type Bounds } from '../energy/grid';
import { energyOfNetwork, networkEnergy } from '../energy/networkEnergy';
import { inTraining, type Layer } from '../nn';
import { nceLoss } from './nceLoss';

/**
 * An energy over the plane, trained by noise-contrastive estimation against uniform noise on a
 * rectangle.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, data, nn, random, train } from 'dark-matter';
 * const method = contrastive.nce({
 *   network: nn.mlp([2, 16, 1]),
 *   bounds: data.toys.moons.bounds,
 * });
 * const x = data.toys.moons.sample(random.key(0), 200);
 * const { history } = await train({ method, data: { x }, batch: 32, steps: 5, display: 'none' });
 * assert.ok(Number.isFinite(history.loss.at(-1)));
 * ```
 */
export function nce<P>(options: {
  /** [batch, 2] -> [batch, 1]: the energy. */
  readonly network: Layer<P>;
  /** Where the noise is uniform; it must cover the data. */
  readonly bounds: Bounds;
}): EnergyMethod<P, NoState, { readonly x: Tensor2D }> {
  const {
    network,
    bounds: [left, right, bottom, top],
  } = options;
  expectBounds(options.bounds);
  const area = (right - left) * (top - bottom);
  const energyOf = networkEnergy(network);
  return {
    name: 'NCE',
    mechanism: 'contrastive',
    options,
    init: (key) => ({ params: network.init(key), state: {} }),
    objective(params, { x }, key, state) {
      const unit = random.uniform(key, [x.shape[0], 2]) as Tensor2D;
      const noise = unit.mul([[right - left, top - bottom]]).add([[left, bottom]]) as Tensor2D;
      const how = inTraining(network, key);
      const onData = energyOf(params, x, how);
      const onNoise = energyOf(params, noise, how);
      const logQ = tf.fill([x.shape[0]], -Math.log(area)) as Tensor1D;
      const loss = nceLoss(onData, logQ, onNoise, logQ);
      return {
        loss,
        metrics: { data: onData.mean() as Scalar, noise: onNoise.mean() as Scalar },
        state,
      };
    },
    ...energyOfNetwork(network),
  };
}
