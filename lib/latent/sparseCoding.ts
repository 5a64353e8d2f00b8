/**
 * Sparse coding: a latent that may be large but must be mostly zero (Olshausen and Field 1996).
 *
 * The energy of an input under a dictionary is the least that any code can make of it:
 *
 *     F(x) = min_z E(x, z),      E(x, z) = ||x - z D||^2 / 2 + alpha ||z||_1
 *
 * The L1 price on z limits the information that the latent holds, and so the volume of inputs that
 * get low energy. E is convex in z, so the least is found by going downhill: ISTA (Daubechies,
 * Defrise and De Mol 2004), or, with momentum, FISTA (Beck and Teboulle 2009).
 */
import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import { scan } from '../core/scan';
import { stopGradient } from '../core/stopGradient';
import { largestSize } from '../numerics/scale';

export interface SparseInferenceOptions {
  /** The price of a code's size, above 0, in the units of x. */
  readonly alpha: number;
  /** Steps. Default 100. */
  readonly iterations?: number;
  /**
   * No part of a code below 0: atoms are only ever added, never taken away (Hoyer 2002). Default
   * false.
   */
  readonly nonNegative?: boolean;
  /**
   * [batch, atoms], where the search starts; default zero. Near the least it has less far to go.
   */
  readonly start?: Tensor2D;
}

/**
 * E(x, z) = ||x - z D||^2 / 2 + alpha ||z||_1 of each row.
 *
 * @param x [batch, dim]. @param z [batch, atoms]. @param dictionary [atoms, dim], one atom a row.
 * @returns [batch].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, tf } from 'dark-matter';
 * const [x, z, dictionary] = [[[3, 0]], [[2]], [[1, 0]]].map((rows) => tf.tensor2d(rows));
 * // Half the squared error, 1/2, and 0.1 for each unit of the code.
 * assert.ok(Math.abs(latent.sparseEnergy(x!, z!, dictionary!, 0.1).dataSync()[0] - 0.7) < 1e-6);
 * ```
 */
export function sparseEnergy(
  x: Tensor2D,
  z: Tensor2D,
  dictionary: Tensor2D,
  alpha: number,
): Tensor1D {
  expectSparse(x, dictionary, alpha);
  expectShape('z', z, [x.shape[0], dictionary.shape[0]]);
  return tf.tidy(() => {
    const residual = x.sub(tf.matMul(z, dictionary));
    return residual.square().sum(1).div(2).add(z.abs().sum(1).mul(alpha)) as Tensor1D;
  });
}

/**
 * The soft threshold, sign(v) max(0, |v| - by): the proximal step of `by` times the L1 norm. It
 * makes exact zeros.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, tf } from 'dark-matter';
 * assert.deepEqual(
 *   [...latent.softThreshold(tf.tensor1d([-3, 0.5, 2]), 1).dataSync()],
 *   [-2, 0, 1],
 * );
 * ```
 */
export function softThreshold<T extends Tensor>(v: T, by: Tensor | number): T {
  return tf.tidy(() => tf.relu(v.sub(by)).sub(tf.relu(v.add(by).neg())) as T);
}

/** The proximal step of `by` times the L1 norm where v may not be below 0: max(0, v - by). */
export function softThresholdAbove<T extends Tensor>(v: T, by: Tensor | number): T {
  return tf.tidy(() => tf.relu(v.sub(by)) as T);
}

/**
 * An upper bound of the Lipschitz constant of the smooth part's gradient, the largest eigenvalue of
 * D D^T: with a step of 1/L no step overshoots. Above the eigenvalue by less than log(dim) / 256,
 * relatively (1.6% for 64 dimensions). 0 where all atoms are zero.
 *
 * ||G^128||_F^(1/128), by squaring seven times: unlike power iteration it has no start that could miss the direction.
 *
 * @param dictionary [atoms, dim].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, tf } from 'dark-matter';
 * const bound = latent.lipschitz(tf.tensor2d([[3, 0], [0, 1]])).dataSync()[0]!;
 * assert.ok(bound > 8.999 && bound < 9.2);
 * ```
 */
export function lipschitz(dictionary: Tensor2D): Scalar {
  return tf.tidy(() => {
    const [atoms, dim] = dictionary.shape;
    // The smaller of the two Gram matrices: their eigenvalues, but for zeros, are the same.
    const unit = stopGradient(largestSize(dictionary)); // in which no square overflows
    const atUnit = dictionary.div(unit) as Tensor2D;
    let power = tf.matMul(atUnit, atUnit, atoms > dim, atoms <= dim);
    let logNorm: Tensor = tf.scalar(0); // of the power so far, normalised at each step
    for (let k = 0; k <= 7; k++) {
      const norm = power.square().sum().sqrt();
      logNorm = logNorm.mul(2).add(norm.log());
      if (k < 7) {
        const normalized = power.div(tf.maximum(norm, 1e-30)) as Tensor2D;
        power = tf.matMul(normalized, normalized);
      }
    }
    return logNorm.div(128).exp().mul(unit.square()) as Scalar;
  });
}

/**
 * Codes by ISTA, from zero where no start is given: z <- soft(z - (z D - x) D^T / L, alpha / L).
 * After k steps E is within L ||z*||^2 / (2 k) of its least (Beck and Teboulle 2009, theorem 3.1).
 *
 * @param x [batch, dim]. @param dictionary [atoms, dim], of any scale.
 * @returns [batch, atoms]; the caller owns it. No gradient flows back through the search where
 * `scan` makes a loop of it.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random } from 'dark-matter';
 * const dictionary = latent.unitAtoms(random.normal(random.key(0), [20, 8]));
 * const x = random.normal(random.key(1), [5, 8]);
 * const z = latent.ista(x, dictionary, { alpha: 0.5, iterations: 100 });
 * assert.ok(z.equal(0).toFloat().mean().dataSync()[0] > 0.5);
 * ```
 */
