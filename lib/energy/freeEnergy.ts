/**
 * From an energy with a latent, E(x, y, z), to an energy without one: z either takes its best value
 * or is averaged over.
 */
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import { scan } from '../core/scan';

/**
 * The free energy over samples of a latent (LeCun et al. 2006, "A tutorial on energy-based
 * learning", equation 24, with the mean over z in place of the integral):
 *
 *     F_beta = -1/beta log mean_z exp(-beta E(z))            F_infinity = min_z E(z)
 *
 * It lies between the least and the mean energy, and falls as beta rises: a cold latent (beta =
 * Infinity) takes its best value, a hot one (beta near 0) is averaged over.
 *
 * @param energies [batch, latents]: E at each of some values of z, drawn from their prior or laid
 * on a grid.
 * @param beta the inverse temperature, above 0; default Infinity. For a probability's -log, 1.
 * @returns [batch].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, tf } from 'dark-matter';
 * // Two latent values of the same energy: the minimum, less log 2 for the choice, plus log 2 for the mean.
 * const f = energy.freeEnergy(tf.tensor2d([[1, 1]]));
 * assert.ok(Math.abs(f.dataSync()[0] - 1) < 1e-5);
 * ```
 */
export function freeEnergy(energies: Tensor2D, beta = Infinity): Tensor1D {
  const { latents } = expectShape('energies', energies, ['batch', 'latents']) as {
    latents: number;
  };
  if (beta === Infinity) return tf.tidy(() => energies.min(1) as Tensor1D);
  expectNumber('beta', beta, { above: 0 });
  return tf.tidy(
    () => energies.mul(-beta).logSumExp(1).sub(Math.log(latents)).div(-beta) as Tensor1D,
  );
}

/**
 * min over z of E(z) by gradient descent, for latents of too many dimensions to sample: z <- z -
 * stepSize grad E(z).
 *
 * It finds the valley that it starts in. No gradient flows back through the search; where the
 * energy at the minimum is to be trained, evaluate it once more at the z returned: by the envelope
 * theorem its gradient in the parameters is that of the minimum.
 *
 * @param energy [batch, dim] -> [batch], each row's from that row alone.
 * @param start [batch, dim].
 * @returns the least energy [batch] and its z [batch, dim], owned by the caller.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, tf, type Tensor1D, type Tensor2D } from 'dark-matter';
 * const bowl = (z: Tensor2D) => z.sub(2).square().sum(1) as Tensor1D;
 * const { z } = energy.minimumOverLatent(bowl, tf.zeros([1, 1]) as Tensor2D, {
 *   steps: 100,
 *   stepSize: 0.1,
 * });
 * assert.ok(Math.abs(z.dataSync()[0] - 2) < 1e-3);
 * ```
 */
export function minimumOverLatent<Z extends Tensor>(
  energy: (z: Z) => Tensor1D,
  start: Z,
  { steps, stepSize }: { readonly steps: number; readonly stepSize: number },
): { energy: Tensor1D; z: Z } {
  expectNumber('steps', steps, { atLeast: 1, integer: true });
  expectNumber('stepSize', stepSize, { above: 0 });
  const slopeOf = tf.grad((z) => energy(z as Z).sum());
  const [z] = scan(
    (at: Tensor) => [at.sub(slopeOf(at).mul(stepSize)), undefined] as const,
    start as Tensor,
    steps,
  );
  return { energy: tf.tidy(() => energy(z as Z)), z: z as Z };
}
