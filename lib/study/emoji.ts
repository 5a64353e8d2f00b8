/** The emoji's tasks, for a study: the idea by another artist, the category by few labels. */
import { tf, type Tensor, type Tensor1D, type Tensor4D } from '../core/engine';
import type { EmojiArtist } from '../data/emoji';
import { fewLabelProbe } from '../measure/fewLabelProbe';
import { retrievalBetween } from '../measure/retrieval';
import { mean } from '../measure/statistics';
import type { Figures } from './contestant';
import { fewLabelsName } from './judge';
import type { LabelledImages, Representation } from './represent';

/** What `study` takes as its `data` and `also`, with what frees it. */
export interface EmojiTasks {
  readonly data: { readonly train: LabelledImages; readonly test: LabelledImages };
  readonly also: Readonly<Record<string, LabelledImages>>;
  dispose(): void;
}

/**
 * A set of emoji as a study's data: to learn from, all training pictures, labelled by category; to
 * be judged on, all pictures of the held-out ideas; and these by artist, in rows that belong
 * together.
 *
 * @param set of which the by-artist sets share the tensors: dispose of it last.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { data, emojiTasks } from 'dark-matter';
 *
 * const set = await data.emoji({ artists: ['noto', 'twemoji'], test: 50 });
 * const tasks = emojiTasks(set);
 * assert.deepEqual(tasks.data.test.images.shape, [100, 32, 32, 3]);
 * assert.deepEqual(Object.keys(tasks.also), ['noto', 'twemoji']);
 * tasks.dispose();
 * set.dispose();
 * ```
 */
export function emojiTasks({
  train,
  test,
}: {
  readonly train: Drawn;
  readonly test: Drawn;
}): EmojiTasks {
  const data = { train: pooled(train), test: pooled(test) };
  const also = Object.fromEntries(
    Object.entries(test.images).map(([artist, images]) => [
      artist,
      { images, labels: test.labels },
    ]),
  );
  return {
    data,
    also,
    dispose: () => {
      for (const { images, labels } of [data.train, data.test])
        tf.dispose([images, labels as Tensor]);
    },
  };
}

/** What of an `EmojiPart` is needed here, by whatever artists. */
interface Drawn {
  readonly images: Readonly<Record<string, Tensor4D>>;
  readonly labels: Tensor1D;
}

function pooled({ images, labels }: Drawn): LabelledImages {
  const drawn = Object.values(images);
  return {
    images: tf.concat(drawn, 0),
    labels: tf.concat(
      drawn.map(() => labels),
      0,
    ) as Tensor1D,
  };
}

export interface JudgeEmojiOptions {
  /** Whose pictures are looked for in each other's. */
  readonly artists: readonly EmojiArtist[];
  /**
   * The group of each held-out idea, `set.test.groups`: with it there are figures in which an idea's
   * variants, such as the man and the woman with one job, are passed over.
   */
  readonly groups?: readonly string[];
  /** An artist of whom no picture was learned from: gets figures of its own. */
  readonly unseen?: EmojiArtist;
  /** Labels of the few-label probe. Default 10 a class. */
  readonly perClass?: number;
  /** Draws of the few labels. Default 5. */
  readonly draws?: number;
}

/**
 * Judges frozen features of a set of emoji, all in %: how often the same idea is found among all
 * held-out ones (at the first place, or among the first five), averaged over all ordered pairs of
 * artists and for each pair; and the category, from a few labelled pictures.
 *
 * @param features of a study whose data are `emojiTasks`.
 * @returns with an `unseen` artist the averages are over pairs of the others, and those from or to
 * the unseen one stand beside them.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { data, emojiTasks, judgeEmoji, measure, representSets } from 'dark-matter';
 *
 * const set = await data.emoji({ artists: ['noto', 'twemoji'], test: 50 });
 * const { data: sets, also } = emojiTasks(set);
 * const pixels = representSets(measure.rawPixels, { ...sets, also });
 * const figures = judgeEmoji(pixels, { artists: set.artists, perClass: 2, draws: 1 });
 * assert.ok(figures['same idea, top-1, %']! > 20); // chance is 2
 * ```
 */
export function judgeEmoji(
  { train, test, set }: Representation,
  { artists, groups, unseen, perClass = 10, draws = 5 }: JudgeEmojiOptions,
): Figures {
  const views = Object.fromEntries(artists.map((artist) => [artist, set(artist).features]));
  const rows = retrievalBetween(views);
  const meets = ({ from, to }: (typeof rows)[number]): boolean => from === unseen || to === unseen;
  const summary = (name: string, some: typeof rows): Figures => ({
    [`${name}, top-1, %`]: 100 * mean(some.map(({ top1 }) => top1)),
    [`${name}, top-5, %`]: 100 * mean(some.map(({ top5 }) => top5)),
  });
  const between = (name: string, all: typeof rows): Figures => ({
    ...summary(
      name,
      all.filter((row) => !meets(row)),
    ),
    ...(unseen !== undefined && summary(`${name}, ${unseen} unseen`, all.filter(meets))),
  });
  return {
    ...between('same idea', rows),
    ...(groups && between('same idea, variants aside', retrievalBetween(views, { groups }))),
    [fewLabelsName(perClass)]:
      100 * fewLabelProbe(train, test, { perClass, repeats: draws, seed: 0 }).mean,
    ...Object.fromEntries(
      rows.map(({ from, to, top1 }) => [`${from} to ${to}, top-1, %`, 100 * top1]),
    ),
  };
}
