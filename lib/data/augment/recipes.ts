/**
 * The published augmentations of two papers: SimCLR (Chen et al. 2020, appendix A, and B.9 for
 * CIFAR-10) and BYOL (Grill et al. 2020, appendix B, table 6).
 */
import { expectNumber, expectOneOf } from '../../core/checks';
import { compose, sometimes, twoViews, type Augmentation } from './augmentation';
import { horizontalFlip } from './affine';
import { colorJitter } from './colorJitter';
import type { Size } from './functional/resizedCrop';
import { gaussianBlur } from './gaussianBlur';
import { grayscale } from './grayscale';
import { randomResizedCrop } from './randomResizedCrop';
import type { Interval } from './settings';
import { solarize } from './solarize';

export interface RecipeOptions {
  /**
   * 'small' for sides of up to some 64 pixels, where a blur leaves nothing to see: no blur, and in
   * SimCLR's recipe half the strength, as the paper has it for CIFAR-10. 'large' for the recipe as
   * published for ImageNet. Default 'small'.
   */
  readonly pictures?: 'small' | 'large';
  /** Multiplies the amounts of the colour jitter, in [0, 2.5]. Default: the recipe's. */
  readonly strength?: number;
  /** Whether there is a blur. Default: for large pictures. */
  readonly blur?: boolean;
  /** The part of the area that a crop keeps. Default [0.08, 1]. */
  readonly scale?: Interval;
  /** What a crop becomes, in pixels. Default: the images' own size. */
  readonly size?: Size;
}

export interface ByolViewOptions extends RecipeOptions {
  /** The first is blurred always, the second seldom, but solarized sometimes. Default 'first'. */
  readonly view?: 'first' | 'second';
}

/** What the two recipes differ in. */
interface Amounts {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  readonly hue: number;
  readonly blurred: number;
  readonly solarized: number;
}

/** Crop, mirror, colours, grey, blur, solarize, in the order of both papers. */
function recipe(amounts: Amounts, { scale, size }: RecipeOptions): Augmentation {
  const { blurred, solarized, ...colors } = amounts;
  return compose(
    randomResizedCrop({ ...(scale && { scale }), ...(size !== undefined && { size }) }),
    horizontalFlip(0.5),
    sometimes(0.8, colorJitter(colors)),
    grayscale(0.2),
    ...(blurred > 0 ? [sometimes(blurred, gaussianBlur())] : []),
    ...(solarized > 0 ? [solarize(solarized)] : []),
  );
}

/** The options that both recipes have, with their defaults. */
function settingsOf(name: string, options: RecipeOptions, halved: boolean) {
  const { pictures = 'small' } = options;
  expectOneOf(`${name}: pictures`, pictures, ['small', 'large']);
  const { strength = halved && pictures === 'small' ? 0.5 : 1, blur = pictures === 'large' } =
    options;
  // A hue is turned by half of the circle at most.
  expectNumber(`${name}: strength`, strength, { atLeast: 0, atMost: 2.5 });
  return { strength, blur };
}

/**
 * SimCLR's augmentation: a random resized crop, a mirror image half of the time, in 80% a colour
 * jitter (0.8, 0.8, 0.8, 0.2 times the strength), in 20% grey, and for large pictures in 50% a
 * blur (Chen et al. 2020, appendix A). For small pictures it is the paper's recipe for CIFAR-10:
 * strength 0.5 and no blur (appendix B.9).
 *
 * @example
 * ```ts
 * import { augment, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const photos = random.uniform(random.key(1), [2, 48, 64, 3]);
 * const view = augment.simclrView({ size: 32 })(photos, random.key(0));
 * assert.deepEqual(view.shape, [2, 32, 32, 3]);
 * ```
 */
export function simclrView(options: RecipeOptions = {}): Augmentation {
  const { strength, blur } = settingsOf('simclrView', options, true);
  return recipe(
    {
      brightness: 0.8 * strength,
      contrast: 0.8 * strength,
      saturation: 0.8 * strength,
      hue: 0.2 * strength,
      blurred: blur ? 0.5 : 0,
      solarized: 0,
    },
    options,
  );
}

/**
 * One of BYOL's two augmentations: a random resized crop, a mirror image half of the time, in 80% a
 * colour jitter (0.4, 0.4, 0.2, 0.1), in 20% grey; then for large pictures the first view is blurred
 * always and the second in 10%, and the second is solarized in 20% (Grill et al. 2020, appendix B,
 * table 6). The paper has no recipe for small pictures: here the blur is left out, as SimCLR does.
 *
 * @example
 * ```ts
 * import { augment, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = random.uniform(random.key(1), [2, 32, 32, 3]);
 * const target = augment.byolView({ view: 'second' })(images, random.key(0));
 * assert.deepEqual(target.shape, [2, 32, 32, 3]);
 * ```
 */
export function byolView({ view = 'first', ...options }: ByolViewOptions = {}): Augmentation {
  expectOneOf('byolView: view', view, ['first', 'second']);
  const { strength, blur } = settingsOf('byolView', options, false);
  return recipe(
    {
      brightness: 0.4 * strength,
      contrast: 0.4 * strength,
      saturation: 0.2 * strength,
      hue: 0.1 * strength,
      blurred: !blur ? 0 : view === 'first' ? 1 : 0.1,
      solarized: view === 'first' ? 0 : 0.2,
    },
    options,
  );
}

/**
 * Two views of each image by SimCLR's recipe: `twoViews(simclrView(options))`.
 *
 * @returns (examples, key) -> { x1, x2 }; give it to `train({ augment })`.
 * @example
 * ```ts
 * import { augment, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = random.uniform(random.key(1), [2, 32, 32, 3]);
 * const { x1, x2 } = augment.simclrViews()({ images }, random.key(0));
 * assert.notDeepEqual(x1.dataSync(), x2.dataSync());
 * ```
 */
export function simclrViews(options: RecipeOptions = {}): ReturnType<typeof twoViews> {
  return twoViews(simclrView(options));
}

/**
 * Two views of each image by BYOL's recipe, the first by one augmentation, the second by the other.
 * BYOL's loss is symmetric, so each network sees both.
 *
 * @returns (examples, key) -> { x1, x2 }; give it to `train({ augment })`.
 * @example
 * ```ts
 * import { augment, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = random.uniform(random.key(1), [2, 32, 32, 3]);
 * const { x1, x2 } = augment.byolViews()({ images }, random.key(0));
 * assert.deepEqual(x1.shape, x2.shape);
 * ```
 */
export function byolViews(options: RecipeOptions = {}): ReturnType<typeof twoViews> {
  return twoViews(
    byolView({ ...options, view: 'first' }),
    byolView({ ...options, view: 'second' }),
  );
}
