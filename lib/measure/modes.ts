/** Which modes of a known mixture do samples reach? */
import { expectNumber, expectShape } from '../core/checks';
import type { Tensor2D } from '../core/engine';

export interface ModeOptions {
  /** [modes][2]: where the modes are. */
  readonly centres: readonly (readonly [number, number])[];
  /**
   * A sample this near to its nearest centre is of that mode; in the data's units, above 0. Three
   * standard deviations are usual.
   */
  readonly radius: number;
  /**
   * A mode is covered if it gets at least this part of its fair share of the good samples; default
   * 0.1.
   */
  readonly least?: number;
}

export interface ModeCoverage {
  /** How many modes are covered by the good samples; 0 where there are none. */
  readonly covered: number;
  /** [modes]: the share of the samples that is near to each. Their sum is `quality`. */
  readonly shares: readonly number[];
  /** The share of samples that is near to any mode, in [0, 1]. */
  readonly quality: number;
  /**
   * KL of the good samples' shares from equal ones, in nats: 0 when equal, log(modes) when all are
   * at one mode; NaN without a good sample.
   */
  readonly kl: number;
}

/**
 * Mode coverage, as in the rings and grids of Gaussians on which mode collapse is studied (Metz et
 * al. 2017, section 3.1; Srivastava et al. 2017, section 4.1), for a mixture whose modes are
 * equally likely. A sample is good if it is near a mode.
 *
 * Two ways to fail are told apart: samples that have collapsed are good and cover few modes;
 * samples that are nowhere have a low quality, and what the few good ones among them cover means
 * little.
 *
 * @param samples [n, 2].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { data, measure, random } from 'dark-matter';
 * const modes = data.gaussians8Modes;
 * const { covered } = measure.modeCoverage(data.gaussians8.sample(random.key(0), 500), {
 *   centres: modes.centres,
 *   radius: 3 * modes.std,
 * });
 * assert.equal(covered, 8);
 * ```
 */
export function modeCoverage(
  samples: Tensor2D,
  { centres, radius, least = 0.1 }: ModeOptions,
): ModeCoverage {
  const { n } = expectShape('samples', samples, ['n', 2]) as { n: number };
  expectNumber('centres: modes', centres.length, { atLeast: 1 });
  expectNumber('radius', radius, { above: 0 });
  expectNumber('least', least, { above: 0, atMost: 1 });
  const points = samples.dataSync();
  const counts = centres.map(() => 0);
  for (let i = 0; i < n; i++) {
    const distances = centres.map(([x, y]) =>
      Math.hypot(points[2 * i]! - x, points[2 * i + 1]! - y),
    );
    const nearest = distances.indexOf(Math.min(...distances));
    if (nearest >= 0 && distances[nearest]! <= radius) counts[nearest]!++;
  }
  const near = counts.reduce((sum, count) => sum + count, 0);
  const kl = counts.reduce(
    (sum, count) =>
      count === 0 ? sum : sum + (count / near) * Math.log((count / near) * centres.length),
    0,
  );
  return {
    covered: counts.filter((count) => count > 0 && count >= (least * near) / centres.length).length,
    shares: counts.map((count) => count / n),
    quality: near / n,
    kl: near === 0 ? NaN : Math.max(0, kl),
  };
}
