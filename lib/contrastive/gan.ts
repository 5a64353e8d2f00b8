import { tf, type Scalar, type Tensor, type Tensor1D } from '../core/engine';
import { expectNumber } from '../core/checks';
import type { EnergyMethod } from '../core/method';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { stopGradient } from '../core/stopGradient';
import { networkEnergy } from '../energy/networkEnergy';
import { calibrate, inInference, inTraining, type ApplyOptions, type Layer } from '../nn';
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
  /**
   * Instance noise: the standard deviation, at the first step, of the normal noise on all that the
   * critic sees in training. It falls evenly, to 0 at the last step. 0 (the default) is none.
   */
  readonly noise?: number;
}

/** What is left of the instance noise; empty where there is none. */
export interface GanState {
  /** [], the standard deviation of the coming step. */
  readonly noise?: Scalar;
}

/** A GAN as a method, and what only a GAN has: samples. */
export interface Gan<C, G> extends EnergyMethod<GanParams<C, G>, GanState, { readonly x: Tensor }> {
  /** n samples of the generator: [n, ...], each by itself: calibrated, where it normalises. */
  sample(params: GanParams<C, G>, key: random.Key, n: number): Tensor;
}

/**
 * A generative adversarial network (Goodfellow et al. 2014), as the contrastive method that it is.
 *
 * Energy: the critic, F(y). Push-down: on the data. Mechanism: pushed up on contrastive samples,
 * which a second network makes where the energy is low.
 *
 * Both players take their step at once, on one loss: the critic's, with the samples held still,
 * plus the generator's, with the critic held still. No gradient of either reaches the other's
 * parameters.
 *
 * `noise` blurs both, data and samples (Sonderby et al. 2017, section 3; Arjovsky and Bottou 2017,
 * section 3): where they are narrow and apart, the critic's energy has slopes between them again.
 * The best generator stays the same, since densities that differ still differ when both are blurred
 * alike.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, data, nn, random, train } from 'dark-matter';
 * const method = contrastive.gan({
 *   critic: nn.mlp([2, 16, 1]),
 *   generator: nn.mlp([2, 16, 2]),
 *   latent: 2,
 * });
 * const x = data.toys.moons.sample(random.key(0), 200);
 * const { params } = await train({ method, data: { x }, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.sample(params, random.key(1), 7).shape, [7, 2]);
 * ```
 */
export function gan<C, G>(options: GanOptions<C, G>): Gan<C, G> {
  const { critic, generator, latent, loss = originalGan, penalty = 0, noise = 0 } = options;
  expectNumber('latent', latent, { atLeast: 1, integer: true });
  expectNumber('penalty', penalty, { atLeast: 0 });
  expectNumber('noise', noise, { atLeast: 0 });
  const energyOf = networkEnergy(critic);
  const generate = (params: G, key: random.Key, n: number, how: ApplyOptions): Tensor =>
    generator.apply(params, random.normal(key, [n, latent]), how);
  return {
    name: 'GAN',
    mechanism: 'contrastive',
    options,
    init(key) {
      const [forCritic, forGenerator] = random.split(key);
      const params = { critic: critic.init(forCritic), generator: generator.init(forGenerator) };
      tf.dispose([forCritic, forGenerator]);
      return { params, state: noise > 0 ? { noise: tf.scalar(noise) } : {} };
    },
    objective(params, batch, key, state) {
      const { noise: blur } = state;
      const [forSamples, forPenalty, ...forNoise] = random.split(key, blur ? 4 : 2);
      const blurred = (u: Tensor, i: number): Tensor =>
        blur ? u.add(random.normal(forNoise[i]!, u.shape).mul(blur)) : u;
      const x = blurred(batch.x, 0);
      const drawn = generate(
        params.generator,
        forSamples,
        x.shape[0]!,
        inTraining(generator, key, 1),
      );
      const fake = blurred(drawn, 1);
      const held = stopGradient(fake);
      const how = inTraining(critic, key);
      const current = (u: Tensor): Tensor1D => energyOf(params.critic, u, how);
      const [onReal, onFake] = [current(x), current(held)];
      const ofCritic = loss.critic(onReal, onFake);
      const frozen = tree.map(stopGradient, params.critic);
      const ofGenerator = loss.generator(energyOf(frozen, fake, how));
      const sum = ofCritic.add(ofGenerator);
      const slope = penalty > 0 ? gradientPenalty(current, x, held, forPenalty) : undefined;
      return {
        loss: (slope ? sum.add(slope.mul(penalty)) : sum) as Scalar,
        metrics: {
          critic: ofCritic,
          generator: ofGenerator,
          real: onReal.mean() as Scalar,
          fake: onFake.mean() as Scalar,
        },
        state,
      };
    },
    ...(noise > 0
      ? {
          afterUpdate: (_params: GanParams<C, G>, _state: GanState, progress: Scalar) => ({
            noise: tf.mul(noise, tf.sub(1, progress)) as Scalar,
          }),
        }
      : {}),
    energy: (params, _x, y) => energyOf(params.critic, y, inInference),
    sample: (params, key, n) => tf.tidy(() => generate(params.generator, key, n, inInference)),
    /** The critic on data x, the generator on as many latents. */
    calibrate: (params, x) =>
      tree.tidy(() => {
        const latents = random.normal(random.key(0), [x.shape[0]!, latent]);
        return {
          critic: calibrate(critic, params.critic, x),
          generator: calibrate(generator, params.generator, latents),
        };
      }),
  };
}
