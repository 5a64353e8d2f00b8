/** Emoji: the same ideas drawn by several artists, as pictures in colour. */
import { expectNumber, expectOneOf } from '../../core/checks';
import { tf, type Tensor1D, type Tensor4D } from '../../core/engine';
import { toImages } from '../labelled';
import { groupOf } from './groups';
import { emojiArtists, emojiCategories, type EmojiArtist, type Idea } from './packages';
import { pictures, type Pictures, type Undrawn } from './pictures';
import { splitByGroup } from './split';

export interface EmojiOptions<A extends EmojiArtist = EmojiArtist> {
  /** Two or more; default noto, twemoji, openmoji and fluent. Ideas are those that all have drawn. */
  readonly artists?: readonly A[];
  /** Pixels a side, 8 to 128. Default 32. */
  readonly side?: number;
  /** What is behind the drawings: 'white', the default, 'black', or [red, green, blue] in [0, 1]. */
  readonly ground?: 'white' | 'black' | readonly [number, number, number];
  /** Whether people come in the five skin tones as well; default false, in yellow only. */
  readonly skinTones?: boolean;
  /** Ideas that are held out. Default 400. */
  readonly test?: number;
  /** Ideas of the training part that are set aside, to tune on. Default 0: none. */
  readonly validation?: number;
  /** Chooses which, and the order. Default 0. */
  readonly seed?: number;
}

/** Ideas, and the picture of each by each artist. */
export interface EmojiPart<A extends EmojiArtist = EmojiArtist> {
  /**
   * By artist, [ideas, side, side, 3], float32 in [0, 1]; row i is idea i for all of them. A pytree
   * whose leaves share their first axis: `train({ data: part.images })` draws its batches.
   */
  readonly images: Readonly<Record<A, Tensor4D>>;
  /** [ideas], int32, where the category is in `categories`. */
  readonly labels: Tensor1D;
  /** [ideas]: 'cat-face'. */
  readonly names: readonly string[];
  /** [ideas]: what is never parted, such as 'clock or bubble' or 'farmer'. */
  readonly groups: readonly string[];
}

export interface EmojiSet<A extends EmojiArtist = EmojiArtist> {
  readonly artists: readonly A[];
  /** The nine of Unicode, by label. */
  readonly categories: readonly string[];
  readonly train: EmojiPart<A>;
  readonly test: EmojiPart<A>;
  /** Where some were asked for: taken from the training part, whatever the test part stays. */
  readonly validation?: EmojiPart<A>;
  /** What the chosen artists have drawn and resvg could not; these ideas are left out. */
  readonly undrawn: readonly Undrawn[];
  /** Frees the tensors of all parts. */
  dispose(): void;
}

/** The four whose drawings have the most ideas in common. */
const four = ['noto', 'twemoji', 'openmoji', 'fluent'] as const;

/**
 * Emoji: about 1,600 ideas, each drawn by four artists (or others of five), in nine categories. The
 * same idea by two artists is a compatible pair that nobody made by augmenting.
 *
 * The parts are split by idea: variants of one thing (skin, sex, hair, direction) and things that
 * look nearly the same (clocks, flags, signs, yellow faces, hearts) are one group each, and a group
 * is in one part only. Groups of more than an eighth of the test part are always in the training
 * part. The drawings come from npm packages; resvg draws them once (some seconds), and a file in the
 * cache keeps them. The caller owns the tensors: `dispose()`.
 *
 * @throws where an option is none of those above, or more ideas are to be held out than there are.
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const { train, test, dispose } = await data.emoji({ artists: ['noto', 'twemoji'], test: 100 });
 * assert.deepEqual(test.images.noto.shape, [100, 32, 32, 3]);
 * assert.equal(train.groups.some((group) => test.groups.includes(group)), false);
 * dispose();
 * ```
 */
