/** Gaussian blur, each image with a width of its own. */
import { tf, type Tensor, type Tensor3D } from '../../core/engine';
import * as random from '../../core/random';
import { photometric, type Augmentation } from './augmentation';
import { byName, expectInterval, type Interval } from './settings';

export interface BlurOptions {
  /** The Gaussian's standard deviation in pixels. Default [0.1, 2], SimCLR's for larger images. */
  readonly sigma?: Interval;
}

/**
 * Blurs each image with a Gaussian of a width of its own. At the border the weights of the pixels
 * there are make up for those that are missing, so no value leaves the range of its image's.
 * `blur([0.1, 2])` is short for `blur({ sigma: [0.1, 2] })`.
 *
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const point = tf.tensor4d([0, 0, 0, 0, 1, 0, 0, 0, 0], [1, 3, 3, 1]);
 * const [, , , , middle] = augment.blur([1, 1])(point, random.key(0)).dataSync();
 * assert.ok(middle! > 0.1 && middle! < 0.3);
 * ```
 */
export function blur(settings: Interval | BlurOptions = {}): Augmentation {
  const { sigma: widths = [0.1, 2] } = byName<BlurOptions, 'sigma'>('blur', 'sigma', settings);
  expectInterval('blur: sigma', widths, { above: 0 });
  return photometric('blur', (images, key, [batch, height, width, channels]) => {
    const sigma = tf.reshape(random.uniform(key, [batch], ...widths), [batch, 1, 1]);
    // Rows first: a batch of [height, width * channels] matrices; then, sides swapped, the columns.
    const rows = tf.matMul(
      kernel(sigma, height),
      tf.reshape(images, [batch, height, width * channels]) as Tensor3D,
    );
    const sideways = tf.transpose(tf.reshape(rows, [batch, height, width, channels]), [0, 2, 1, 3]);
    const both = tf.matMul(
      kernel(sigma, width),
      tf.reshape(sideways, [batch, width, height * channels]) as Tensor3D,
    );
    return tf.transpose(tf.reshape(both, [batch, width, height, channels]), [0, 2, 1, 3]);
  });
}

/** [batch, side, side]: row i holds the weights of all pixels for output pixel i; they sum to 1. */
function kernel(sigma: Tensor, side: number): Tensor3D {
  const distances = tf.tensor3d(
    Float32Array.from({ length: side * side }, (_, k) => (k % side) - Math.floor(k / side)),
    [1, side, side],
  );
  const weights = tf.exp(tf.mul(tf.square(tf.div(distances, sigma)), -0.5));
  return tf.div(weights, tf.sum(weights, 2, true));
}
