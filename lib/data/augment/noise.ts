/** Additive noise. */
import { tf } from '../../core/engine';
import { expectNumber } from '../../core/checks';
import * as random from '../../core/random';
import { photometric, type Augmentation } from './augmentation';
import { clipped, expectRange, type RangeOption } from './range';
import { byName } from './settings';

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
