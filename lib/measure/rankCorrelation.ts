/** Whether two lists put the same things first. */
import { ranksOf } from './ranks';

/**
 * Spearman's rank correlation (1904): Pearson's correlation of the ranks, of which equal values share
 * the mean of theirs. SciPy's `spearmanr`.
 *
 * @param a, b one value a thing, in the same order; at least two, not all alike in either.
 * @returns 1 where both put the things in one order, -1 where in opposite ones, about 0 where one
 * order says nothing of the other.
 * @throws where the lengths differ, a value is not finite, or all values of a list are equal.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 *
 * assert.equal(measure.rankCorrelation([90, 95, 99], [1, 2, 30]), 1);
 * assert.equal(measure.rankCorrelation([90, 95, 99], [3, 2, 1]), -1);
 * ```
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length || a.length < 2)
    throw new Error(
      `a, b: ${a.length} and ${b.length} values given, two or more and as many of each expected`,
    );
  const [x, y] = [centredRanks(a, 'a'), centredRanks(b, 'b')];
  const dot = (u: Float64Array, v: Float64Array): number =>
    u.reduce((sum, value, i) => sum + value * v[i]!, 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

/** Ranks, less their mean. */
function centredRanks(values: ArrayLike<number>, name: string): Float64Array {
  const all = Float64Array.from(values);
  const bad = all.find((value) => !Number.isFinite(value));
  if (bad !== undefined) throw new Error(`${name}: ${bad} given, finite numbers expected`);
  if (all.every((value) => value === all[0]))
    throw new Error(`${name}: ${all.length} times ${all[0]} given, values that differ expected`);
  const middle = (all.length + 1) / 2;
  return ranksOf(all).map((rank) => rank - middle);
}
