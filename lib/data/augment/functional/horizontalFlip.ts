/** A mirror image. */
import { tf, type Tensor4D } from '../../../core/engine';
import { expectImages } from './images';

/**
 * Swaps left and right: torchvision's `hflip`.
 *
 * @param images [batch, height, width, channels], any range.
 * @returns the same shape and range.
 * @example
 * ```ts
 * import { augment, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const image = tf.tensor4d([0, 0.5, 1], [1, 1, 3, 1]);
 * const mirrored = augment.functional.horizontalFlip(image);
 * assert.deepEqual([...mirrored.dataSync()], [1, 0.5, 0]);
 * ```
 */
export function horizontalFlip(images: Tensor4D): Tensor4D {
  expectImages('horizontalFlip', images);
  return tf.reverse(images, 2) as Tensor4D;
}
