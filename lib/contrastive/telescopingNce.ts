import { expectNumber, expectShape } from '../core/checks';
import { tf, type Tensor2D } from '../core/engine';
import * as random from '../core/random';
import type { Quadratic } from '../energy/quadratic';
import { quadraticOdds } from './quadraticOdds';

export interface TelescopingNceOptions {
  /** [n, dim]. */
  readonly data: Tensor2D;
  /** The noise at the end of the staircase: samples of it, [n, dim], and its energy. */
  readonly noise: {
    readonly sample: (key: random.Key, n: number) => Tensor2D;
    readonly energy: Quadratic;
  };
  /** Each step's share of noise in the variance, in (0, 1], rising to 1: where it is all noise. */
  readonly shares: readonly number[];
  /** Contrastive samples at each step; above the first the lower side is as many samples again. */
  readonly samples: number;
}

/**
 * Telescoping density-ratio estimation (Rhodes, Xu and Gutmann 2020, equations 3-5) of a quadratic
 * energy: instead of data against far noise, a staircase of mixtures x_k = sqrt(1 - share_k) x +
 * sqrt(share_k) e, each contrasted with the next.
 *
 *     log p_0 / p_K = sum over k of log p_k / p_(k+1),      F = F_noise + sum over k of F_k
 *
 * Neighbours are alike, so each contrast is easy, however far the ends are apart.
 *
 * @returns the energy, all contrastive samples used, and whether every step found its optimum.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, random, tf } from 'dark-matter';
 * const data = random.normal(random.key(0), [1000, 1], 0, 0.1);
 * const noise = {
 *   sample: (key: random.Key, n: number) => random.normal(key, [n, 1]),
 *   energy: { curvature: [[1]], slope: [0], offset: 0 },
 * };
 * const { energy } = contrastive.telescopingNce(
 *   { data, noise, shares: [0.01, 0.1, 1], samples: 1000 },
 *   random.key(1),
 * );
 * // The inverse of the variance, 0.01.
 * assert.ok(Math.abs(energy.curvature[0]![0]! / 100 - 1) < 0.3);
 * ```
 */
export function telescopingNce(
  { data, noise, shares, samples }: TelescopingNceOptions,
  key: random.Key,
): { energy: Quadratic; samples: number; converged: boolean } {
  const { n, dim } = expectShape('data', data, ['n', 'dim']) as { n: number; dim: number };
  expectNumber('noise.energy: dimensions', noise.energy.curvature.length, {
    atLeast: dim,
    atMost: dim,
  });
  expectNumber('samples', samples, { atLeast: 1, integer: true });
  if (
    shares.length === 0 ||
    shares.at(-1) !== 1 ||
    shares.some((share, k) => !(share > (shares[k - 1] ?? 0)))
  ) {
    throw new Error(
      `shares: [${shares.join(', ')}] given, numbers above 0 that rise to 1 expected`,
    );
  }
  /** Samples of a step of the staircase, [samples, dim]. */
  const mix = (share: number, mixKey: random.Key): Tensor2D => {
    const [forNoise, forData] = random.split(mixKey);
    const e = noise.sample(forNoise, samples);
    if (share === 1) return e;
    const x = tf.gather(data, random.randint(forData, [samples], 0, n).cast('int32'));
    return x.mul(Math.sqrt(1 - share)).add(e.mul(Math.sqrt(share))) as Tensor2D;
  };
  let converged = true;
  let sum = noise.energy;
  shares.forEach((share, k) => {
    tf.tidy(() => {
      const [forUpper, forLower] = random.split(random.foldIn(key, k));
      const step = quadraticOdds({
        data: k === 0 ? data : mix(shares[k - 1]!, forLower),
        noise: mix(share, forUpper),
        logNoise: (u) => tf.zeros([u.shape[0]]),
      });
      converged &&= step.converged;
      sum = add(sum, step.energy);
    });
  });
  return { energy: sum, samples: samples * (2 * shares.length - 1), converged };
}

const add = (a: Quadratic, b: Quadratic): Quadratic => ({
  curvature: a.curvature.map((row, i) =>
    Array.from(row, (value, j) => value + b.curvature[i]![j]!),
  ),
  slope: Array.from(a.slope, (value, i) => value + b.slope[i]!),
  offset: a.offset + b.offset,
});
