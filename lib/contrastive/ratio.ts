import { tf, type Scalar, type Tensor } from '../core/engine';
import type { EnergyMethod, NoState } from '../core/method';
import type * as random from '../core/random';
import { energyOfNetwork, networkEnergy } from '../energy/networkEnergy';
import { inTraining, type Layer } from '../nn';
import { nceLoss } from './nceLoss';

/**
 * Noise-contrastive estimation against samples of any kind, whose density q nobody knows (Gutmann
 * and Hyvarinen 2010 with log q left out; as a ratio of densities: Sugiyama, Suzuki and Kanamori
 * 2012, section 4.1).
 *
 * The loss is least where F(u) = log q(u) - log p(u): the energy is not that of the data alone, but
 * measured against the contrastive samples. Where both are improbable it is determined by nothing
 * but the network's smoothness. So choose samples near the data: an energy learns no more than is
 * needed to tell the two apart.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, data, nn, random, train } from 'dark-matter';
 * const samples = (x: ReturnType<typeof data.toys.moons.sample>, key: random.Key) =>
 *   random.uniform(key, x.shape, -3, 3);
 * const method = contrastive.ratio({ network: nn.mlp([2, 16, 1]), samples });
 * const x = data.toys.moons.sample(random.key(0), 200);
 * const { history } = await train({ method, data: { x }, batch: 32, steps: 5, display: 'none' });
 * assert.ok(Number.isFinite(history.loss.at(-1)));
 * ```
 */
export function ratio<P, X extends Tensor = Tensor>(options: {
  /** [batch, ...] -> [batch, 1]: the energy. */
  readonly network: Layer<P>;
  /** Contrastive samples for a batch [batch, ...]: [samples, ...], at least one. Traceable. */
  readonly samples: (x: X, key: random.Key) => Tensor;
}): EnergyMethod<P, NoState, { readonly x: X }> {
  const { network, samples } = options;
  const energyOf = networkEnergy(network);
  return {
    name: 'Density ratio',
    mechanism: 'contrastive',
    options,
    init: (key) => ({ params: network.init(key), state: {} }),
    objective(params, { x }, key, state) {
      const how = inTraining(network, key);
      const onData = energyOf(params, x, how);
      const onSamples = energyOf(params, samples(x, key), how);
      const loss = nceLoss(onData, tf.zerosLike(onData), onSamples, tf.zerosLike(onSamples));
      return {
        loss,
        metrics: { data: onData.mean() as Scalar, samples: onSamples.mean() as Scalar },
        state,
      };
    },
    ...energyOfNetwork(network),
  };
}
