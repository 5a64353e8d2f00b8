/**
 * The area under the receiver operating characteristic: how well a score tells outliers from
 * inliers.
 */
import { ranksOf } from './ranks';
import { bootstrap, type Interval } from './statistics';

/**
 * The probability that a positive scores higher than a negative, ties counting one half (the
 * Mann-Whitney statistic): 1 when all positives are above, 0.5 when the score says nothing, 0 when
 * it is upside down. An energy is a score for outliers as it stands: it is high where data is not.
 *
 * @param negatives scores of what should score low, e.g. the energies of test data.
 * @param positives scores of what should score high, e.g. the energies of outliers.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * assert.equal(measure.auroc([1, 2, 3], [2.5, 4, 5]), 8 / 9);
 * ```
 */
export function auroc(negatives: ArrayLike<number>, positives: ArrayLike<number>): number {
  expectScores('negatives', negatives);
  expectScores('positives', positives);
  const scores = new Float64Array(negatives.length + positives.length);
  scores.set(Float64Array.from(negatives));
  scores.set(Float64Array.from(positives), negatives.length);
  const ofPositives = ranksOf(scores).subarray(negatives.length);
  const rankSum = ofPositives.reduce((sum, rank) => sum + rank, 0);
  return (
    (rankSum - (positives.length * (positives.length + 1)) / 2) /
    (negatives.length * positives.length)
  );
}

/**
 * The AUROC with a percentile bootstrap interval over the examples of both kinds, each drawn again
 * within its kind.
 *
 * @param options resamples (default 200), confidence (0.95), seed (0).
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * const { low, high } = measure.aurocInterval([1, 2, 3, 4], [3, 4, 5, 6]);
 * assert.ok(low < high && high <= 1);
 * ```
 */
export function aurocInterval(
  negatives: ArrayLike<number>,
  positives: ArrayLike<number>,
  { resamples = 200, confidence = 0.95, seed = 0 } = {},
): Interval & { readonly auroc: number } {
  const value = auroc(negatives, positives);
  const pick = (scores: ArrayLike<number>, positions: Int32Array) =>
    Float64Array.from(positions, (i) => scores[i]!);
  const resampled = (low: Int32Array, high: Int32Array) =>
    auroc(pick(negatives, low), pick(positives, high));
  const interval = bootstrap([negatives.length, positives.length], resampled, {
    resamples,
    confidence,
    seed,
  });
  return { auroc: value, ...interval };
}

function expectScores(name: string, scores: ArrayLike<number>): void {
  if (scores.length === 0) throw new Error(`${name}: no scores given, at least one expected`);
  for (let i = 0; i < scores.length; i++)
    if (Number.isNaN(scores[i]!)) throw new Error(`${name}[${i}]: NaN given, a number expected`);
}
