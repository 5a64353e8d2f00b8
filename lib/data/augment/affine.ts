/**
 * Straight-line changes of geometry: shift, rotate, scale, shear, flip, and the random resized
 * crop.
 */
import { tf, type Tensor, type Tensor3D } from '../../core/engine';
import { expectNumber } from '../../core/checks';
import * as random from '../../core/random';
import { geometric, type Augmentation } from './augmentation';

/** A number, or one a image. */
type Entry = number | Tensor;

/**
 * [batch, 3, 3] from the first two rows of the matrix that takes output coordinates to input
 * coordinates.
 */
function matrices(
  batch: number,
  rows: readonly [Entry, Entry, Entry, Entry, Entry, Entry],
): Tensor3D {
  const columns = [...rows, 0, 0, 1].map((entry) =>
    typeof entry === 'number' ? tf.fill([batch], entry) : entry,
  );
  return tf.reshape(tf.stack(columns, 1), [batch, 3, 3]);
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/**
 * Moves each image by up to `most` of its width and of its height, uniformly. Default 0.1. What
 * comes in is black.
 */
export function shift(most = 0.1): Augmentation {
  expectNumber('shift: most', most, { atLeast: 0, atMost: 1 });
  return geometric((key, [batch, height, width]) => {
    const [x, y] = tf.unstack(random.uniform(key, [2, batch], -most, most)) as [Tensor, Tensor];
    return { matrix: matrices(batch, [1, 0, tf.mul(x, width), 0, 1, tf.mul(y, height)]) };
  });
}

/** Turns each image about its centre by up to `degrees` either way, uniformly. Default 15. */
export function rotate(degrees = 15): Augmentation {
  expectNumber('rotate: degrees', degrees, { atLeast: 0, atMost: 180 });
  return geometric((key, [batch]) => {
    const angle = random.uniform(key, [batch], -radians(degrees), radians(degrees));
    const [c, s] = [tf.cos(angle), tf.sin(angle)];
    return { matrix: matrices(batch, [c, s, 0, tf.neg(s), c, 0]) };
  });
}

/**
 * Enlarges each image about its centre by a factor between `low` and `high`, uniformly; below 1 it
 * shrinks. Default 0.9 to 1.1.
 */
export function scale(low = 0.9, high = 1.1): Augmentation {
  expectRange('scale', low, high, { above: 0 });
  return geometric((key, [batch]) => {
    const inverse = tf.div(1, random.uniform(key, [batch], low, high));
    return { matrix: matrices(batch, [inverse, 0, 0, 0, inverse, 0]) };
  });
}

/**
 * Slants each image sideways by up to `degrees`, uniformly, as handwriting is slanted. Default 15.
 */
export function shear(degrees = 15): Augmentation {
  expectNumber('shear: degrees', degrees, { atLeast: 0, atMost: 89 });
  return geometric((key, [batch]) => {
    const slope = tf.tan(random.uniform(key, [batch], -radians(degrees), radians(degrees)));
    return { matrix: matrices(batch, [1, slope, 0, 0, 1, 0]) };
  });
}

/**
 * Swaps left and right with the given probability. Not for digits: a mirrored 2 is none. Default
 * 0.5.
 */
export function flip(probability = 0.5): Augmentation {
  expectNumber('flip: probability', probability, { atLeast: 0, atMost: 1 });
  return geometric((key, [batch]) => {
    const mirrored = tf.cast(random.bernoulli(key, probability, [batch]), 'float32');
    return { matrix: matrices(batch, [tf.sub(1, tf.mul(mirrored, 2)), 0, 0, 0, 1, 0]) };
  });
}

export interface CropOptions {
  /** The part of the area that is kept, [low, high] in (0, 1], uniformly. Default [0.2, 1]. */
  readonly area?: readonly [number, number];
  /**
   * Width over height of the part relative to the image's, [low, high], log-uniformly. Default
   * [3/4, 4/3].
   */
  readonly ratio?: readonly [number, number];
}

/**
 * The random resized crop: a random part of the image, enlarged to the whole (Szegedy et al. 2015;
 * SimCLR's first).
 */
export function crop({ area = [0.2, 1], ratio = [3 / 4, 4 / 3] }: CropOptions = {}): Augmentation {
  expectRange('crop: area', ...area, { above: 0, atMost: 1 });
  expectRange('crop: ratio', ...ratio, { above: 0 });
  return geometric((key, [batch, height, width]) => {
    const [forArea, forRatio, forPlace] = random.split(key, 3);
    const size = tf.sqrt(random.uniform(forArea, [batch], ...area));
    const root = tf.exp(
      random.uniform(forRatio, [batch], Math.log(ratio[0]) / 2, Math.log(ratio[1]) / 2),
    );
    const [partX, partY] = [tf.minimum(tf.mul(size, root), 1), tf.minimum(tf.div(size, root), 1)];
    const [placeX, placeY] = tf.unstack(random.uniform(forPlace, [2, batch], -0.5, 0.5)) as [
      Tensor,
      Tensor,
    ];
    const offset = (place: Tensor, part: Tensor, side: number) =>
      tf.mul(tf.mul(place, tf.sub(1, part)), side);
    return {
      matrix: matrices(batch, [
        partX,
        0,
        offset(placeX, partX, width),
        0,
        partY,
        offset(placeY, partY, height),
      ]),
    };
  });
}

/** @throws unless low <= high, both within the rule. */
export function expectRange(
  name: string,
  low: number,
  high: number,
  rule: Parameters<typeof expectNumber>[2],
): void {
  expectNumber(`${name}: low`, low, rule);
  expectNumber(`${name}: high`, high, rule);
  if (low > high)
    throw new Error(`${name}: [${low}, ${high}] given, low no greater than high expected`);
}
