/**
 * Brightness, contrast and saturation: each blends an image with a poorer picture of itself, black,
 * its mean grey, or its grey version.
 */
import { tf, type Tensor, type Tensor3D, type Tensor4D } from '../../../core/engine';
import { guarded } from '../range';
import { expectColors, fromPlanes, perImage, toPlanes, type PerImage } from './images';

/**
 * How much red, green and blue tell of the light, as torchvision and TensorFlow have them (ITU-R
 * BT.601, cut to digits that sum to 0.9999).
 */
const LUMA: readonly number[] = [0.2989, 0.587, 0.114];

/** Luma as a matrix [1, channels, 1]; of one channel it is the channel itself. */
const luma = (channels: number): Tensor3D =>
  tf.tensor3d(channels === 1 ? [1] : [...LUMA], [1, channels, 1]);

/** The three blends: with black, with the image's mean grey, with each pixel's own grey. */
export type BlendKind = 'brightness' | 'contrast' | 'saturation';

/**
 * What a blend does to each image, all [batch]: pixel * factor + its grey * `grey` + the image's mean
 * grey * `mean`.
 */
export interface Blend {
  readonly factor: Tensor;
  readonly grey: Tensor;
  readonly mean: Tensor;
}

/** Blended planes, clipped to [0, 1]. Where the factor is 1 they are the same to the last digit. */
export function blendPlanes(planes: Tensor3D, { factor, grey, mean }: Blend): Tensor3D {
  const [batch, channels] = planes.shape;
  const column = (values: Tensor) => tf.reshape(values, [batch, 1, 1]);
  // The image's mean grey is the grey of its mean colour.
  const meanGrey = tf.sum(tf.mul(tf.mean(planes, 2, true), luma(channels)), 1, true);
  const added = tf.mul(column(mean), meanGrey);
  if (channels === 1)
    return tf.clipByValue(
      tf.add(tf.mul(planes, column(tf.add(factor, grey))), added),
      0,
      1,
    ) as Tensor3D;
  // One matrix an image: factor * identity, plus in each row the grey's weights.
  const matrix = tf.add(
    tf.mul(column(factor), tf.reshape(tf.eye(channels), [1, channels, channels])),
    tf.mul(column(grey), tf.reshape(luma(channels), [1, 1, channels])),
  );
  return tf.clipByValue(tf.add(tf.matMul(matrix, planes), added), 0, 1) as Tensor3D;
}

/** Planes blended by one kind. On one channel a saturation changes nothing, to the last digit. */
export function blendPlanesBy(planes: Tensor3D, kind: BlendKind, factor: Tensor): Tensor3D {
  if (kind === 'saturation' && planes.shape[1] === 1) return planes;
  const [rest, none] = [tf.sub(1, factor), tf.zerosLike(factor)];
  return blendPlanes(planes, {
    factor,
    grey: kind === 'saturation' ? rest : none,
    mean: kind === 'contrast' ? rest : none,
  });
}

function adjust(kind: BlendKind, name: string, images: Tensor4D, factor: PerImage): Tensor4D {
  const shape = expectColors(name, images);
  return tf.tidy(() => {
    const factors = perImage(`${name}: factor`, factor, shape[0], { atLeast: 0 });
    const planes = blendPlanesBy(toPlanes(images), kind, factors);
    return guarded(name, images, fromPlanes(planes, shape));
  });
}

/**
 * Multiplies all values by the factor, and clips to [0, 1]: torchvision's `adjust_brightness`.
 *
 * @param images [batch, height, width, 1 or 3], values in [0, 1].
 * @param factor at least 0: one for all, or [batch].
 * @returns the same shape, values in [0, 1].
 * @throws as the random augmentations do where values are outside [0, 1].
 * @example
 * ```ts
 * import { augment, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = tf.tensor4d([0.25, 0.75], [2, 1, 1, 1]);
 * const brighter = augment.functional.adjustBrightness(images, tf.tensor1d([0.5, 2]));
 * assert.deepEqual([...brighter.dataSync()], [0.125, 1]);
 * ```
 */
export function adjustBrightness(images: Tensor4D, factor: PerImage): Tensor4D {
  return adjust('brightness', 'adjustBrightness', images, factor);
}

/**
 * Multiplies each value's distance from the image's mean grey by the factor, and clips to [0, 1]:
 * torchvision's `adjust_contrast`.
 *
 * @param images [batch, height, width, 1 or 3], values in [0, 1].
 * @param factor at least 0: one for all, or [batch].
 * @returns the same shape, values in [0, 1].
 * @throws as the random augmentations do where values are outside [0, 1].
 * @example
 * ```ts
 * import { augment, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const image = tf.tensor4d([0.25, 0.75], [1, 1, 2, 1]);
 * const flat = augment.functional.adjustContrast(image, 0);
 * assert.deepEqual([...flat.dataSync()], [0.5, 0.5]);
 * ```
 */
export function adjustContrast(images: Tensor4D, factor: PerImage): Tensor4D {
  return adjust('contrast', 'adjustContrast', images, factor);
}

/**
 * Multiplies each pixel's distance from its own grey by the factor, and clips to [0, 1]:
 * torchvision's `adjust_saturation`. On one channel nothing changes.
 *
 * @param images [batch, height, width, 1 or 3], values in [0, 1].
 * @param factor at least 0: one for all, or [batch].
 * @returns the same shape, values in [0, 1].
 * @throws as the random augmentations do where values are outside [0, 1].
 * @example
 * ```ts
 * import { augment, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const red = tf.tensor4d([1, 0, 0], [1, 1, 1, 3]);
 * const [r, g, b] = augment.functional.adjustSaturation(red, 0).dataSync();
 * assert.ok(r === g && g === b);
 * ```
 */
export function adjustSaturation(images: Tensor4D, factor: PerImage): Tensor4D {
  return adjust('saturation', 'adjustSaturation', images, factor);
}

/**
 * Each pixel's grey: 0.2989 red + 0.587 green + 0.114 blue, torchvision's `rgb_to_grayscale`. Images
 * of one channel are grey already.
 *
 * @param images [batch, height, width, 1 or 3], any range.
 * @param channels how many equal ones to give. Default 1.
 * @returns [batch, height, width, channels].
 *
 * @example
 * ```ts
 * import { augment, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const green = tf.tensor4d([0, 1, 0], [1, 1, 1, 3]);
 * const grey = augment.functional.rgbToGrayscale(green);
 * assert.deepEqual(grey.shape, [1, 1, 1, 1]);
 * assert.ok(Math.abs(grey.dataSync()[0]! - 0.587) < 1e-6);
 * ```
 */
export function rgbToGrayscale(images: Tensor4D, channels: 1 | 3 = 1): Tensor4D {
  const shape = expectColors('rgbToGrayscale', images);
  return tf.tidy(() => {
    if (shape[3] === 1) return tf.tile(images, [1, 1, 1, channels]);
    const [batch, height, width] = shape;
    const weights = tf.tensor2d([...LUMA], [3, 1]);
    const grey = tf.reshape(tf.matMul(tf.reshape(images, [-1, 3]), weights), [
      batch,
      height,
      width,
      1,
    ]);
    return tf.tile(grey, [1, 1, 1, channels]);
  }) as Tensor4D;
}
