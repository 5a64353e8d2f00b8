/**
 * The artists' packages: which ideas each has drawn, and the SVG of each. An idea is a character
 * of Unicode (a sequence of code points), whatever an artist calls it.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The artists and their packages, which Iconify makes of their drawings. */
const packages = {
  noto: '@iconify-json/noto',
  twemoji: '@iconify-json/twemoji',
  openmoji: '@iconify-json/openmoji',
  fluent: '@iconify-json/fluent-emoji-flat',
  emojione: '@iconify-json/emojione',
} as const;

export type EmojiArtist = keyof typeof packages;

/** Google, Twitter, the design school of Schwäbisch Gmünd, Microsoft, and Emoji One. */
export const emojiArtists = Object.keys(packages) as readonly EmojiArtist[];

/** The nine groups of Unicode's emoji charts. */
export const emojiCategories = [
  'Smileys & Emotion',
  'People & Body',
  'Animals & Nature',
  'Food & Drink',
  'Travel & Places',
  'Activities',
  'Objects',
  'Symbols',
  'Flags',
] as const;

/** What somebody draws. */
export interface Idea {
  /** Code points in hexadecimal, without variation selectors: '1f431'. */
  readonly code: string;
  /** Noto's name for it, or that of the first artist who has it: 'cat-face'. */
  readonly name: string;
  /** Its place in `emojiCategories`. */
  readonly category: number;
  /** Whether it is a variant in one of the five skin tones. */
  readonly toned: boolean;
  /** Each artist's own name for it. */
  readonly names: Readonly<Partial<Record<EmojiArtist, string>>>;
}

/** The icons of a package, as Iconify keeps them. */
interface IconSet {
  readonly width: number;
  readonly height: number;
  readonly icons: Readonly<Record<string, Icon>>;
  readonly aliases?: Readonly<Record<string, { readonly parent: string }>>;
}

interface Icon {
  /** What stands within the `svg` element. */
  readonly body: string;
  readonly width?: number;
  readonly height?: number;
}

const resolve = createRequire(__filename).resolve;

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}

const read = <T>(artist: EmojiArtist, file: string): Promise<T> =>
  readJson<T>(join(dirname(resolve(`${packages[artist]}/package.json`)), file));

/** 'NAME@VERSION' of each artist's package, and of the one that draws. */
export async function emojiVersions(): Promise<string[]> {
  const manifests = [...Object.values(packages), '@resvg/resvg-js'].map((name) =>
    readJson<{ name: string; version: string }>(resolve(`${name}/package.json`)),
  );
  return (await Promise.all(manifests)).map(({ name, version }) => `${name}@${version}`);
}

/** The ideas that two artists or more have drawn, in the order of Unicode. */
export const readIdeas = (): Promise<readonly Idea[]> => (pending ??= collectIdeas());

/** Read once a process. */
let pending: Promise<readonly Idea[]> | undefined;

async function collectIdeas(): Promise<Idea[]> {
  const ideas = new Map<string, { -readonly [K in keyof Idea]: Idea[K] }>();
  for (const artist of emojiArtists) {
    const { categories } = await read<Metadata>(artist, 'metadata.json');
    const categoryOf = new Map(
      Object.entries(categories).flatMap(([category, names]) =>
        names.map((name) => [name, categoryIndex(category)] as const),
      ),
    );
    for (const [written, name] of Object.entries(
      await read<Record<string, string>>(artist, 'chars.json'),
    )) {
      const category = categoryOf.get(name) ?? -1;
      if (category < 0) continue;
      const code = written.replace(/-fe0f/g, '');
      const known = ideas.get(code) ?? { code, name, category, toned: tone.test(code), names: {} };
      ideas.set(code, { ...known, names: { [artist]: name, ...known.names } });
    }
  }
  await addByName(ideas, 'emojione');
  return [...ideas.values()]
    .filter(({ names }) => Object.keys(names).length > 1)
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}

interface Metadata {
  readonly categories: Readonly<Record<string, readonly string[]>>;
}

const tone = /1f3f[b-f]/;

/** 'Animals Nature' is OpenMoji's word for 'Animals & Nature'; its extras are no Unicode: -1. */
const categoryIndex = (name: string): number =>
  emojiCategories.findIndex((known) => known.replace(' &', '') === name.replace(' &', ''));

/** For a package without a table of characters: its names are the others' names. */
async function addByName(ideas: Map<string, Idea>, artist: EmojiArtist): Promise<void> {
  const codes = new Map<string, string>();
  for (const { code, names } of ideas.values())
    // A name that two artists use for different characters says nothing,
    for (const name of Object.values(names))
      codes.set(name, (codes.get(name) ?? code) === code ? code : '');
  const { icons, aliases = {} } = await read<IconSet>(artist, 'icons.json');
  const claims = new Map<string, string[]>();
  for (const name of [...Object.keys(icons), ...Object.keys(aliases)]) {
    const code = codes.get(name);
    const icon = aliases[name]?.parent ?? name;
    if (code) claims.set(icon, [...(claims.get(icon) ?? []), code]);
  }
  for (const [icon, [code, ...others]] of claims) {
    // nor does a drawing that is called by the names of two: the game of cricket is no insect.
    if (others.some((other) => other !== code)) continue;
    const idea = ideas.get(code!)!;
    ideas.set(code!, { ...idea, names: { ...idea.names, [artist]: icon } });
  }
}

/** An artist's drawings by the artist's names, each as SVG text of its own. */
export async function readDrawings(artist: EmojiArtist): Promise<(name: string) => string> {
  const set = await read<IconSet>(artist, 'icons.json');
  return (name) => {
    const icon = set.icons[name] ?? set.icons[set.aliases?.[name]?.parent ?? ''];
    if (!icon) throw new Error(`emoji: ${artist} has no drawing '${name}'`);
    return svgOf(icon.body, icon.width ?? set.width, icon.height ?? set.height);
  };
}

/** The drawing in the middle of a square. */
export function svgOf(body: string, width: number, height: number): string {
  const side = Math.max(width, height);
  const [left, top] = [(width - side) / 2, (height - side) / 2];
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ' +
    `width="${side}" height="${side}" viewBox="${left} ${top} ${side} ${side}">${body}</svg>`
  );
}

/**
 * An SVG whose ids begin with a prefix, as do all references to them: two drawings in one document
 * would else take each other's gradients and masks.
 */
export function prefixIds(svg: string, prefix: string): string {
  const ids = new Set(Array.from(svg.matchAll(/\sid="([^"]+)"/g), ([, id]) => id!));
  return svg
    .replace(/(\sid=")([^"]+)"/g, (_, before: string, id: string) => `${before}${prefix}${id}"`)
    .replace(/(url\(\s*['"]?#|href="#)([^)'"\s]+)/g, (all, before: string, id: string) =>
      ids.has(id) ? `${before}${prefix}${id}` : (all as string),
    );
}
