/**
 * Statistics over seeds and over examples: what may be said about a difference between two methods.
 */
import { hostGenerator } from '../core/random';
import { expectNumber } from '../core/checks';

/** A two-sided interval that holds the true value with the stated confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Mean, spread and confidence interval of a few results. */
export interface Summary extends Interval {
  readonly n: number;
  readonly mean: number;
  /** Standard deviation (n - 1 in the denominator). */
  readonly std: number;
}

/**
 * The arithmetic mean.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * assert.equal(measure.mean([1, 2, 6]), 3);
 * ```
 */
export function mean(values: ArrayLike<number>): number {
  if (values.length === 0) throw new Error('values: none given, at least one expected');
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/**
 * The standard deviation of a sample, with n - 1 in the denominator; NaN for a single value, which
 * has none.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * assert.equal(measure.standardDeviationOf([1, 3]), Math.SQRT2);
 * ```
 */
export function standardDeviationOf(values: ArrayLike<number>): number {
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - centre) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * Mean over seeds with Student's t interval: exact for normal results, and the interval for so few
 * as 3 to 5 seeds.
 *
 * @param values one result a seed; at least two.
 * @param confidence in (0, 1). Default 0.95.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * // Student's interval of the mean of five seeds.
 * const { mean, low, high } = measure.summarize([91, 92, 93, 94, 95]);
 * assert.ok(mean === 93 && Math.abs(high - low - 3.926) < 1e-2);
 * ```
 */
export function summarize(values: ArrayLike<number>, confidence = 0.95): Summary {
  expectConfidence(confidence);
  if (values.length < 2)
    throw new Error(`values: ${values.length} given, at least 2 expected: one seed has no spread`);
  const centre = mean(values);
  const std = standardDeviationOf(values);
  const half =
    (studentQuantile((1 + confidence) / 2, values.length - 1) * std) / Math.sqrt(values.length);
  return { n: values.length, mean: centre, std, low: centre - half, high: centre + half };
}

/**
 * The difference a - b of two methods that were run on the same seeds, as a summary of the
 * differences a seed at a time. When `low` is above 0, a is better.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * const { low } = measure.pairedDifference([91, 92, 93.1], [90, 91, 92]);
 * // The same seeds, one point apart: the interval excludes 0.
 * assert.ok(low > 0);
 * ```
 */
export function pairedDifference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  confidence = 0.95,
): Summary {
  if (a.length !== b.length)
    throw new Error(`a, b: ${a.length} and ${b.length} results given, one of each a seed expected`);
  return summarize(
    Array.from(a, (value, i) => value - b[i]!),
    confidence,
  );
}

/**
 * A percentile bootstrap interval (Efron 1979) of any statistic of one or more groups of
 * independent examples.
 *
 * @param sizes the number of examples in each group; each is drawn again within itself.
 * @param statistic for each group, positions drawn with replacement -> a number; a result of NaN is
 * drawn again.
 * @param options resamples (default 1000), confidence (0.95), seed (0).
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * const values = [91, 92, 93, 94, 95];
 * const { low, high } = measure.bootstrap([5], (at) =>
 *   measure.mean(Array.from(at, (i) => values[i]!)),
 * );
 * assert.ok(low > 91 && high < 95);
 * ```
 */
export function bootstrap(
  sizes: readonly number[],
  statistic: (...positions: Int32Array[]) => number,
  { resamples = 1000, confidence = 0.95, seed = 0 } = {},
): Interval {
  for (const size of sizes) expectNumber('sizes', size, { atLeast: 1, integer: true });
  expectNumber('resamples', resamples, { atLeast: 10, integer: true });
  expectConfidence(confidence);
  const generator = hostGenerator(seed);
  const results = new Float64Array(resamples);
  for (let r = 0, attempts = 0; r < resamples; attempts++) {
    if (attempts >= 10 * resamples)
      throw new Error('statistic: NaN for nearly every resample, a number expected');
    const value = statistic(
      ...sizes.map((size) => Int32Array.from({ length: size }, () => generator.integer(size))),
    );
    if (!Number.isNaN(value)) results[r++] = value;
  }
  results.sort();
  return {
    low: quantileOfSorted(results, (1 - confidence) / 2),
    high: quantileOfSorted(results, (1 + confidence) / 2),
  };
}

/**
 * The q-quantile of sorted values, linear between neighbours (Hyndman & Fan 1996, type 7: R's and
 * NumPy's).
 */
function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}

/**
 * The t below which Student's distribution has probability p > 1/2, by bisection on its
 * distribution function.
 */
export function studentQuantile(p: number, freedom: number): number {
  let low = 0,
    high = 1;
  while (studentCdf(high, freedom) < p) high *= 2;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (studentCdf(middle, freedom) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Student's distribution function at t >= 0 for a whole number of degrees of freedom (Abramowitz &
 * Stegun 26.7.3-4).
 */
export function studentCdf(t: number, freedom: number): number {
  const theta = Math.atan(t / Math.sqrt(freedom));
  const c = Math.cos(theta) ** 2;
  let term = freedom % 2 ? Math.cos(theta) : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = freedom % 2 ? 3 : 2; k < freedom; k += 2) sum += term *= (c * (k - 1)) / k;
  const within =
    freedom % 2 ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
  // Rounding takes it a little above 1 where t is large.
  return Math.min(1, (1 + within) / 2);
}

function expectConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1))
    throw new Error(`confidence: ${confidence} given, a number between 0 and 1 expected`);
}
