import { tf, type Scalar, type Tensor, type Tensor1D } from '../core/engine';
import { expectNumber } from '../core/checks';
import type { EnergyMethod, NoState } from '../core/method';
import * as random from '../core/random';
import { energyOfNetwork, networkEnergy } from '../energy/networkEnergy';
import { inTraining, type Layer } from '../nn';

/**
 * Denoising score matching (Vincent 2011, equation 9, times sigma^2 so that scales compare):
 * perturb a sample, and the slope of the energy has to point from where it went back to where it
 * was.
 *
 *     mean || sigma grad F(x + sigma e) - e ||^2,      e ~ N(0, 1)
 *
 * At its least, -grad F is the score of the data blurred by sigma, so F is the blurred -log p up to
 * a constant. Like a contrastive method it looks beside the data; unlike one it never asks how high
 * the energy is there, only how it slopes.
 *
 * @param energy [batch, ...] -> [batch].
 * @param x [batch, ...] data.
 * @param sigma the blur, above 0, in the data's units.
 * @returns the mean over the batch, summed over dimensions; its least value is not 0 but the
 * noise's part that cannot be told.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, random, type Tensor1D } from 'dark-matter';
 * const x = random.normal(random.key(0), [5000, 1]);
 * // The right energy for data blurred by 1 beats one that is twice as steep.
 * const at = (steep: number) =>
 *   contrastive.denoisingScoreMatchingLoss(
 *     (u) =>
 *       u
 *         .square()
 *         .sum(1)
 *         .mul(steep / 4) as Tensor1D,
 *     x,
 *     1,
 *     random.key(1),
 *   );
 * assert.ok(at(1).dataSync()[0] < at(2).dataSync()[0]);
 * ```
 */
export function denoisingScoreMatchingLoss(
  energy: (u: Tensor) => Tensor1D,
  x: Tensor,
  sigma: number,
  key: random.Key,
): Scalar {
  expectNumber('sigma', sigma, { above: 0 });
  return tf.tidy(() => {
    const noise = random.normal(key, x.shape);
    const slope = tf.grad((u) => energy(u as Tensor).sum())(x.add(noise.mul(sigma)));
    return slope.mul(sigma).sub(noise).square().reshape([x.shape[0]!, -1]).sum(1).mean() as Scalar;
  });
}

/**
 * Denoising score matching as a method, for an energy [batch, ...] -> [batch, 1].
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, data, nn, random, train } from 'dark-matter';
 * const method = contrastive.scoreMatching({
 *   network: nn.mlp([2, 16, 1], { activation: nn.silu }),
 *   sigma: 0.2,
 * });
 * const x = data.toys.moons.sample(random.key(0), 200);
 * const { history } = await train({ method, data: { x }, batch: 32, steps: 5, display: 'none' });
 * assert.ok(Number.isFinite(history.loss.at(-1)));
 * ```
 */
export function scoreMatching<P>(options: {
  readonly network: Layer<P>;
  readonly sigma: number;
}): EnergyMethod<P, NoState, { readonly x: Tensor }> {
  const { network, sigma } = options;
  const energyOf = networkEnergy(network);
  return {
    name: 'Score matching',
    mechanism: 'contrastive',
    options,
    init: (key) => ({ params: network.init(key), state: {} }),
    objective(params, { x }, key, state) {
      const how = inTraining(network, key);
      const loss = denoisingScoreMatchingLoss((u) => energyOf(params, u, how), x, sigma, key);
      return { loss, metrics: {}, state };
    },
    ...energyOfNetwork(network),
  };
}
