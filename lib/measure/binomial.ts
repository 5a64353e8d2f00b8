/** Counts of successes: exact intervals and tails of the binomial distribution. */
import { expectNumber } from '../core/checks';
import type { Interval } from './statistics';

/**
 * P(X >= k) for X binomial with n trials of probability p; exact.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * // At least one of three heads.
 * assert.ok(Math.abs(measure.binomialTail(1, 3, 0.5) - 7 / 8) < 1e-12);
 * ```
 */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  // The terms' logarithms, one from the other: log C(n, i) + i log p + (n - i) log(1 - p).
  let logTerm = n * Math.log1p(-p);
  let sum = 0;
  for (let i = 0; i <= n; i++) {
    if (i >= k) sum += Math.exp(logTerm);
    logTerm += Math.log((n - i) / (i + 1)) + Math.log(p) - Math.log1p(-p);
  }
  return Math.min(1, sum);
}

/**
 * The exact interval of a proportion (Clopper and Pearson 1934): it holds the true one with at
 * least the stated confidence.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * const { low, high } = measure.binomialInterval(90, 100);
 * assert.ok(low < 0.9 && high > 0.9);
 * ```
 */
export function binomialInterval(successes: number, trials: number, confidence = 0.95): Interval {
  expectNumber('trials', trials, { atLeast: 1, integer: true });
  expectNumber('successes', successes, { atLeast: 0, atMost: trials, integer: true });
  if (!(confidence > 0 && confidence < 1))
    throw new Error(`confidence: ${confidence} given, a number between 0 and 1 expected`);
  const each = (1 - confidence) / 2;
  /** The p at which `rising`, a function of p, reaches a value. */
  const where = (rising: (p: number) => number, value: number): number => {
    let [low, high] = [0, 1];
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (rising(middle) < value) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return {
    low: successes === 0 ? 0 : where((p) => binomialTail(successes, trials, p), each),
    high: successes === trials ? 1 : where((p) => binomialTail(successes + 1, trials, p), 1 - each),
  };
}
