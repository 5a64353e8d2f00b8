/** Student's paired test, and Holm's correction where several are made. */
import { pairedDifference, studentCdf, type Summary } from './statistics';

/** A paired difference, and how surprising it would be if there were none. */
export interface PairedTest extends Summary {
  /** The mean difference in units of its standard error; infinite where all differences agree. */
  readonly t: number;
  /** Two-sided, of Student's distribution with n - 1 degrees of freedom. */
  readonly p: number;
}

/**
 * Student's paired t test of a - b ("Student" 1908), for methods run on the same seeds.
 *
 * @param a one result a seed; at least two seeds.
 * @param b the other's, of the same seeds in the same order.
 * @param confidence of the interval of the difference, in (0, 1). Default 0.95.
 * @throws where the lengths differ or there are fewer than two pairs.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 *
 * const { mean, p } = measure.pairedTest([95.1, 95.4, 94.9], [94.0, 94.4, 94.1]);
 * assert(mean > 0.9 && p < 0.05);
 * ```
 */
export function pairedTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  confidence = 0.95,
): PairedTest {
  const difference = pairedDifference(a, b, confidence);
  const { mean, std, n } = difference;
  // Equal pairs are no evidence of a difference, and not a division by nothing.
  const t = mean === 0 ? 0 : mean / (std / Math.sqrt(n));
  return { ...difference, t, p: 2 * (1 - studentCdf(Math.abs(t), n - 1)) };
}

/**
 * Holm's correction (1979): p-values that may be compared with the usual level although several
 * hypotheses are tested together. R's `p.adjust(p, 'holm')`.
 *
 * @param pValues in [0, 1], in any order.
 * @returns the adjusted ones, in the same order.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 *
 * assert.deepEqual(measure.holm([0.25, 0.125]), [0.25, 0.25]);
 * ```
 */
export function holm(pValues: readonly number[]): number[] {
  pValues.forEach((p, i) => {
    if (!(p >= 0 && p <= 1))
      throw new Error(`pValues[${i}]: ${p} given, a number from 0 to 1 expected`);
  });
  const order = pValues.map((_, i) => i).sort((i, j) => pValues[i]! - pValues[j]!);
  const adjusted = new Array<number>(pValues.length);
  let most = 0;
  order.forEach((i, rank) => {
    most = Math.max(most, Math.min(1, (pValues.length - rank) * pValues[i]!));
    adjusted[i] = most;
  });
  return adjusted;
}
