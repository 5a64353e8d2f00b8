/** A drawing as it stands in its artist's package. */
import { expectOneOf } from '../../core/checks';
import { emojiArtists, prefixIds, readDrawings, readIdeas, type EmojiArtist } from './packages';

/**
 * A drawing as SVG text, in its artist's own size. Its ids begin with the artist and the name, so
 * that several can stand in one document without taking each other's gradients.
 *
 * @param name of the idea, as in `emoji().train.names`, with its skin tone where it has one.
 * @throws where there is no such idea, or the artist has not drawn it.
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * assert.match(await data.emojiSvg('cat-face', 'twemoji'), /^<svg /);
 * ```
 */
export async function emojiSvg(name: string, artist: EmojiArtist): Promise<string> {
  expectOneOf<EmojiArtist>('emojiSvg: artist', artist, emojiArtists);
  const idea = (await readIdeas()).find((each) => each.name === name);
  if (!idea)
    throw new Error(
      `emojiSvg: name: '${name}' given, the name of an idea expected, such as 'cat-face'`,
    );
  const own = idea.names[artist];
  if (own === undefined)
    throw new Error(
      `emojiSvg: '${name}' by '${artist}' given; ${Object.keys(idea.names).join(', ')} have drawn it`,
    );
  return prefixIds((await readDrawings(artist))(own), `${artist}-${idea.code}-`);
}
