/** A data set in three parts: what is learned from, what chooses, and what judges once. */
import { expectNumber, expectOneOf } from '../../core/checks';
import { tf, type Tensor1D, type Tensor4D } from '../../core/engine';
import * as tree from '../../core/pytree';
import { compose, type Augmentation } from '../../data/augment';
import { emoji } from '../../data/emoji';
import { stratifiedSplit, type Labelled } from '../../data/labelled';
import { load, type ImageSetName } from '../../data/load';

/** The sets that a race is run on. */
export type RaceSet = Exclude<ImageSetName, 'mnist'>;

export interface RaceImagesOptions {
  /** Images to learn from. Default 7,000; of emoji all there are, 3,956. */
  readonly learn?: number;
  /** Images that choose settings; none learns from them. Default 1,000; of emoji 800. */
  readonly validation?: number;
  /** Images that judge. Default 2,000; of emoji 1,600. */
  readonly test?: number;
}

/** The parts of a set. No image is in two of them. The caller owns the tensors: `tree.dispose`. */
export interface RaceImages {
  readonly name: RaceSet;
  readonly learn: Labelled;
  readonly validation: Labelled;
  readonly test: Labelled;
  /** The names of the classes, by label. */
  readonly classes: readonly string[];
  readonly side: number;
  readonly channels: number;
  /** The mean and the standard deviation of all values. */
  readonly pixels: { readonly mean: number; readonly std: number };
  /** One random change that keeps what an image shows: a view. */
  readonly view: Augmentation;
}

export const raceSets: readonly RaceSet[] = ['digits', 'emoji', 'fashionMnist', 'cifar10'];
const defaults = { learn: 7000, validation: 1000, test: 2000 };
/** Ideas of emoji that are held out, each drawn by four artists. */
const ideas = { validation: 200, test: 400 };

/**
 * The images of a race in three parts with equal shares of each class. Emoji are parted by idea: no
 * artist's drawing of a thing chooses or judges where another's was learned from.
 *
 * @param name digits, emoji (by category), fashionMnist or cifar10.
 * @throws for another name, or where there are fewer images than asked for (of emoji all are taken).
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { race } from 'dark-matter';
 *
 * const { learn, validation, side } = await race.images('digits', { learn: 100, validation: 20 });
 * assert.deepEqual(learn.images.shape, [100, side, side, 1]);
 * assert.equal(validation.labels.size, 20);
 * ```
 */
export async function images(name: RaceSet, options: RaceImagesOptions = {}): Promise<RaceImages> {
  expectOneOf('images: name', name, raceSets);
  const sizes = { ...defaults, ...options };
  for (const [part, size] of Object.entries(sizes))
    expectNumber(`images: ${part}`, size, { atLeast: 1, integer: true });
  if (name === 'emoji') return emojiImages(sizes);
  const { learn, validation, test } = sizes;
  const set = await load(name, { train: learn + validation, test });
  const rows = stratifiedSplit(set.train.labels.dataSync(), [learn, validation], 0);
  const [own, held] = rows.map((at) => taken(set.train, at)) as [Labelled, Labelled];
  tree.dispose(set.train);
  return { ...aboutOf(name, set), learn: own, validation: held, test: set.test };
}

async function emojiImages(sizes: Required<RaceImagesOptions>): Promise<RaceImages> {
  // The least of the set that `load` gives: what it knows of all of it is asked for.
  const known = await load('emoji', { train: 9, test: 9 });
  const set = await emoji(ideas);
  try {
    return {
      ...aboutOf('emoji', known),
      learn: drawings(set.train, sizes.learn),
      validation: drawings(set.validation!, sizes.validation),
      test: drawings(set.test, sizes.test),
    };
  } finally {
    tree.dispose([known.train, known.test]);
    set.dispose();
  }
}

interface Drawn {
  /** By artist. */
  readonly images: Readonly<Record<string, Tensor4D>>;
  readonly labels: Tensor1D;
}

/** All artists' drawings of a part, or `most` of them with equal shares of each category. */
function drawings({ images: byArtist, labels }: Drawn, most: number): Labelled {
  return tree.tidy(() => {
    const drawn = Object.values(byArtist);
    const all = { images: tf.concat(drawn, 0), labels: tf.tile(labels, [drawn.length]) };
    const ofAll = all.labels.dataSync();
    return taken(all, stratifiedSplit(ofAll, [Math.min(most, ofAll.length)], 0)[0]!);
  });
}

const aboutOf = (name: RaceSet, set: Awaited<ReturnType<typeof load>>) => ({
  name,
  classes: set.classes,
  side: set.side,
  channels: set.channels,
  pixels: set.pixels,
  view: compose(...set.recipe),
});

/** Some rows of a set, as tensors of their own. */
function taken({ images: all, labels }: Labelled, rows: Int32Array): Labelled {
  const at = tf.tensor1d(rows, 'int32');
  const some = { images: tf.gather(all, at), labels: tf.gather(labels, at) };
  at.dispose();
  return some;
}
