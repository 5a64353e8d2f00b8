/** What every function of images asks of its arguments, and the layout that colours are changed in. */
import { tf, type Tensor, type Tensor3D, type Tensor4D } from '../../../core/engine';
import { expectNumber, expectShape } from '../../../core/checks';

/** [batch, height, width, channels]. */
export type ImageShape = readonly [number, number, number, number];

/** A number for all images, or one for each, [batch]. */
export type PerImage = number | Tensor;

/** @throws unless they are [batch, height, width, channels] of float32. */
export function expectImages(name: string, images: Tensor4D): ImageShape {
  const { batch, height, width, channels } = expectShape(`${name}: images`, images, [
    'batch',
    'height',
    'width',
    'channels',
  ]) as Record<'batch' | 'height' | 'width' | 'channels', number>;
  if (images.dtype !== 'float32') {
    throw new Error(
      `${name}: images of dtype ${images.dtype as string} given, float32 expected: ` +
        'bytes become values in [0, 1] by images.toFloat().div(255)',
    );
  }
  return [batch, height, width, channels];
}

/** @throws unless they are such images with one channel (grey) or three (red, green, blue). */
export function expectColors(name: string, images: Tensor4D): ImageShape {
  const shape = expectImages(name, images);
  if (shape[3] !== 1 && shape[3] !== 3) {
    throw new Error(
      `${name}: images of ${shape[3]} channels given, 1 (grey) or 3 (red, green, blue) expected: ` +
        'images.slice([0, 0, 0, 0], [-1, -1, -1, 3]) leaves out what comes after blue',
    );
  }
  return shape;
}

/**
 * The amount of each image, [batch].
 *
 * @throws when a number breaks the rule, or a tensor has another shape. A tensor's values are not
 * looked at: it may be drawn within a compiled step.
 */
export function perImage(
  name: string,
  amount: PerImage,
  batch: number,
  rule: Parameters<typeof expectNumber>[2],
): Tensor {
  if (typeof amount === 'number') {
    expectNumber(name, amount, rule);
    return tf.fill([batch], amount);
  }
  expectShape(name, amount, [batch]);
  return amount;
}

/**
 * [batch, channels, pixels]: each channel in one piece. A change of colour then is a product of
 * small matrices, or a few operations on long rows.
 */
export function toPlanes(images: Tensor4D): Tensor3D {
  const [batch, height, width, channels] = images.shape;
  const list = tf.reshape(images, [batch, height * width, channels]);
  if (channels === 1) return tf.reshape(list, [batch, 1, height * width]);
  return tf.transpose(list, [0, 2, 1]) as Tensor3D;
}

/** The images of `toPlanes`. */
export function fromPlanes(planes: Tensor3D, [batch, height, width]: ImageShape): Tensor4D {
  const channels = planes.shape[1];
  const list = channels === 1 ? planes : tf.transpose(planes, [0, 2, 1]);
  return tf.reshape(list, [batch, height, width, channels]);
}
