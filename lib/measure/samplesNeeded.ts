/** How many samples until it is good enough. */
import { expectNumber } from '../core/checks';

export interface SamplesNeededOptions {
  /** Good enough is an error of at most this, above 0. */
  readonly tolerance: number;
  /** The first number tried, at least 1. */
  readonly from: number;
  /** The last number tried. */
  readonly most: number;
}

/**
 * The number of samples at which an error falls to a tolerance. Tries `from`, twice that, and so
 * on, up to the first that is good enough; between the last two, error and number are taken to be
 * on a straight line of logarithms.
 *
 * @param errorOf n -> an error of at least 0; Infinity where there is no answer yet.
 * @returns Infinity when even `most` is not enough, and every number tried with its error.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * // An error of 1 / n: a hundredth takes a hundred.
 * const found = measure.samplesNeeded((n) => 1 / n, { tolerance: 0.01, from: 1, most: 1000 });
 * assert.ok(found !== undefined);
 * ```
 */
export function samplesNeeded(
  errorOf: (n: number) => number,
  { tolerance, from, most }: SamplesNeededOptions,
): {
  readonly needed: number;
  readonly tried: readonly { readonly n: number; readonly error: number }[];
} {
  expectNumber('tolerance', tolerance, { above: 0 });
  expectNumber('from', from, { atLeast: 1, integer: true });
  expectNumber('most', most, { atLeast: from });
  const tried: { n: number; error: number }[] = [];
  for (let n = from; n <= most; n *= 2) {
    const error = errorOf(n);
    if (Number.isNaN(error))
      throw new Error(`errorOf(${n}): NaN given, a number of at least 0 expected`);
    const before = tried.at(-1);
    tried.push({ n, error });
    if (error > tolerance) continue;
    if (!before || before.error === Infinity) return { needed: n, tried };
    const part =
      Math.log(before.error / tolerance) / Math.log(before.error / Math.max(error, 1e-300));
    return { needed: before.n * 2 ** part, tried };
  }
  return { needed: Infinity, tried };
}
