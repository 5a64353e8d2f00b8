import { quadraticOdds, type QuadraticOdds, type QuadraticOddsOptions } from './quadraticOdds';

export type QuadraticNceOptions = QuadraticOddsOptions;
export type QuadraticNce = QuadraticOdds;

/**
 * Noise-contrastive estimation (Gutmann and Hyvarinen 2012, equations 2-4, with m/n noise samples a
 * datum) of a quadratic energy, solved: in the energy's coefficients it is a logistic regression of
 * data against noise,
 *
 *     G(u) = -F(u) - log q(u) - log(m/n),     minimise  sum over data of softplus(-G) + sum over noise of softplus(G),
 *
 * convex, so Newton's method finds the one optimum. What error is left is due to the samples alone:
 * no learning rate, no seed, no steps.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, random, type Tensor1D } from 'dark-matter';
 * const [data, noise] = [
 *   random.normal(random.key(0), [2000, 1]),
 *   random.normal(random.key(1), [2000, 1], 0, 2),
 * ];
 * const logNoise = (u: typeof noise) =>
 *   u
 *     .square()
 *     .sum(1)
 *     .div(-8)
 *     .sub(Math.log(2 * Math.sqrt(2 * Math.PI))) as Tensor1D;
 * const { energy } = contrastive.quadraticNce({ data, noise, logNoise });
 * assert.ok(Math.abs(energy.curvature[0]![0]! - 1) < 0.2);
 * ```
 */
export const quadraticNce = (options: QuadraticNceOptions): QuadraticNce => quadraticOdds(options);
