import type { Scalar, Tensor } from '../core/engine';
import type { EnergyMethod, NoState } from '../core/method';
import { energyOfNetwork, networkEnergy } from './networkEnergy';
import { inTraining, type Layer } from '../nn';

/**
 * Half of a method: the energy of the data is pushed down, and nothing holds it up elsewhere.
 *
 *     mean F(x)
 *
 * It collapses: the shortest way to low energy on the data is low energy everywhere. An energy that
 * is bounded below (end the network with `softplus`) goes flat; one that is not sinks for ever. To
 * be shown beside methods that hold the energy up.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { data, energy, nn, random, train } from 'dark-matter';
 * // Nothing keeps the energy up: it falls without end.
 * const method = energy.pushDown({ network: nn.mlp([2, 16, 1]) });
 * const x = data.toys.moons.sample(random.key(0), 200);
 * const { history } = await train({
 *   method,
 *   data: { x },
 *   batch: 32,
 *   steps: 20,
 *   display: 'none',
 * });
 * assert.ok(history.loss.at(-1)! < history.loss[0]!);
 * ```
 */
export function pushDown<P>(options: {
  /** [batch, ...] -> [batch, 1]: the energy. */
  readonly network: Layer<P>;
}): EnergyMethod<P, NoState, { readonly x: Tensor }> {
  const { network } = options;
  const energyOf = networkEnergy(network);
  return {
    name: 'Push down only',
    mechanism: 'none',
    options,
    init: (key) => ({ params: network.init(key), state: {} }),
    objective: (params, { x }, key, state) => ({
      loss: energyOf(params, x, inTraining(network, key)).mean() as Scalar,
      metrics: {},
      state,
    }),
    ...energyOfNetwork(network),
  };
}
