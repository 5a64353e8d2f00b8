import { tf, type Tensor, type Tensor1D } from '../core/engine';
import { calibrate, inInference, type ApplyOptions, type Layer } from '../nn';

/**
 * The energy that a network with one output gives: (params, u) -> F(u).
 *
 *     networkEnergy(nn.mlp([2, 64, 64, 1]))                                        of points in the plane
 *     networkEnergy(nn.sequential([nn.conv2d(1, 16, 3, { stride: 2 }), nn.relu(), nn.flatten(), nn.dense(14 * 14 * 16, 1)]))
 *                                                                                  of images, [batch, 28, 28, 1]
 *
 * Its values have no bounds unless the network's last layer sets one (a softplus: at least 0).
 *
 * @param network [batch, ...] -> [batch, 1].
 * @returns (params, u: [batch, ...], options) -> [batch], with what `apply` may be told. Traceable;
 * throws when the network's output is not [batch, 1].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, nn, random } from 'dark-matter';
 * const network = nn.mlp([2, 16, 1]);
 * const F = energy.networkEnergy(network);
 * const values = F(network.init(random.key(0)), random.normal(random.key(1), [5, 2]));
 * assert.deepEqual(values.shape, [5]);
 * ```
 */
export const networkEnergy =
  <P>(network: Layer<P>) =>
  (params: P, u: Tensor, options?: ApplyOptions): Tensor1D =>
    tf.tidy(() => {
      const [batch, out] = [u.shape[0]!, network.apply(params, u, options)];
      if (out.size !== batch)
        throw new RangeError(
          `network: output [${out.shape.join(', ')}] given for ${batch} inputs, [${batch}, 1] expected`,
        );
      return out.reshape([batch]) as Tensor1D;
    });

/**
 * What a method has after training whose energy is a network's: F(y), whatever x is, and the
 * statistics of batch normalisation.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, nn, random } from 'dark-matter';
 * const network = nn.mlp([2, 16, 1]);
 * const parts = energy.energyOfNetwork(network);
 * const [params, y] = [network.init(random.key(0)), random.normal(random.key(1), [5, 2])];
 * assert.deepEqual(parts.energy(params, y, y).shape, [5]);
 * ```
 */
export const energyOfNetwork = <P>(network: Layer<P>) => ({
  energy: (params: P, _x: Tensor, y: Tensor): Tensor1D =>
    networkEnergy(network)(params, y, inInference),
  calibrate: (params: P, x: Tensor): P => calibrate(network, params, x),
});
