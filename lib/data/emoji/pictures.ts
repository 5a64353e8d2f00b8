/**
 * The ideas and their pictures as bytes: drawn once, then read from one file in the cache. The file
 * is named after all that its contents depend on, so another version of a package is drawn anew.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawApart } from '../../core/drawApart';
import { writeWhole } from '../../core/files';
import { dataCache } from '../files/locate';
import { emojiArtists, emojiVersions, readDrawings, readIdeas } from './packages';
import type { EmojiArtist, Idea } from './packages';

/** What decides how the pictures look. */
export interface PictureOptions {
  readonly side: number;
  /** Red, green, blue, 0 to 255. */
  readonly ground: readonly [number, number, number];
  readonly skinTones: boolean;
}

/** A picture that resvg could not draw. */
export interface Undrawn {
  readonly artist: EmojiArtist;
  readonly name: string;
  readonly reason: string;
}

/** All pictures by all artists. */
export interface Pictures {
  readonly ideas: readonly Idea[];
  /** [pictures, side, side, 3], in the order of `places`. */
  readonly pixels: Uint8Array;
  /** Where an idea's picture by an artist is in `pixels`; undefined where there is none. */
  place(artist: EmojiArtist, idea: number): number | undefined;
  readonly undrawn: readonly Undrawn[];
}

/** What the file says before the pixels. */
interface Header {
  readonly ideas: readonly Idea[];
  /** The idea of each picture, artist after artist. */
  readonly drawn: Readonly<Record<EmojiArtist, readonly number[]>>;
  readonly undrawn: readonly Undrawn[];
}

/** The layout of the file and the way of drawing; another number draws everything anew. */
const format = 1;

/**
 * The pictures, from the cache where they are there.
 *
 * @param tell says what takes time; a line on stderr by default.
 */
export async function pictures(
  options: PictureOptions,
  tell: (line: string) => void = (line) => process.stderr.write(`dark-matter: ${line}\n`),
): Promise<Pictures> {
  const path = pathOf(options, await emojiVersions());
  const kept = await readKept(path, options.side);
  if (kept) return kept;
  const { header, pixels } = await draw(options, tell);
  try {
    await writeWhole(path, [...packed(header), pixels]);
  } catch (error) {
    tell(`the emoji cannot be kept in ${path} (${(error as Error).message}); drawn anew next time`);
  }
  return opened(header, pixels);
}

/** The file of these options, drawn of these packages by this version of resvg. */
export function pathOf(options: PictureOptions, versions: readonly string[]): string {
  const { side, ground, skinTones } = options;
  const made = JSON.stringify({ format, versions, side, ground, skinTones });
  const key = createHash('sha256').update(made).digest('hex').slice(0, 16);
  return join(dataCache(), 'emoji', `emoji-${side}-${key}.bin`);
}

/** The length of the header in bytes, and the header. */
function packed(header: Header): Buffer[] {
  const text = Buffer.from(JSON.stringify(header));
  return [Buffer.from(Uint32Array.of(text.length).buffer), text];
}

/** What the file holds; undefined where there is none, or one that is not whole. */
async function readKept(path: string, side: number): Promise<Pictures | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes || bytes.length < 4) return undefined;
  const start = 4 + bytes.readUInt32LE(0);
  try {
    const header = JSON.parse(bytes.subarray(4, start).toString()) as Header;
    const count = emojiArtists.reduce((sum, artist) => sum + header.drawn[artist].length, 0);
    const pixels = bytes.subarray(start);
    return pixels.length === count * side * side * 3 ? opened(header, pixels) : undefined;
  } catch {
    return undefined;
  }
}

function opened({ ideas, drawn, undrawn }: Header, pixels: Uint8Array): Pictures {
  const places = new Map<string, number>();
  for (const artist of emojiArtists)
    for (const idea of drawn[artist]) places.set(`${artist} ${idea}`, places.size);
  return { ideas, pixels, undrawn, place: (artist, idea) => places.get(`${artist} ${idea}`) };
}

/** Draws all ideas by all artists. */
async function draw(
  { side, ground, skinTones }: PictureOptions,
  tell: (line: string) => void,
): Promise<{ header: Header; pixels: Uint8Array }> {
  const began = performance.now();
  const ideas = (await readIdeas()).filter(({ toned }) => skinTones || !toned);
  const wanted: { artist: EmojiArtist; idea: number; svg: string }[] = [];
  for (const artist of emojiArtists) {
    const svgOf = await readDrawings(artist);
    ideas.forEach(({ names: { [artist]: name } }, idea) => {
      if (name !== undefined) wanted.push({ artist, idea, svg: svgOf(name) });
    });
  }
  const total = wanted.length.toLocaleString('en');
  tell(`drawing ${total} emoji of ${side} x ${side} pixels`);
  let told = performance.now();
  const results = await drawApart(
    wanted.map(({ svg }) => svg),
    {
      settings: {
        background: `rgb(${ground.join(', ')})`,
        fitTo: { mode: 'width', value: side },
        font: { loadSystemFonts: false },
      },
      onProgress: (done) => {
        if (performance.now() - told < 2000) return;
        told = performance.now();
        tell(`${done.toLocaleString('en')} of ${total} drawn`);
      },
    },
  );

  const size = side * side;
  const drawn = Object.fromEntries(emojiArtists.map((artist) => [artist, []])) as unknown as Record<
    EmojiArtist,
    number[]
  >;
  const undrawn: Undrawn[] = [];
  const pixels = new Uint8Array(wanted.length * size * 3);
  let end = 0;
  results.forEach((result, i) => {
    const { artist, idea } = wanted[i]!;
    if (result instanceof Error) {
      undrawn.push({ artist, name: ideas[idea]!.names[artist]!, reason: result.message });
      return;
    }
    drawn[artist].push(idea);
    for (let p = 0; p < size; p++)
      for (let channel = 0; channel < 3; channel++) pixels[end++] = result.pixels[4 * p + channel]!;
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const left = undrawn.map(({ artist, name }) => `${artist}'s ${name}`).join(', ');
  tell(
    `${total} emoji in ${seconds} s; ` +
      (left ? `${undrawn.length} could not be drawn: ${left}` : 'all could be drawn'),
  );
  return {
    header: { ideas, drawn, undrawn },
    pixels: pixels.subarray(0, end),
  };
}
