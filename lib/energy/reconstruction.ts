import { calibrate, defineLayer, type Layer } from '../nn';

/**
 * The energy of an autoencoder, as a layer: the squared distance from an input to what the network
 * makes of it,
 *
 *     F(u) = || u - network(u) ||^2      at least 0,
 *
 * summed over all entries. [batch, ...] -> [batch, 1]. It is the critic of EBGAN (Zhao, Mathieu and
 * LeCun 2017, section 2.3).
 *
 * @param network [batch, ...] -> the same shape.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, nn, random } from 'dark-matter';
 * const autoencoder = energy.reconstruction(nn.mlp([4, 2, 4]));
 * const params = autoencoder.init(random.key(0));
 * // The squared error of each input, [batch, 1].
 * assert.deepEqual(
 *   autoencoder.apply(params, random.normal(random.key(1), [3, 4])).shape,
 *   [3, 1],
 * );
 * ```
 */
export function reconstruction<P>(network: Layer<P>): Layer<P> {
  return defineLayer<P>({
    name: 'reconstruction',
    stochastic: Boolean(network.stochastic),
    init: (key) => network.init(key),
    apply: (params, u, options) =>
      u
        .sub(network.apply(params, u, options))
        .square()
        .reshape([u.shape[0]!, -1])
        .sum(1, true),
    calibrate: (params, u) => calibrate(network, params, u),
  });
}
