/** Bright values inverted. */
import { tf, type Tensor4D } from '../../../core/engine';
import { expectNumber } from '../../../core/checks';
import { guarded } from '../range';
import { expectImages } from './images';

/**
 * Inverts all values of at least `threshold`: torchvision's `solarize`.
 *
 * @param images [batch, height, width, channels], values in [0, 1].
 * @param threshold in [0, 1]. Default 0.5.
 * @returns the same shape, values in [0, 1].
 * @throws as the random augmentations do where values are outside [0, 1].
 * @example
 * ```ts
 * import { augment, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const image = tf.tensor4d([0.25, 0.5, 1], [1, 1, 3, 1]);
 * assert.deepEqual([...augment.functional.solarize(image).dataSync()], [0.25, 0.5, 0]);
 * ```
 */
export function solarize(images: Tensor4D, threshold = 0.5): Tensor4D {
  expectImages('solarize', images);
  expectNumber('solarize: threshold', threshold, { atLeast: 0, atMost: 1 });
  return tf.tidy(() => {
    const inverted = tf.where(tf.greaterEqual(images, threshold), tf.sub(1, images), images);
    return guarded('solarize', images, inverted as Tensor4D);
  });
}
