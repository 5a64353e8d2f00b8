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
 */
export const quadraticNce = (options: QuadraticNceOptions): QuadraticNce => quadraticOdds(options);
