/** The hue: all colours turned around the grey axis, in hue, saturation and value (Smith 1978). */
import { tf, type Tensor, type Tensor3D, type Tensor4D } from '../../../core/engine';
import { guarded } from '../range';
import { expectColors, fromPlanes, perImage, toPlanes, type PerImage } from './images';

/**
 * Turns the hue by `shift` of the whole circle, in [-0.5, 0.5]: torchvision's `adjust_hue`. By a
 * third, red becomes green. The largest and the smallest of a pixel's three values stay. On one
 * channel nothing changes.
 *
 * @param images [batch, height, width, 1 or 3], values in [0, 1].
 * @param shift one for all, or [batch].
 * @returns the same shape, values in [0, 1].
 * @throws as the random augmentations do where values are outside [0, 1].
 * @example
 * ```ts
 * import { augment, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const red = tf.tensor4d([1, 0, 0], [1, 1, 1, 3]);
 * const turned = augment.functional
 *   .adjustHue(red, 1 / 3)
 *   .arraySync()
 *   .flat(3);
 * turned.forEach((value, i) => assert.ok(Math.abs(value - [0, 1, 0][i]!) < 1e-5)); // green
 * ```
 */
export function adjustHue(images: Tensor4D, shift: PerImage): Tensor4D {
  const shape = expectColors('adjustHue', images);
  return tf.tidy(() => {
    const shifts = perImage('adjustHue: shift', shift, shape[0], { atLeast: -0.5, atMost: 0.5 });
    return guarded('adjustHue', images, fromPlanes(huePlanes(toPlanes(images), shifts), shape));
  });
}

/** Planes [batch, 3, pixels] with the hue turned by a part of the circle, [batch]. */
export function huePlanes(planes: Tensor3D, shift: Tensor): Tensor3D {
  const [batch, channels] = planes.shape;
  if (channels === 1) return planes;
  const [red, green, blue] = tf.split(planes, 3, 1) as [Tensor, Tensor, Tensor];
  const value = tf.maximum(tf.maximum(red, green), blue);
  const chroma = tf.sub(value, tf.minimum(tf.minimum(red, green), blue));
  // The hue in sixths of the circle: red at 0, green at 2, blue at 4. Grey has none: 0, say.
  const isRed = tf.equal(value, red);
  const isGreen = tf.equal(value, green);
  const slope = tf.where(
    isRed,
    tf.sub(green, blue),
    tf.where(isGreen, tf.sub(blue, red), tf.sub(red, green)),
  );
  const corner = tf.where(
    isRed,
    tf.zerosLike(red),
    tf.where(isGreen, tf.fill(red.shape, 2), tf.fill(red.shape, 4)),
  );
  const divisor = tf.where(tf.greater(chroma, 0), chroma, tf.onesLike(chroma));
  const hue = tf.add(tf.div(slope, divisor), corner);
  const turned = tf.add(hue, tf.reshape(tf.mul(shift, 6), [batch, 1, 1]));
  const sixths = tf.sub(turned, tf.mul(tf.floor(tf.div(turned, 6)), 6));
  // How far each channel lies below the value, in chromas: a trapezium over the circle, at 0 over
  // the two sixths about its own corner.
  const below = tf.add(
    tf.mul(tf.abs(tf.sub(sixths, rows(3, 2, 4))), rows(-1, 1, 1)),
    rows(2, -1, -1),
  );
  return tf.sub(value, tf.mul(chroma, tf.clipByValue(below, 0, 1))) as Tensor3D;
}

/** A number each for red, green and blue. */
const rows = (...numbers: [number, number, number]): Tensor3D => tf.tensor3d(numbers, [1, 3, 1]);
