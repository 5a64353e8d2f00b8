/** Straight-line changes of geometry: shift, rotate, scale, shear and flip. */
import { tf, type Tensor, type Tensor3D } from '../../core/engine';
import { expectNumber } from '../../core/checks';
import * as random from '../../core/random';
import { geometric, photometric, type Augmentation } from './augmentation';
import { byName, expectInterval, expectProbability, type Interval } from './settings';

/** A number, or one a image. */
type Entry = number | Tensor;

/**
 * [batch, 3, 3] from the first two rows of the matrix that takes output coordinates to input
 * coordinates.
 */
export function matrices(
  batch: number,
  rows: readonly [Entry, Entry, Entry, Entry, Entry, Entry],
): Tensor3D {
  const columns = [...rows, 0, 0, 1].map((entry) =>
    typeof entry === 'number' ? tf.fill([batch], entry) : entry,
  );
  return tf.reshape(tf.stack(columns, 1), [batch, 3, 3]);
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;

export interface ShiftOptions {
  /** The furthest, as a part of the width and of the height, uniformly. Default 0.1. */
  readonly most?: number;
}

/**
 * Moves each image, along each axis by up to `most` of its side. What comes in is 0.
 * `shift(0.1)` is short for `shift({ most: 0.1 })`.
 *
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = tf.ones([4, 8, 8, 1]) as ReturnType<typeof tf.tensor4d>;
 * const moved = augment.shift(0.25)(images, random.key(0));
 * assert.deepEqual(moved.shape, [4, 8, 8, 1]);
 * ```
 */
export function shift(settings: number | ShiftOptions = {}): Augmentation {
  const { most = 0.1 } = byName<ShiftOptions, 'most'>('shift', 'most', settings);
  expectNumber('shift: most', most, { atLeast: 0, atMost: 1 });
  return geometric('shift', (key, [batch, height, width]) => {
    const [x, y] = tf.unstack(random.uniform(key, [2, batch], -most, most)) as [Tensor, Tensor];
    return { matrix: matrices(batch, [1, 0, tf.mul(x, width), 0, 1, tf.mul(y, height)]) };
  });
}

export interface RotateOptions {
  /** The largest angle either way, uniformly, in [0, 180]. Default 15. */
  readonly degrees?: number;
}

/**
 * Turns each image about its centre. What comes in is 0. `rotate(15)` is short for
 * `rotate({ degrees: 15 })`.
 *
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = tf.ones([2, 9, 9, 1]) as ReturnType<typeof tf.tensor4d>;
 * const turned = augment.rotate(30)(images, random.key(0));
 * assert.equal(turned.slice([0, 4, 4, 0], [1, 1, 1, 1]).dataSync()[0], 1); // the centre stays
 * ```
 */
export function rotate(settings: number | RotateOptions = {}): Augmentation {
  const { degrees = 15 } = byName<RotateOptions, 'degrees'>('rotate', 'degrees', settings);
  expectNumber('rotate: degrees', degrees, { atLeast: 0, atMost: 180 });
  return geometric('rotate', (key, [batch]) => {
    const angle = random.uniform(key, [batch], -radians(degrees), radians(degrees));
    const [c, s] = [tf.cos(angle), tf.sin(angle)];
    return { matrix: matrices(batch, [c, s, 0, tf.neg(s), c, 0]) };
  });
}

export interface ScaleOptions {
  /** By how much the image is enlarged, uniformly; below 1 it shrinks. Default [0.9, 1.1]. */
  readonly factor?: Interval;
}

/**
 * Enlarges each image about its centre. Around a smaller one is 0. `scale([0.9, 1.1])` is short for
 * `scale({ factor: [0.9, 1.1] })`.
 *
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const white = tf.ones([1, 8, 8, 1]) as ReturnType<typeof tf.tensor4d>;
 * const half = augment.scale([0.5, 0.5])(white, random.key(0));
 * assert.equal(half.sum().dataSync()[0], 16);
 * ```
 */
export function scale(settings: Interval | ScaleOptions = {}): Augmentation {
  const { factor = [0.9, 1.1] } = byName<ScaleOptions, 'factor'>('scale', 'factor', settings);
  expectInterval('scale: factor', factor, { above: 0 });
  return geometric('scale', (key, [batch]) => {
    const inverse = tf.div(1, random.uniform(key, [batch], ...factor));
    return { matrix: matrices(batch, [inverse, 0, 0, 0, inverse, 0]) };
  });
}

export interface ShearOptions {
  /** The largest slant either way, uniformly, in [0, 89]. Default 15. */
  readonly degrees?: number;
}

/**
 * Slants each image sideways, as handwriting is slanted. What comes in is 0. `shear(15)` is short
 * for `shear({ degrees: 15 })`.
 *
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = tf.ones([2, 9, 9, 1]) as ReturnType<typeof tf.tensor4d>;
 * const slanted = augment.shear(20)(images, random.key(0));
 * assert.equal(slanted.slice([0, 4, 4, 0], [1, 1, 1, 1]).dataSync()[0], 1); // the centre stays
 * ```
 */
export function shear(settings: number | ShearOptions = {}): Augmentation {
  const { degrees = 15 } = byName<ShearOptions, 'degrees'>('shear', 'degrees', settings);
  expectNumber('shear: degrees', degrees, { atLeast: 0, atMost: 89 });
  return geometric('shear', (key, [batch]) => {
    const slope = tf.tan(random.uniform(key, [batch], -radians(degrees), radians(degrees)));
    return { matrix: matrices(batch, [1, slope, 0, 0, 1, 0]) };
  });
}

export interface HorizontalFlipOptions {
  /** Of being mirrored. Default 0.5. */
  readonly probability?: number;
}

/**
 * Swaps left and right with the given probability, as torchvision's `RandomHorizontalFlip`. Not for
 * digits: a mirrored 2 is none. `horizontalFlip(0.5)` is short for
 * `horizontalFlip({ probability: 0.5 })`.
 *
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = tf.tensor4d([0, 0.5, 1], [1, 1, 3, 1]);
 * const mirrored = augment.horizontalFlip(1)(images, random.key(0));
 * assert.deepEqual([...mirrored.dataSync()], [1, 0.5, 0]);
 * ```
 */
export function horizontalFlip(settings: number | HorizontalFlipOptions = {}): Augmentation {
  const { probability = 0.5 } = byName<HorizontalFlipOptions, 'probability'>(
    'horizontalFlip',
    'probability',
    settings,
  );
  expectProbability('horizontalFlip', probability);
  const draw = (key: random.Key, batch: number) => random.bernoulli(key, probability, [batch]);
  // Alone it only picks; merged with others it is one of the matrices. Both draw the same.
  const alone = photometric('horizontalFlip', (images, key, [batch]) =>
    tf.where(draw(key, batch).reshape([batch, 1, 1, 1]), tf.reverse(images, 2), images),
  );
  const warp: Augmentation['warp'] = (key, [batch]) => {
    const mirrored = tf.cast(draw(key, batch), 'float32');
    return { matrix: matrices(batch, [tf.sub(1, tf.mul(mirrored, 2)), 0, 0, 0, 1, 0]) };
  };
  return Object.assign(alone, { warp });
}
