/** Changes of light: noise, brightness, contrast. */
import { tf } from '../../core/engine';
import { expectNumber } from '../../core/checks';
import * as random from '../../core/random';
import { expectRange } from './affine';
import { photometric, type Augmentation } from './augmentation';

/** Adds normal noise of standard deviation `std` to every value. Default 0.1. */
export function noise(std = 0.1): Augmentation {
  expectNumber('noise: std', std, { atLeast: 0 });
  return photometric((images, key, shape) => tf.add(images, random.normal(key, shape, 0, std)));
}

/** Adds the same number between -`most` and `most` to all of an image. Default 0.2. */
export function brightness(most = 0.2): Augmentation {
  expectNumber('brightness: most', most, { atLeast: 0, atMost: 1 });
  return photometric((images, key, [batch]) =>
    tf.add(images, random.uniform(key, [batch, 1, 1, 1], -most, most)),
  );
}

/**
 * Multiplies each image's distance from its mean by a factor between `low` and `high`. Default 0.6
 * to 1.4.
 */
export function contrast(low = 0.6, high = 1.4): Augmentation {
  expectRange('contrast', low, high, { atLeast: 0 });
  return photometric((images, key, [batch]) => {
    const factor = random.uniform(key, [batch, 1, 1, 1], low, high);
    const mean = tf.mean(images, [1, 2, 3], true);
    // Written so that the factor 1 changes nothing, not even the last digit.
    return tf.add(images, tf.mul(tf.sub(factor, 1), tf.sub(images, mean)));
  });
}
