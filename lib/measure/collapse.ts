/**
 * Collapse, seen from three sides: how far embeddings spread along each dimension, along each
 * direction, and how many directions they use.
 *
 * Complete collapse (all inputs to one point) shows in the standard deviation and in the
 * *uncentred* effective rank, which goes to 1. The centred rank does not show it: it divides by the
 * scale, so it measures the shape of whatever spread is left, were it a millionth.
 */
import { tf, type Tensor2D } from '../core/engine';
import { expectFloat, expectNumber } from '../core/checks';
import { l2Normalize } from '../core/l2Normalize';
import { tidy } from '../core/pytree';
import { singularValues } from '../numerics/decompositions';
import { expectFinite } from './embedded';

export interface Spread {
  /** [dim], the standard deviation (n - 1 in the denominator) of each dimension over the set. */
  readonly perDimension: Float32Array;
  /** Their mean: what VICReg (Bardes et al. 2022) keeps at 1, and SimSiam's plots show. */
  readonly mean: number;
}

/**
 * The standard deviation of each dimension of the embeddings.
 *
 * @param z [n, dim], n of at least 2.
 * @param options normalize: first scale each row to length 1, as SimSiam's figure 2 (Chen & He
 * 2021). Then a set spread evenly over the sphere has a mean near 1 / sqrt(dim), and a collapsed
 * one has 0. Default false.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, random } from 'dark-matter';
 * const { mean } = measure.standardDeviation(random.normal(random.key(0), [1000, 8], 0, 2), {
 *   normalize: false,
 * });
 * assert.ok(Math.abs(mean - 2) < 0.1);
 * ```
 */
export function standardDeviation(
  z: Tensor2D,
  { normalize = false }: { normalize?: boolean } = {},
): Spread {
  expectMatrix(z, 2);
  const perDimension = tidy(() => {
    const rows = normalize ? l2Normalize(z) : z;
    return {
      values: tf
        .sqrt(tf.mul(tf.moments(rows, 0).variance, z.shape[0] / (z.shape[0] - 1)))
        .dataSync() as Float32Array,
    };
  }).values;
  return {
    perDimension,
    mean: perDimension.reduce((sum, value) => sum + value, 0) / perDimension.length,
  };
}

export interface SpectrumOptions {
  /** Subtract the mean embedding first. Default false. */
  readonly centred?: boolean;
}

/**
 * The singular values of the embeddings [n, dim], the largest first: the spread along each
 * principal direction.
 *
 * With `centred`, their squares over n - 1 are the eigenvalues of the covariance (Jing et al. 2022,
 * section 3, plot their logarithm: a drop to nothing is dimensional collapse).
 *
 * @returns [min(n, dim)], float32.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, tf } from 'dark-matter';
 * const line = tf.tensor2d([
 *   [-1, -1],
 *   [0, 0],
 *   [1, 1],
 * ]);
 * const [first, second] = measure.spectrum(line);
 * assert.ok(first! > 1 && second! < 1e-3);
 * ```
 */
export function spectrum(z: Tensor2D, { centred = false }: SpectrumOptions = {}): Float32Array {
  expectMatrix(z, 1);
  return tidy(() => ({
    values: singularValues(centred ? (tf.sub(z, tf.mean(z, 0)) as Tensor2D) : z),
  })).values;
}

/**
 * RankMe, the effective rank: exp of the entropy of the singular values' shares, exp(-sum_k p_k log
 * p_k) with p_k = sigma_k / sum sigma + epsilon (Garrido et al. 2023, eq. 1-2). From 1, when one
 * direction holds everything, to min(n, dim), when all hold the same.
 *
 * Uncentred, as in the paper: embeddings that are all the same have rank 1. With `centred` it is
 * the rank of what differs, which stays high however little differs; compare the two.
 *
 * @param z [n, dim].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, tf } from 'dark-matter';
 * const line = tf.tensor2d([
 *   [-1, -1],
 *   [0, 0],
 *   [1, 1],
 * ]);
 * assert.ok(Math.abs(measure.effectiveRank(line) - 1) < 0.01);
 * ```
 */
export function effectiveRank(
  z: Tensor2D,
  { centred = false, epsilon = 1e-7 }: SpectrumOptions & { epsilon?: number } = {},
): number {
  expectNumber('epsilon', epsilon, { atLeast: 0 });
  return rankOfSpectrum(spectrum(z, { centred }), epsilon);
}

/** The effective rank of a spectrum that is known already. */
export function rankOfSpectrum(singular: ArrayLike<number>, epsilon = 1e-7): number {
  let total = 0;
  for (let k = 0; k < singular.length; k++) total += singular[k]!;
  if (total === 0) return 0; // All embeddings are zero: no direction is used.
  let entropy = 0;
  for (let k = 0; k < singular.length; k++) {
    const p = singular[k]! / total + epsilon;
    if (p > 0) entropy -= p * Math.log(p);
  }
  return Math.exp(entropy);
}

function expectMatrix(z: Tensor2D, rows: number): void {
  if (z.shape.length !== 2 || z.shape[0] < rows || z.shape[1] < 1) {
    throw new Error(
      `z: shape [${(z.shape as number[]).join(', ')}] given, [n, dim] with n of at least ${rows} expected`,
    );
  }
  expectFloat('z', z);
  expectFinite('z', z);
}