export async function emoji<const A extends EmojiArtist = (typeof four)[number]>(
  options: EmojiOptions<A> = {},
): Promise<EmojiSet<A>> {
  const { artists, ideas, all } = await chosen('emoji', options);
  const { test = 400, validation = 0, seed = 0 } = options;
  expectNumber('emoji: test', test, { atLeast: 1, integer: true });
  expectNumber('emoji: validation', validation, { atLeast: 0, integer: true });
  expectNumber('emoji: seed', seed, { integer: true });
  const groups = groupsOf(ideas, all.ideas);
  const split = parts(groups, { test, validation }, seed);
  const { side = 32 } = options;
  const packed = { pixels: all.pixels, shape: [side, side, 3] } as const;
  const part = (rows: Int32Array): EmojiPart<A> => {
    const own = Array.from(rows, (row) => ideas[row]!);
    const labels = Int32Array.from(own, (at) => all.ideas[at]!.category);
    return {
      images: Object.fromEntries(
        artists.map((artist) => [
          artist,
          toImages(
            packed,
            own.map((idea) => all.place(artist, idea)!),
          ),
        ]),
      ) as Record<A, Tensor4D>,
      labels: tf.tensor1d(labels, 'int32'),
      names: own.map((at) => all.ideas[at]!.name),
      groups: Array.from(rows, (row) => groups[row]!),
    };
  };
  const made = {
    train: part(split.train),
    test: part(split.test),
    ...(validation > 0 && { validation: part(split.validation) }),
  };
  return {
    artists,
    categories: emojiCategories,
    ...made,
    undrawn: all.undrawn.filter(({ artist }) => (artists as readonly string[]).includes(artist)),
    dispose: () => {
      for (const { images, labels } of Object.values(made))
        tf.dispose([...(Object.values(images) as Tensor4D[]), labels]);
    },
  };
}

/** The rows of each part. The test part does not depend on the validation part. */
function parts(
  groups: readonly string[],
  { test, validation }: { readonly test: number; readonly validation: number },
  seed: number,
): Record<'train' | 'validation' | 'test', Int32Array> {
  const held = splitByGroup('test', groups, test, seed);
  if (validation === 0) return { ...held, validation: new Int32Array() };
  const left = Array.from(held.train, (row) => groups[row]!);
  const tuned = splitByGroup('validation', left, validation, seed);
  const rows = (some: Int32Array): Int32Array => some.map((at) => held.train[at]!);
  return { train: rows(tuned.train), validation: rows(tuned.test), test: held.test };
}

/** The options, checked, and the ideas that all the chosen artists have drawn. */
async function chosen<A extends EmojiArtist>(
  caller: string,
  options: Omit<EmojiOptions<A>, 'test' | 'validation'>,
): Promise<{ artists: readonly A[]; ideas: number[]; all: Pictures }> {
  const { side = 32, ground = 'white', skinTones = false } = options;
  const artists = options.artists ?? (four as readonly EmojiArtist[] as readonly A[]);
  for (const artist of artists)
    expectOneOf<EmojiArtist>(`${caller}: artists`, artist, emojiArtists);
  if (artists.length < 2 || new Set(artists).size < artists.length)
    throw new Error(
      `${caller}: artists: [${artists.join(', ')}] given, two or more different ones expected`,
    );
  expectNumber(`${caller}: side`, side, { atLeast: 8, atMost: 128, integer: true });
  const all = await pictures({ side, ground: bytesOf(caller, ground), skinTones });
  const ideas = all.ideas.flatMap((_, idea) =>
    artists.every((artist) => all.place(artist, idea) !== undefined) ? [idea] : [],
  );
  return { artists, ideas, all };
}

function bytesOf(
  caller: string,
  ground: NonNullable<EmojiOptions['ground']>,
): [number, number, number] {
  if (ground === 'white') return [255, 255, 255];
  if (ground === 'black') return [0, 0, 0];
  const good =
    Array.isArray(ground) &&
    ground.length === 3 &&
    ground.every((value) => Number.isFinite(value) && value >= 0 && value <= 1);
  if (!good)
    throw new Error(
      `${caller}: ground: ${JSON.stringify(ground)} given, 'white', 'black' or [red, green, blue] in [0, 1] expected`,
    );
  return ground.map((value) => Math.round(255 * value)) as [number, number, number];
}

const toneMarks = /-1f3f[b-f]/g;

/** The group of each idea: that of the same idea without its skin tone. */
function groupsOf(ideas: readonly number[], all: readonly Idea[]): string[] {
  const byCode = new Map(all.map((idea) => [idea.code, idea]));
  return ideas.map((at) => {
    const idea = all[at]!;
    const { name, category } = byCode.get(idea.code.replace(toneMarks, '')) ?? idea;
    return groupOf(name, emojiCategories[category]!);
  });
}
