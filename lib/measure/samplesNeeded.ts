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

interface Tried {
  readonly n: number;
  readonly error: number;
}

/**
 * The number of samples at which an error falls to a tolerance. Tries `from`, twice that, and so
 * on, up to the first that is good enough; between the last two, error and number are taken to be
 * on a straight line of logarithms. Where the last but one had no answer there is no such line: the
 * gap is halved until there is one, or until the two numbers are within a tenth of each other.
 *
 * @param errorOf n -> an error of at least 0; Infinity where there is no answer yet.
 * @returns `from` where that is enough (so begin low), Infinity where even `most` is not, and every
 * number tried with its error.
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
  readonly tried: readonly Tried[];
} {
  expectNumber('tolerance', tolerance, { above: 0 });
  expectNumber('from', from, { atLeast: 1, integer: true });
  expectNumber('most', most, { atLeast: from });
  const tried: Tried[] = [];
  const tryOut = (n: number): number => {
    const error = errorOf(n);
    if (Number.isNaN(error))
      throw new Error(`errorOf(${n}): NaN given, a number of at least 0 expected`);
    tried.push({ n, error });
    return error;
  };
  /** Where the error meets the tolerance, from a number that is too small and one that is not. */
  function between(small: Tried, enough: Tried): number {
    if (small.error < Infinity) {
      const least = Math.max(enough.error, 1e-300);
      const part = Math.log(small.error / tolerance) / Math.log(small.error / least);
      return small.n * (enough.n / small.n) ** part;
    }
    const n = Math.round(Math.sqrt(small.n * enough.n));
    if (enough.n < 1.1 * small.n || n === small.n || n === enough.n) return enough.n;
    const error = tryOut(n);
    return error > tolerance ? between({ n, error }, enough) : between(small, { n, error });
  }
  for (let n = from; n <= most; n *= 2) {
    const before = tried.at(-1);
    const error = tryOut(n);
    if (error > tolerance) continue;
    return { needed: before ? between(before, { n, error }) : n, tried };
  }
  return { needed: Infinity, tried };
}
