/** Changes of light: noise, brightness, contrast. */
import { tf } from '../../core/engine';
import { expectNumber } from '../../core/checks';
import * as random from '../../core/random';
import { photometric, type Augmentation } from './augmentation';
import { clipped, expectRange, type RangeOption } from './range';
import { byName, expectInterval, type Interval } from './settings';

export interface NoiseOptions extends RangeOption {
  /** The standard deviation, in the images' units. Default 0.1. */
  readonly std?: number;
}

/**
 * Adds normal noise to every value, then clips to the range. `noise(0.1)` is short for
 * `noise({ std: 0.1 })`.
 *
 * @throws where a value is outside the range (see `RangeOption`): at every call, or, within
 * `compile`, at the first. In a later call of a compiled function such a value becomes NaN.
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = tf.fill([2, 8, 8, 1], -1) as ReturnType<typeof tf.tensor4d>;
 * const noisy = augment.noise({ std: 0.1, range: [-1, 1] })(images, random.key(0));
 * assert.ok(noisy.min().dataSync()[0]! >= -1);
 * assert.throws(() => augment.noise(0.1)(images, random.key(0)), /range \[0, 1\] expected/);
 * ```
 */
export function noise(settings: number | NoiseOptions = {}): Augmentation {
  const { std = 0.1, range = [0, 1] } = byName<NoiseOptions, 'std'>('noise', 'std', settings);
  expectNumber('noise: std', std, { atLeast: 0 });
  expectRange('noise', range);
  return photometric('noise', (images, key, shape) =>
    clipped('noise', images, tf.add(images, random.normal(key, shape, 0, std)), range),
  );
}

export interface BrightnessOptions extends RangeOption {
  /** The most that is added or taken away, in the images' units. Default 0.2. */
  readonly most?: number;
}

/**
 * Adds the same number between -`most` and `most` to all of an image, then clips to the range.
 * `brightness(0.2)` is short for `brightness({ most: 0.2 })`.
 *
 * @throws where a value is outside the range, as `noise` does.
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const bytes = tf.fill([1, 2, 2, 1], 255) as ReturnType<typeof tf.tensor4d>;
 * const same = augment.brightness({ most: 0, range: [0, 255] })(bytes, random.key(0));
 * assert.deepEqual([...same.dataSync()], [255, 255, 255, 255]);
 * ```
 */
export function brightness(settings: number | BrightnessOptions = {}): Augmentation {
  const named = byName<BrightnessOptions, 'most'>('brightness', 'most', settings);
  const { most = 0.2, range = [0, 1] } = named;
  expectNumber('brightness: most', most, { atLeast: 0 });
  expectRange('brightness', range);
  return photometric('brightness', (images, key, [batch]) => {
    const added = random.uniform(key, [batch, 1, 1, 1], -most, most);
    return clipped('brightness', images, tf.add(images, added), range);
  });
}

export interface ContrastOptions extends RangeOption {
  /** What an image's distance from its mean is multiplied by. Default [0.6, 1.4]. */
  readonly factor?: Interval;
}

/**
 * Multiplies each image's distance from its mean by a factor of its own, then clips to the range.
 * `contrast([0.6, 1.4])` is short for `contrast({ factor: [0.6, 1.4] })`.
 *
 * @throws where a value is outside the range, as `noise` does.
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = tf.tensor4d([0.25, 0.75], [1, 1, 2, 1]);
 * const flat = augment.contrast([0, 0])(images, random.key(0));
 * assert.deepEqual([...flat.dataSync()], [0.5, 0.5]);
 * ```
 */
export function contrast(settings: Interval | ContrastOptions = {}): Augmentation {
  const named = byName<ContrastOptions, 'factor'>('contrast', 'factor', settings);
  const { factor = [0.6, 1.4], range = [0, 1] } = named;
  expectInterval('contrast: factor', factor, { atLeast: 0 });
  expectRange('contrast', range);
  return photometric('contrast', (images, key, [batch]) => {
    const times = random.uniform(key, [batch, 1, 1, 1], ...factor);
    const mean = tf.mean(images, [1, 2, 3], true);
    // Written so that the factor 1 changes nothing, not even the last digit.
    const changed = tf.add(images, tf.mul(tf.sub(times, 1), tf.sub(images, mean)));
    return clipped('contrast', images, changed, range);
  });
}
