/** The energy of an image and of itself, turned and shifted: how wide the valley is, how high its walls. */
import { tf, type Tensor4D } from '../../core/engine';
import { resample } from '../../data/augment';
import { mean } from '../../measure/statistics';
import type { Network } from './entry';

export interface LandscapeOptions {
  /** Degrees, counter-clockwise; a row each. */
  readonly turns: readonly number[];
  /** Pixels to the right; a column each. */
  readonly shifts: readonly number[];
}

/** Means over the images of F, the energy of a pair. */
export interface Landscape {
  /** Of an image and itself, moved: [turns][shifts]. */
  readonly energies: readonly (readonly number[])[];
  /** Of an image and the next one: where the walls end. */
  readonly others: number;
}

/**
 * What a film of a training looks at: the energies of images and of themselves, moved, in the
 * method's own unit, not rescaled. What comes into an image from outside of it is 0.
 *
 * @param images [n, height, width, channels], at least two.
 * @throws where there are fewer; and, when it looks, where the method has no energy of pairs.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { race, random, type Tensor1D, type Tensor2D, type Tensor4D } from 'dark-matter';
 *
 * const images = random.uniform(random.key(0), [3, 8, 8, 1]) as Tensor4D;
 * const network: race.Network = {
 *   energy: (x, y) => x.sub(y).square().mean([1, 2, 3]) as Tensor1D,
 *   features: (x) => x.reshape([3, 64]) as Tensor2D,
 * };
 * const { energies } = race.landscape(images, { turns: [0, 90], shifts: [0] })(network);
 * assert(energies[0]![0] === 0 && energies[1]![0]! > 0);
 * ```
 */
export function landscape(
  images: Tensor4D,
  { turns, shifts }: LandscapeOptions,
): (network: Network) => Landscape {
  if (images.shape[0] < 2)
    throw new Error(`images: ${images.shape[0]} given, at least 2 expected: pairs are compared`);
  return ({ energy }) => {
    const meanWith = (y: () => Tensor4D): number =>
      tf.tidy(() => mean(energy(images, y()).dataSync()));
    return {
      energies: turns.map((turn) =>
        shifts.map((shift) => meanWith(() => moved(images, turn, shift))),
      ),
      others: meanWith(() => next(images)),
    };
  };
}

/** Each image turned about its middle, then shifted to the right. Within a tidy, as `next`. */
function moved(images: Tensor4D, turn: number, shift: number): Tensor4D {
  const [c, s] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const matrix = tf.tensor3d([
    [
      [c, -s, -c * shift],
      [s, c, -s * shift],
      [0, 0, 1],
    ],
  ]);
  return resample(images, { matrix: tf.tile(matrix, [images.shape[0], 1, 1]) });
}

/** Each image's place taken by the one after it. */
function next(images: Tensor4D): Tensor4D {
  const [first, rest] = tf.split(images, [1, images.shape[0] - 1]) as [Tensor4D, Tensor4D];
  return tf.concat([rest, first]);
}
