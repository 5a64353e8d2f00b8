/**
 * Random erasing: a rectangle of each image is blanked (Zhong et al. 2020; cutout, DeVries & Taylor
 * 2017).
 */
import { tf, type Tensor } from '../../core/engine';
import { expectNumber } from '../../core/checks';
import * as random from '../../core/random';
import { photometric, type Augmentation } from './augmentation';
import { byName, expectInterval, type Interval } from './settings';

export interface EraseOptions {
  /** The part of the area that is blanked, in [0, 1]. Default [0.02, 0.33]. */
  readonly area?: Interval;
  /**
   * Width over height of the rectangle relative to the image's, log-uniformly. Default [0.3, 3.3].
   */
  readonly ratio?: Interval;
  /** What the rectangle is filled with. Default 0: black, or the mean of mean-zero images. */
  readonly value?: number;
}

/**
 * Blanks one rectangle in each image. It lies within the image as a whole, and holds all pixels
 * whose centre is in it. `erase([0.1, 0.2])` is short for `erase({ area: [0.1, 0.2] })`.
 *
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const white = tf.ones([1, 20, 20, 1]) as ReturnType<typeof tf.tensor4d>;
 * const holed = augment.erase({ area: [0.25, 0.25], ratio: [1, 1] })(white, random.key(0));
 * assert.equal(holed.sum().dataSync()[0], 300);
 * ```
 */
export function erase(settings: Interval | EraseOptions = {}): Augmentation {
  const named = byName<EraseOptions, 'area'>('erase', 'area', settings);
  const { area = [0.02, 0.33], ratio = [0.3, 3.3], value = 0 } = named;
  expectInterval('erase: area', area, { atLeast: 0, atMost: 1 });
  expectInterval('erase: ratio', ratio, { above: 0 });
  expectNumber('erase: value', value, {});
  return photometric('erase', (images, key, [batch, height, width]) => {
    const [forArea, forRatio, forPlace] = random.split(key, 3);
    const size = tf.sqrt(random.uniform(forArea, [batch], ...area));
    const root = tf.exp(
      random.uniform(forRatio, [batch], Math.log(ratio[0]) / 2, Math.log(ratio[1]) / 2),
    );
    const [placeX, placeY] = tf.unstack(random.uniform(forPlace, [2, batch])) as [Tensor, Tensor];
    const covers = (part: Tensor, place: Tensor, side: number) => {
      const low = tf.reshape(tf.mul(tf.mul(place, tf.sub(1, part)), side), [batch, 1]);
      const high = tf.add(low, tf.reshape(tf.mul(part, side), [batch, 1]));
      const centres = tf.tensor2d(
        Float32Array.from({ length: side }, (_, i) => i + 0.5),
        [1, side],
      );
      return tf.cast(
        tf.logicalAnd(tf.greaterEqual(centres, low), tf.less(centres, high)),
        'float32',
      );
    };
    const inX = tf.reshape(covers(tf.minimum(tf.mul(size, root), 1), placeX, width), [
      batch,
      1,
      width,
      1,
    ]);
    const inY = tf.reshape(covers(tf.minimum(tf.div(size, root), 1), placeY, height), [
      batch,
      height,
      1,
      1,
    ]);
    const blank = tf.mul(inX, inY);
    return tf.add(tf.mul(images, tf.sub(1, blank)), tf.mul(blank, value));
  });
}
