/**
 * Samples of an energy by walking downhill with noise.
 */
import { tf, type Tensor, type Tensor1D } from '../core/engine';
import { expectNumber } from '../core/checks';
import { offTape } from '../core/offTape';
import * as random from '../core/random';
import { scan } from '../core/scan';

export interface LangevinOptions {
  /** Steps to walk. */
  readonly steps: number;
  /** The factor of the slope, above 0. */
  readonly stepSize: number;
  /**
   * The standard deviation of the noise of a step. Default sqrt(2 stepSize), with which the walk
   * samples exp(-F). Less noise is a lower temperature, noise^2 / (2 stepSize): what is often done
   * with images, where it is then no longer a sampler of exp(-F) but a search for low energy.
   */
  readonly noise?: number;
  /**
   * The greatest length that a sample's slope may have; longer ones are shortened. Default: as it
   * is.
   */
  readonly clipSlope?: number;
  /** Samples are kept within [low, high] in each coordinate. Default: anywhere. */
  readonly range?: readonly [low: number, high: number];
}

/**
 * The unadjusted Langevin algorithm (Roberts and Tweedie 1996; for energies of networks: Du and
 * Mordatch 2019):
 *
 *     u <- u - stepSize grad F(u) + noise e,      e ~ N(0, 1)
 *
 * As the step goes to 0 and the walk on, its samples have the density exp(-F) / Z. At a finite step
 * they are a little too wide: for F = u^2 / 2 their variance is 1 / (1 - stepSize / 2). No gradient
 * flows back through the walk, so in a compiled function it is one loop of the graph, also where a
 * loss uses its samples.
 *
 * @param energy [batch, ...] -> [batch].
 * @param start [batch, ...], one walk a row.
 * @returns where the walks are after `steps`, in the shape of `start`.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, random, type Tensor1D } from 'dark-matter';
 * const start = random.uniform(random.key(0), [2000, 1], -3, 3);
 * const walked = energy.langevin(
 *   (u) => u.square().sum(1).div(2) as Tensor1D,
 *   start,
 *   random.key(1),
 *   { steps: 200, stepSize: 0.1 },
 * );
 * assert.ok(Math.abs(walked.square().mean().dataSync()[0] - 1) < 0.2);
 * ```
 */
export function langevin(
  energy: (u: Tensor) => Tensor1D,
  start: Tensor,
  key: random.Key,
  options: LangevinOptions,
): Tensor {
  const { steps, stepSize, noise = Math.sqrt(2 * stepSize), clipSlope, range } = options;
  expectNumber('steps', steps, { atLeast: 1, integer: true });
  expectNumber('stepSize', stepSize, { above: 0 });
  expectNumber('noise', noise, { atLeast: 0 });
  if (clipSlope !== undefined) expectNumber('clipSlope', clipSlope, { above: 0 });
  const slopeOf = tf.grad((u) => energy(u as Tensor).sum());
  const move = (u: Tensor, stepKey: random.Key): Tensor => {
    const slope = clipSlope === undefined ? slopeOf(u) : shorten(slopeOf(u), clipSlope);
    const downhill = u.sub(slope.mul(stepSize));
    const moved = noise === 0 ? downhill : downhill.add(random.normal(stepKey, u.shape, 0, noise));
    return range ? moved.clipByValue(...range) : moved;
  };
  return offTape(() =>
    tf.tidy(() => {
      const keys = tf.stack(random.split(key, steps));
      const [end] = scan(
        (u: Tensor, stepKey: random.Key) => [move(u, stepKey), undefined],
        start,
        keys,
      );
      return end;
    }),
  );
}

/** Rows longer than `most` brought to that length. */
function shorten(slope: Tensor, most: number): Tensor {
  const rows = slope.reshape([slope.shape[0]!, -1]);
  const length = rows.square().sum(1, true).add(1e-12).sqrt();
  return rows.mul(tf.minimum(1, tf.div(most, length))).reshape(slope.shape);
}
