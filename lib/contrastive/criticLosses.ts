/**
 * The GAN family, read as energies.
 *
 * The critic is an energy F: low on the real, high on the generator's samples, which are its
 * contrastive samples. The generator is trained to make samples of low energy: it looks for where
 * the energy is wrongly low, so that the critic can push it up there. All functions take energies,
 * never logits; a discriminator's logit is -F.
 */
import { tf, type Scalar, type Tensor, type Tensor1D } from '../core/engine';
import { expectNumber } from '../core/checks';
import * as random from '../core/random';

/**
 * What the critic and the generator minimise, from energies [batch] of real and of generated
 * samples.
 */
export interface CriticLoss {
  critic(real: Tensor1D, fake: Tensor1D): Scalar;
  generator(fake: Tensor1D): Scalar;
}

/**
 * The original GAN (Goodfellow et al. 2014, equation 1, with the generator's non-saturating loss of
 * section 3).
 *
 * critic: mean softplus(F(real)) + mean softplus(-F(fake)); generator: mean softplus(F(fake)). At
 * the optimum of the critic for densities p of the real and g of the generated, F = log g - log p:
 * an energy *relative to the generator*.
 */
export const originalGan: CriticLoss = {
  critic: (real, fake) =>
    tf.tidy(() => tf.softplus(real).mean().add(tf.softplus(fake.neg()).mean()) as Scalar),
  generator: (fake) => tf.tidy(() => tf.softplus(fake).mean() as Scalar),
};

/**
 * EBGAN (Zhao, Mathieu and LeCun 2017, equations 1-2): mean F(real) + mean max(0, margin -
 * F(fake)); the generator lowers F(fake). The energy has to be at least 0 (a reconstruction error,
 * say); above the margin the critic has nothing to do.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, tf } from 'dark-matter';
 * const { critic } = contrastive.ebgan({ margin: 1 });
 * // Made samples above the margin push no more.
 * assert.equal(critic(tf.tensor1d([0]), tf.tensor1d([5])).dataSync()[0], 0);
 * ```
 */
export function ebgan({ margin = 1 }: { margin?: number } = {}): CriticLoss {
  expectNumber('margin', margin, { above: 0 });
  return {
    critic: (real, fake) =>
      tf.tidy(() => real.mean().add(tf.relu(tf.sub(margin, fake)).mean()) as Scalar),
    generator: (fake) => tf.tidy(() => fake.mean() as Scalar),
  };
}

/**
 * The Wasserstein GAN (Arjovsky et al. 2017): mean F(real) - mean F(fake), for an energy whose
 * slope is at most 1; the critic's best value is then minus the earth mover's distance.
 * `gradientPenalty` keeps the slope near 1.
 */
export const wasserstein: CriticLoss = {
  critic: (real, fake) => tf.tidy(() => real.mean().sub(fake.mean()) as Scalar),
  generator: (fake) => tf.tidy(() => fake.mean() as Scalar),
};

/**
 * mean ( ||grad F(u)|| - 1 )^2 at points u drawn evenly on the lines between real and generated
 * samples (WGAN-GP: Gulrajani et al. 2017, equation 3, without its weight, 10 there).
 * Differentiable in F's parameters: a second-order gradient.
 *
 * @param energy [batch, ...] -> [batch].
 * @param real [batch, ...]. @param fake [batch, ...], the same shape.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, random, type Tensor1D } from 'dark-matter';
 * const [real, made] = [
 *   random.normal(random.key(0), [8, 2]),
 *   random.normal(random.key(1), [8, 2]),
 * ];
 * // An energy of slope 1 everywhere pays nothing.
 * const penalty = contrastive.gradientPenalty(
 *   (u) => u.sum(1).div(Math.SQRT2) as Tensor1D,
 *   real,
 *   made,
 *   random.key(2),
 * );
 * assert.ok(penalty.dataSync()[0] < 1e-6);
 * ```
 */
export function gradientPenalty(
  energy: (u: Tensor) => Tensor1D,
  real: Tensor,
  fake: Tensor,
  key: random.Key,
): Scalar {
  return tf.tidy(() => {
    const batch = real.shape[0]!;
    const between = random.uniform(key, [batch, ...real.shape.slice(1).map(() => 1)]);
    const u = real.add(fake.sub(real).mul(between));
    const slope = tf.grad((v) => energy(v as Tensor).sum())(u);
    const norm = slope.reshape([batch, -1]).square().sum(1).add(1e-12).sqrt();
    return norm.sub(1).square().mean() as Scalar;
  });
}
