/** Pairs of pictures of the same idea by different artists. */
import { tf, type Tensor4D } from '../../core/engine';
import { expectShape } from '../../core/checks';
import * as random from '../../core/random';
import type { EmojiArtist } from './packages';
import type { EmojiPart, EmojiSet } from './emoji';

/**
 * For each idea of a batch its pictures by two different artists, drawn anew with each key: each of
 * the artists is equally often the first, and each of the others the second. Traceable: use it
 * within a training step.
 *
 * @param images by artist, two or more, each [batch, height, width, channels]; row i is idea i.
 * @returns x and y, [batch, height, width, channels]; the caller owns them.
 * @example
 * ```ts
 * import { data, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = { noto: tf.zeros([5, 8, 8, 3]), fluent: tf.ones([5, 8, 8, 3]) };
 * const { x, y } = data.artistPair(images as never, random.key(0));
 * assert.equal(x.add(y).mean().dataSync()[0], 1); // one is noto's, the other is fluent's
 * ```
 */
export function artistPair(
  images: Readonly<Record<string, Tensor4D>>,
  key: random.Key,
): { x: Tensor4D; y: Tensor4D } {
  const artists = Object.keys(images).sort();
  if (artists.length < 2)
    throw new Error(`images: by [${artists.join(', ')}] given, by two or more artists expected`);
  const { shape } = images[artists[0]!]!;
  for (const artist of artists) expectShape(`images.${artist}`, images[artist]!, shape);
  const [batch] = shape;
  const [x, y] = tf.tidy(() => {
    const [forFirst, forOther] = random.split(key);
    const count = tf.scalar(artists.length, 'int32');
    const first = random.randint(forFirst, [batch], 0, artists.length);
    const beyond = first.add(random.randint(forOther, [batch], 1, artists.length));
    const other = tf.where(beyond.greaterEqual(count), beyond.sub(count), beyond);
    const all = tf.concat(
      artists.map((artist) => images[artist]!),
      0,
    );
    const rows = tf.range(0, batch, 1, 'int32');
    const pick = (artist: typeof first): Tensor4D =>
      tf.gather(all, artist.mul(tf.scalar(batch, 'int32')).add(rows).toInt()) as Tensor4D;
    return [pick(first), pick(other as typeof first)];
  });
  return { x, y };
}

/**
 * The same set to learn from without one of its artists, who is then met in the test alone.
 *
 * @returns a set whose training pictures are the others'; its test part has everybody's. It shares
 * its tensors with the one given: dispose of one of them.
 * @throws where that leaves fewer than two artists to learn from.
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const set = await data.emoji({ artists: ['noto', 'twemoji', 'openmoji'], test: 50 });
 * const { train, test } = data.unseenArtist(set, 'openmoji');
 * assert.deepEqual(Object.keys(train.images), ['noto', 'twemoji']);
 * assert.equal(test.images.openmoji.shape[0], 50);
 * set.dispose();
 * ```
 */
export function unseenArtist<A extends EmojiArtist, const U extends A>(
  set: EmojiSet<A>,
  artist: U,
): UnseenArtist<A, U> {
  if (!set.artists.includes(artist))
    throw new Error(`artist: '${artist}' given, one of ${set.artists.join(', ')} expected`);
  const seen = set.artists.filter((each) => each !== artist) as Exclude<A, U>[];
  if (seen.length < 2)
    throw new Error(
      `artist: '${artist}' given, of a set by ${set.artists.join(' and ')}; two others expected to learn from`,
    );
  const images = Object.fromEntries(
    seen.map((each) => [each, set.train.images[each as A]]),
  ) as Record<Exclude<A, U>, Tensor4D>;
  return { ...set, seen, unseen: artist, train: { ...set.train, images } };
}

/** A set of emoji in whose training part one artist does not draw. */
export interface UnseenArtist<A extends EmojiArtist, U extends A> extends Omit<
  EmojiSet<A>,
  'train'
> {
  readonly train: EmojiPart<Exclude<A, U>>;
  readonly seen: readonly Exclude<A, U>[];
  readonly unseen: U;
}
