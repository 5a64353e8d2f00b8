/** The random resized crop. */
import { tf, type Tensor } from '../../core/engine';
import * as random from '../../core/random';
import { photometric, type Augmentation } from './augmentation';
import { expectSize, resizedCrop, type Size } from './functional/resizedCrop';
import { byName, expectInterval, type Interval } from './settings';

export interface RandomResizedCropOptions {
  /** The part of the image's area that is kept, in (0, 1], uniformly. Default [0.08, 1]. */
  readonly scale?: Interval;
  /** Width over height of the part, in pixels, log-uniformly. Default [3/4, 4/3]. */
  readonly ratio?: Interval;
  /** What the part becomes, in pixels. Default: the image's own size. */
  readonly size?: Size;
}

/**
 * A random part of each image, brought to the whole size: torchvision's `RandomResizedCrop` (Szegedy
 * et al. 2015; the first of SimCLR's augmentations). `randomResizedCrop([0.2, 1])` is short for
 * `randomResizedCrop({ scale: [0.2, 1] })`.
 *
 * The part is drawn as torchvision draws it, in whole pixels: one that is wider or higher than the
 * image is drawn anew, up to ten times; then the largest middle part of the nearest ratio is taken.
 * So the mean area is less than the middle of the interval. Resizing is bilinear, with
 * antialiasing where the part shrinks (torchvision's default; the papers of SimCLR and BYOL have
 * bicubic).
 *
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const white = tf.ones([4, 12, 8, 3]) as ReturnType<typeof tf.tensor4d>;
 * const part = augment.randomResizedCrop({ scale: [0.2, 0.5], size: 6 })(white, random.key(0));
 * assert.deepEqual(part.shape, [4, 6, 6, 3]);
 * ```
 */
export function randomResizedCrop(
  settings: Interval | RandomResizedCropOptions = {},
): Augmentation {
  const named = byName<RandomResizedCropOptions, 'scale'>('randomResizedCrop', 'scale', settings);
  const { scale = [0.08, 1], ratio = [3 / 4, 4 / 3], size } = named;
  expectInterval('randomResizedCrop: scale', scale, { above: 0, atMost: 1 });
  expectInterval('randomResizedCrop: ratio', ratio, { above: 0 });
  if (size !== undefined) expectSize('randomResizedCrop: size', size);
  return photometric('randomResizedCrop', (images, key, [batch, height, width]) =>
    resizedCrop(images, randomBoxes(key, [batch, height, width], { scale, ratio }), size),
  );
}

/** Drawn so often before the fallback. */
const TRIES = 10;

/**
 * A box an image: top, left, height, width in whole pixels, float32 [batch, 4]; torchvision's
 * `RandomResizedCrop.get_params`.
 */
export function randomBoxes(
  key: random.Key,
  [batch, height, width]: readonly [number, number, number],
  { scale, ratio }: { readonly scale: Interval; readonly ratio: Interval },
): Tensor {
  const [forArea, forRatio, forPlace] = random.split(key, 3);
  const area = tf.mul(random.uniform(forArea, [TRIES, batch], ...scale), height * width);
  const logRatio = random.uniform(forRatio, [TRIES, batch], Math.log(ratio[0]), Math.log(ratio[1]));
  const aspect = tf.exp(logRatio);
  const [wide, high] = [tf.mul(area, aspect), tf.div(area, aspect)].map((square) =>
    tf.round(tf.sqrt(square)),
  ) as [Tensor, Tensor];
  const within = (part: Tensor, side: number) =>
    tf.logicalAnd(tf.greater(part, 0), tf.lessEqual(part, side));
  const fits = tf.cast(tf.logicalAnd(within(wide, width), within(high, height)), 'float32');
  // 1 at the first that fits, 0 at the others; all 0 where none does.
  const first = tf.mul(fits, tf.cast(tf.equal(tf.cumsum(fits, 0), 1), 'float32'));
  const none = tf.sub(1, tf.sum(first, 0));
  const middle = middleBox(height, width, ratio);
  const chosen = (part: Tensor, fallback: number) =>
    tf.add(tf.sum(tf.mul(part, first), 0), tf.mul(none, fallback));
  const [boxHigh, boxWide] = [chosen(high, middle.height), chosen(wide, middle.width)];
  const places = tf.unstack(random.uniform(forPlace, [2, batch])) as [Tensor, Tensor];
  const start = (place: Tensor, part: Tensor, side: number, fallback: number) => {
    const anywhere = tf.floor(tf.mul(place, tf.sub(side + 1, part)));
    return tf.add(tf.mul(tf.sub(1, none), anywhere), tf.mul(none, fallback));
  };
  return tf.stack(
    [
      start(places[0], boxHigh, height, Math.floor((height - middle.height) / 2)),
      start(places[1], boxWide, width, Math.floor((width - middle.width) / 2)),
      boxHigh,
      boxWide,
    ],
    1,
  );
}

/** The largest box of the nearest ratio. */
function middleBox(height: number, width: number, [least, most]: Interval) {
  const own = width / height;
  if (own < least) return { height: Math.max(1, Math.round(width / least)), width };
  if (own > most) return { height, width: Math.max(1, Math.round(height * most)) };
  return { height, width };
}
