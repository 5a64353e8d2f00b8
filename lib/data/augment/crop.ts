/** The random resized crop. */
import { tf, type Tensor } from '../../core/engine';
import * as random from '../../core/random';
import { matrices } from './affine';
import { geometric, type Augmentation } from './augmentation';
import { byName, expectInterval, type Interval } from './settings';

export interface CropOptions {
  /** The part of the area that is kept, in (0, 1], uniformly. Default [0.2, 1]. */
  readonly area?: Interval;
  /**
   * Width over height of the part relative to the image's, log-uniformly. Default [3/4, 4/3].
   */
  readonly ratio?: Interval;
}

/**
 * The random resized crop: a random part of the image, enlarged to the whole (Szegedy et al. 2015;
 * SimCLR's first). `crop([0.2, 1])` is short for `crop({ area: [0.2, 1] })`.
 *
 * Area and ratio are drawn as torchvision's `RandomResizedCrop` draws them: a part that is wider or
 * higher than the image is drawn anew, up to ten times; then the largest middle part of the nearest
 * ratio is taken. So the mean area is less than the middle of the interval: with the defaults .54,
 * not .6. Nothing from outside the image is shown. Unlike torchvision's, the part need not begin
 * and end between pixels.
 *
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const white = tf.ones([4, 8, 8, 1]) as ReturnType<typeof tf.tensor4d>;
 * const part = augment.crop({ area: [0.2, 0.5] })(white, random.key(0));
 * assert.ok(part.min().dataSync()[0]! > 0.9999);
 * ```
 */
export function crop(settings: Interval | CropOptions = {}): Augmentation {
  const named = byName<CropOptions, 'area'>('crop', 'area', settings);
  const { area = [0.2, 1], ratio = [3 / 4, 4 / 3] } = named;
  expectInterval('crop: area', area, { above: 0, atMost: 1 });
  expectInterval('crop: ratio', ratio, { above: 0 });
  return geometric('crop', (key, [batch, height, width]) => {
    const [forPart, forPlace] = random.split(key, 2);
    const { partX, partY } = parts(forPart, batch, area, ratio);
    const [placeX, placeY] = tf.unstack(random.uniform(forPlace, [2, batch], -0.5, 0.5)) as [
      Tensor,
      Tensor,
    ];
    // The first and the last pixel's centres of the image are as far as a crop looks: no border.
    const offset = (place: Tensor, part: Tensor, side: number) =>
      tf.mul(tf.mul(place, tf.sub(1, part)), side - 1);
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

/** Drawn so often before the fallback. */
const TRIES = 10;

/** The parts of the width and of the height that each image's crop has, [batch]. */
function parts(
  key: random.Key,
  batch: number,
  area: Interval,
  ratio: Interval,
): { partX: Tensor; partY: Tensor } {
  const [forArea, forRatio] = random.split(key, 2);
  const size = tf.sqrt(random.uniform(forArea, [TRIES, batch], ...area));
  const root = tf.exp(
    random.uniform(forRatio, [TRIES, batch], Math.log(ratio[0]) / 2, Math.log(ratio[1]) / 2),
  );
  const [x, y] = [tf.mul(size, root), tf.div(size, root)];
  const fits = tf.cast(tf.logicalAnd(tf.lessEqual(x, 1), tf.lessEqual(y, 1)), 'float32');
  // 1 at the first that fits, 0 at the others; all 0 where none does.
  const first = tf.mul(fits, tf.cast(tf.equal(tf.cumsum(fits, 0), 1), 'float32'));
  const none = tf.sub(1, tf.sum(first, 0));
  const nearest = Math.min(Math.max(1, ratio[0]), ratio[1]);
  const chosen = (part: Tensor, fallback: number) =>
    tf.add(tf.sum(tf.mul(part, first), 0), tf.mul(none, fallback));
  return {
    partX: chosen(x, Math.min(1, nearest)),
    partY: chosen(y, Math.min(1, 1 / nearest)),
  };
}
