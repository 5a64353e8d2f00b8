/**
 * Any image set by its name, with what a notebook needs to run on it: shapes, words, and
 * augmentations that suit it.
 */
import { expectOneOf } from '../core/checks';
import { dispose } from '../core/pytree';
import * as augment from './augment';
import { digits } from './digits';
import { emojiByCategory } from './emoji';
import { cifar10, fashionMnist, mnist, type ImageSetOptions } from './imageSets';
import type { ImageSet } from './labelled';

/** The sets that `load` knows. */
export type ImageSetName = 'digits' | 'mnist' | 'fashionMnist' | 'cifar10' | 'emoji';

/** An image set, and how to learn from it. The caller owns its tensors. */
export interface LoadedImages extends ImageSet {
  readonly name: ImageSetName;
  /** [side, side, channels] of each image, and its parts. */
  readonly shape: readonly [number, number, number];
  readonly side: number;
  readonly channels: number;
  /** What an image shows, for captions: 'digit', 'digits'. */
  readonly one: string;
  readonly many: string;
  /** What is judged on, for captions: '2,000 held-out digits'. */
  readonly heldOut: string;
  /** The mean and the standard deviation of all values, as `nn.visionTransformer` takes them. */
  readonly pixels: { readonly mean: number; readonly std: number };
  /**
   * Random changes that keep what an image shows, in their order: `augment.compose(...recipe)`
   * makes one of them, and others may be added.
   */
  readonly recipe: readonly augment.Augmentation[];
  /** What records measured on it are called after; digits, the first of all, need no such part. */
  readonly part: string | undefined;
}

interface Known {
  readonly load: (options: ImageSetOptions) => Promise<ImageSet>;
  readonly words: readonly [one: string, many: string];
  readonly pixels: LoadedImages['pixels'];
  readonly recipe: () => readonly augment.Augmentation[];
}

/** What changes from hand to hand: how a digit is turned, sized, slanted and placed. */
const byHand = () => [
  augment.rotate(20),
  augment.scale([0.8, 1.2]),
  augment.shear(15),
  augment.shift(0.1),
];

/** SimCLR's for small photographs. */
const inColor = () => [augment.simclrView()];

const known: Readonly<Record<ImageSetName, Known>> = {
  digits: {
    load: digits,
    words: ['digit', 'digits'],
    pixels: { mean: 0.13, std: 0.31 },
    recipe: byHand,
  },
  mnist: {
    load: mnist,
    words: ['digit', 'digits'],
    pixels: { mean: 0.13, std: 0.31 },
    recipe: byHand,
  },
  fashionMnist: {
    load: fashionMnist,
    words: ['garment', 'garments'],
    pixels: { mean: 0.29, std: 0.35 },
    recipe: () => [...byHand(), augment.horizontalFlip()],
  },
  cifar10: {
    load: cifar10,
    words: ['photograph', 'photographs'],
    pixels: { mean: 0.47, std: 0.25 },
    recipe: inColor,
  },
  emoji: {
    load: emoji,
    words: ['emoji', 'emoji'],
    pixels: { mean: 0.79, std: 0.3 },
    // Beside an emoji is nothing: smaller crops would often be blank.
    recipe: () => [augment.simclrView({ scale: [0.2, 1] })],
  },
};

/**
 * Emoji by category: as many as asked for, or all there are, since notebooks ask for as many as
 * there are digits.
 */
async function emoji(options: ImageSetOptions): Promise<ImageSet> {
  const { seed = 0 } = options;
  const all = await emojiByCategory({ seed });
  const fewer = (part: 'train' | 'test') => {
    const count = options[part];
    return count !== undefined && count < all[part].labels.size ? { [part]: count } : {};
  };
  const counts = { ...fewer('train'), ...fewer('test') };
  if (Object.keys(counts).length === 0) return all;
  dispose(all);
  return emojiByCategory({ seed, ...counts });
}

/**
 * An image set by its name, so that one knob changes what a notebook learns from: `digits` (10,000
 * of MNIST, here without a download), `mnist`, `fashionMnist`, `cifar10`, and `emoji` by category
 * (of these as many as asked for, or all there are).
 *
 * @param options how many images of each part, and the seed that chooses them, as each set's own
 * function takes them: `data.load('digits', options)` has the tensors of `data.digits(options)`.
 * @returns the set, its shapes, words for captions, and a recipe of augmentations.
 * @throws for another name, listing those there are; where files are missing, saying how to provide
 * them.
 *
 * @example
 * ```ts
 * import { augment, data, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const { train, side, channels, recipe } = await data.load('digits', { train: 20, test: 10 });
 * const views = augment.twoViews(augment.compose(...recipe));
 * assert.deepEqual(views(train, random.key(0)).x1.shape, [20, side, side, channels]);
 * ```
 */
export async function load(
  name: ImageSetName,
  options: ImageSetOptions = {},
): Promise<LoadedImages> {
  const names = Object.keys(known) as ImageSetName[];
  expectOneOf('load: name', name, names);
  const { words, pixels, recipe, load: loadSet } = known[name];
  const set = await loadSet(options);
  const [, height, width, channels] = set.train.images.shape;
  return {
    ...set,
    name,
    shape: [height, width, channels],
    side: height,
    channels,
    one: words[0],
    many: words[1],
    heldOut: `${set.test.labels.size.toLocaleString('en')} held-out ${words[1]}`,
    pixels,
    recipe: recipe(),
    part: name === 'digits' ? undefined : name,
  };
}
