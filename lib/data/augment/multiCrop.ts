/**
 * Multi-crop: two large crops of each image, and small ones beside them (Caron et al. 2020, section
 * 3.3).
 */
import { tf, type Tensor4D } from '../../core/engine';
import { expectNumber } from '../../core/checks';
import * as random from '../../core/random';
import type { Augmentation } from './augmentation';
import { randomResizedCrop } from './randomResizedCrop';

export interface MultiCropOptions {
  /**
   * How a large crop is made, or how each of the two is: DINO's are BYOL's two views. Default: 0.5
   * to 1 of the area, enlarged to the whole. The defaults leave colours alone; for colour pictures
   * there are the recipes: `large: simclrView({ scale: [0.5, 1] })`, `small: simclrView({ scale:
   * [0.15, 0.5], size: 16 })`.
   */
  readonly large?: Augmentation | readonly [first: Augmentation, second: Augmentation];
  /** How a small one is made. Default: 0.15 to 0.5 of the area, enlarged to the whole. */
  readonly small?: Augmentation;
  /** How many small ones, at least 1. Default 4. */
  readonly count?: number;
  /**
   * Pixels of a small crop's shorter side; the longer keeps the image's proportions, as in
   * torchvision's `Resize`. Default: the image's own. A small crop then *shows* little,
   * but costs as much as a large one, and any encoder takes it. Fewer pixels make it cheap, as in
   * the paper (96 against 224); that is for encoders that take any size: convolutions with a mean
   * over all places (`nn.globalAveragePool`), not `nn.flatten` and a dense layer.
   */
  readonly side?: number;
}

/** What SwAV and DINO are trained on; a method for two views takes x1 and x2 of it. */
export interface CropsOfImages {
  /** [batch, height, width, channels], both. */
  readonly x1: Tensor4D;
  readonly x2: Tensor4D;
  /** `count` of them, each [batch, height', width', channels]. */
  readonly small: readonly Tensor4D[];
}

/**
 * Large crops have groups, and all crops have to predict them: a part has to tell of the whole.
 * Each crop has a key of its own.
 *
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = tf.ones([2, 16, 32, 1]) as ReturnType<typeof tf.tensor4d>;
 * const { x1, small } = augment.multiCrop({ count: 3, side: 8 })({ images }, random.key(0));
 * assert.deepEqual(x1.shape, [2, 16, 32, 1]);
 * assert.deepEqual(small.map(({ shape }) => shape), Array(3).fill([2, 8, 16, 1]));
 * ```
 * @returns (examples, key) -> { x1, x2, small }; x1 and x2 have the shape of examples.images.
 */
export function multiCrop({
  large = randomResizedCrop({ scale: [0.5, 1] }),
  small = randomResizedCrop({ scale: [0.15, 0.5] }),
  count = 4,
  side,
}: MultiCropOptions = {}) {
  expectNumber('multiCrop: count', count, { atLeast: 1, integer: true });
  if (side !== undefined) expectNumber('multiCrop: side', side, { atLeast: 1, integer: true });
  const [first, second] = typeof large === 'function' ? [large, large] : large;
  return ({ images }: { readonly images: Tensor4D }, key: random.Key): CropsOfImages => {
    const [x1, x2, ...rest] = tf.tidy(() => {
      const keys = random.split(key, 2 + count);
      const few = keys.slice(2).map((own) => small(images, own));
      // Half a pixel's offset: halving the side takes the mean of four.
      const sized =
        side === undefined
          ? few
          : few.map((crop) => tf.image.resizeBilinear(crop, shorterTo(side, crop), false, true));
      return [first(images, keys[0]!), second(images, keys[1]!), ...sized];
    }) as [Tensor4D, Tensor4D, ...Tensor4D[]];
    return { x1, x2, small: rest };
  };
}

/** [height, width] whose shorter side is `side`, in the proportions of the images. */
function shorterTo(side: number, { shape: [, height, width] }: Tensor4D): [number, number] {
  const times = side / Math.min(height, width);
  return [Math.round(height * times), Math.round(width * times)];
}
