/** Emoji as a labelled image set: what is it a picture of, in nine categories. */
import { expectNumber } from '../../core/checks';
import { tf } from '../../core/engine';
import { stratifiedSplit, type ImageSet, type Labelled } from '../labelled';
import { emoji, type EmojiOptions, type EmojiPart } from './emoji';

export interface EmojiByCategoryOptions extends Omit<EmojiOptions, 'test' | 'validation'> {
  /** Training images, a random subset with equal shares of each category. Default: all. */
  readonly train?: number;
  /** The same of the test images. */
  readonly test?: number;
  /** Ideas that are held out, each as one picture an artist. Default 400. */
  readonly heldOut?: number;
}

/**
 * Emoji by all chosen artists in one set, labelled by category, [n, 32, 32, 3]: 4,776 training
 * images and 1,600 test images of four artists. No idea of the test part is in the training part,
 * by whomever it is drawn. The caller owns the tensors.
 *
 * @throws where more images are asked for than there are.
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const { train, test, classes } = await data.emojiByCategory({ train: 90, test: 40 });
 * assert.deepEqual(train.images.shape, [90, 32, 32, 3]);
 * assert.deepEqual([test.labels.size, classes.length], [40, 9]);
 * ```
 */
export async function emojiByCategory(options: EmojiByCategoryOptions = {}): Promise<ImageSet> {
  const { train, test, heldOut, ...others } = options;
  for (const [name, value] of Object.entries({ train, test }))
    if (value !== undefined)
      expectNumber(`emojiByCategory: ${name}`, value, { atLeast: 1, integer: true });
  const set = await emoji({ ...others, ...(heldOut !== undefined && { test: heldOut }) });
  try {
    const { seed = 0 } = options;
    for (const [name, count, available] of [
      ['train', train, sizeOf(set.train)],
      ['test', test, sizeOf(set.test)],
    ] as const)
      if (count !== undefined)
        expectNumber(`emojiByCategory: ${name}`, count, { atLeast: 1, atMost: available });
    return {
      train: labelled(set.train, train, seed),
      test: labelled(set.test, test, seed),
      classes: set.categories,
    };
  } finally {
    set.dispose();
  }
}

/** How many pictures a part has. */
const sizeOf = ({ names, images }: EmojiPart): number => names.length * Object.keys(images).length;

/** All pictures of a part, or `count` of them with equal shares of each category. */
function labelled(part: EmojiPart, count = sizeOf(part), seed: number): Labelled {
  const drawn = Object.values(part.images);
  const ofIdeas = Array.from(part.labels.dataSync());
  const labels = drawn.flatMap(() => ofIdeas);
  const chosen = stratifiedSplit(labels, [count], seed)[0]!;
  return {
    images: tf.tidy(() => tf.gather(tf.concat(drawn, 0), tf.tensor1d(chosen, 'int32'))),
    labels: tf.tensor1d(
      chosen.map((i) => labels[i]!),
      'int32',
    ),
  };
}