export function ista(x: Tensor2D, dictionary: Tensor2D, options: SparseInferenceOptions): Tensor2D {
  const { iterations = 100 } = options;
  return tf.tidy(() => {
    const { start, step } = proximalGradient(x, dictionary, options);
    return scan((z: Tensor2D) => [step(z), undefined], start, iterations)[0];
  });
}

/**
 * Codes by FISTA, from zero where no start is given: ISTA's step, taken from a point beyond the
 * last one. After k steps E is within 2 L ||z*||^2 / (k + 1)^2 of its least (Beck and Teboulle
 * 2009, theorem 4.4).
 *
 * @param x [batch, dim]. @param dictionary [atoms, dim], of any scale.
 * @returns [batch, atoms]; the caller owns it.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random } from 'dark-matter';
 * const dictionary = latent.unitAtoms(random.normal(random.key(0), [20, 8]));
 * const x = random.normal(random.key(1), [5, 8]);
 * const z = latent.fista(x, dictionary, { alpha: 0.5, iterations: 100 });
 * assert.ok(z.equal(0).toFloat().mean().dataSync()[0] > 0.5);
 * ```
 */
export function fista(
  x: Tensor2D,
  dictionary: Tensor2D,
  options: SparseInferenceOptions,
): Tensor2D {
  const { iterations = 100 } = options;
  return tf.tidy(() => {
    const { start, step } = proximalGradient(x, dictionary, options);
    const first = { z: start, ahead: start, t: tf.scalar(1) };
    const [last] = scan(
      ({ z, ahead, t }: typeof first) => {
        const next = step(ahead);
        const nextT = t.square().mul(4).add(1).sqrt().add(1).div(2);
        const momentum = t.sub(1).div(nextT);
        return [{ z: next, ahead: next.add(next.sub(z).mul(momentum)), t: nextT }, undefined];
      },
      first,
      iterations,
    );
    return last.z;
  });
}

/**
 * How far codes are from the least energy, by the conditions of Karush, Kuhn and Tucker: with the
 * slope g = (x - z D) D^T, g_j = alpha sign(z_j) where z_j is not 0, and |g_j| <= alpha where it
 * is; of codes that may not be below 0, g_j <= alpha.
 *
 * @returns [batch], the largest violation in a row, in the units of alpha; 0 at the least.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random } from 'dark-matter';
 * const dictionary = latent.unitAtoms(random.normal(random.key(0), [20, 8]));
 * const x = random.normal(random.key(1), [5, 8]);
 * const z = latent.fista(x, dictionary, { alpha: 0.5, iterations: 500 });
 * assert.ok(latent.kktViolation(x, z, dictionary, 0.5).max().dataSync()[0] < 1e-2);
 * ```
 */
export function kktViolation(
  x: Tensor2D,
  z: Tensor2D,
  dictionary: Tensor2D,
  alpha: number,
  { nonNegative = false }: Pick<SparseInferenceOptions, 'nonNegative'> = {},
): Tensor1D {
  expectSparse(x, dictionary, alpha);
  return tf.tidy(() => {
    const slope = tf.matMul(x.sub(tf.matMul(z, dictionary)) as Tensor2D, dictionary, false, true);
    const active = slope.sub(z.sign().mul(alpha)).abs();
    const resting = tf.relu((nonNegative ? slope : slope.abs()).sub(alpha));
    return tf.where(tf.equal(z, 0), resting, active).max(1) as Tensor1D;
  });
}

/**
 * The start, and one proximal gradient step, with everything that all steps share worked out once.
 */
function proximalGradient(
  x: Tensor2D,
  dictionary: Tensor2D,
  { alpha, iterations = 100, nonNegative = false, start }: SparseInferenceOptions,
): { start: Tensor2D; step: (z: Tensor2D) => Tensor2D } {
  expectSparse(x, dictionary, alpha);
  expectNumber('iterations', iterations, { atLeast: 1, integer: true });
  if (start) expectShape('start', start, [x.shape[0], dictionary.shape[0]]);
  const constant = lipschitz(dictionary);
  // Where all atoms are zero no code is of any use, and a step of any length leads to none.
  const bound = tf.where(tf.greater(constant, 0), constant, tf.onesLike(constant));
  const gram = tf.matMul(dictionary, dictionary, false, true).div(bound) as Tensor2D;
  const pull = tf.matMul(x, dictionary, false, true).div(bound) as Tensor2D;
  const threshold = tf.div(alpha, bound);
  return {
    // Zeros made of a tensor: tf.zeros would be written into a trace number by number.
    start: start ?? (pull.mul(0) as Tensor2D),
    step: (z) =>
      (nonNegative ? softThresholdAbove : softThreshold)(
        z.sub(tf.matMul(z, gram)).add(pull) as Tensor2D,
        threshold,
      ),
  };
}

function expectSparse(x: Tensor2D, dictionary: Tensor2D, alpha: number): void {
  expectShape('x', x, ['batch', 'dim']);
  expectShape('dictionary', dictionary, ['atoms', x.shape[1]]);
  expectNumber('alpha', alpha, { above: 0 });
}
