import { tf, type Scalar, type Tensor } from '../core/engine';
import { expectNumber } from '../core/checks';
import type { Method, NoState } from '../core/method';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { stopGradient } from '../core/stopGradient';
import { networkEnergy } from '../energy/networkEnergy';
import type { Layer } from '../nn';
import { gradientPenalty, originalGan, type CriticLoss } from './criticLosses';

export interface GanParams<C, G> {
  readonly critic: C;
  readonly generator: G;
}

export interface GanOptions<C, G> {
  /** [batch, ...] -> [batch, 1]: the energy. */
  readonly critic: Layer<C>;
  /** [batch, latent] -> [batch, ...]. */
  readonly generator: Layer<G>;
  /** The size of the generator's input, a standard normal. */
  readonly latent: number;
  /** Default `originalGan`. */
  readonly loss?: CriticLoss;
  /** Weight of the gradient penalty; 0 (the default) leaves it out, 10 is WGAN-GP's. */
  readonly penalty?: number;
}

/** A GAN as a method, and what only a GAN has: samples. */
export interface Gan<C, G> extends Method<GanParams<C, G>, NoState, { readonly x: Tensor }> {
  /** n samples of the generator: [n, ...]. */
  sample(params: GanParams<C, G>, key: random.Key, n: number): Tensor;
}

/**
 * A generative adversarial network (Goodfellow et al. 2014), as the contrastive method that it is.
 *
 * Energy: the critic, F(y). Push-down: on the data. Mechanism: pushed up on contrastive samples, which a second network
 * makes where the energy is low.
 *
 * Both players take their step at once, on one loss: the critic's, with the samples held still, plus the generator's, with
 * the critic held still. No gradient of either reaches the other's parameters.
 */
export function gan<C, G>(options: GanOptions<C, G>): Gan<C, G> {
  const { critic, generator, latent, loss = originalGan, penalty = 0 } = options;
  expectNumber('latent', latent, { atLeast: 1, integer: true });
  expectNumber('penalty', penalty, { atLeast: 0 });
  const energyOf = networkEnergy(critic);
  const generate = (params: G, key: random.Key, n: number): Tensor => generator.apply(params, random.normal(key, [n, latent]));
  return {
    name: 'GAN',
    mechanism: 'contrastive',
    init(key) {
      const [forCritic, forGenerator] = random.split(key) as [random.Key, random.Key];
      const params = { critic: critic.init(forCritic), generator: generator.init(forGenerator) };
      tf.dispose([forCritic, forGenerator]);
      return { params, state: {} };
    },
    objective(params, { x }, key, state) {
      const [forSamples, forPenalty] = random.split(key) as [random.Key, random.Key];
      const fake = generate(params.generator, forSamples, x.shape[0]!);
      const held = stopGradient(fake);
      const [onReal, onFake] = [energyOf(params.critic, x), energyOf(params.critic, held)];
      const ofCritic = loss.critic(onReal, onFake);
      const ofGenerator = loss.generator(energyOf(tree.map(stopGradient, params.critic), fake));
      const sum = ofCritic.add(ofGenerator);
      const slope = penalty > 0 ? gradientPenalty((u) => energyOf(params.critic, u), x, held, forPenalty) : undefined;
      return {
        loss: (slope ? sum.add(slope.mul(penalty)) : sum) as Scalar,
        metrics: { critic: ofCritic, generator: ofGenerator, real: onReal.mean() as Scalar, fake: onFake.mean() as Scalar },
        state,
      };
    },
    energy: (params, _x, y) => tf.tidy(() => energyOf(params.critic, y)),
    sample: (params, key, n) => tf.tidy(() => generate(params.generator, key, n)),
  };
}
