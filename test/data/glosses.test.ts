import { expect, test } from 'vitest';
import { glosses, partsOfSpeech } from '../../lib/data';
import { parseGloss } from '../../lib/data/glosses';

test('there are 117,791 definitions, none empty, and about 1.4 million words', async () => {
  const all = await glosses();
  expect(all).toHaveLength(117_791);
  expect(all.every(({ word, definition }) => word !== '' && definition !== '')).toBe(true);
  const words = all.reduce(
    (sum, { definition, examples }) =>
      sum + [definition, ...examples].join(' ').split(/\s+/).length,
    0,
  );
  expect(words).toBeGreaterThan(1_300_000);
  expect(words).toBeLessThan(1_600_000);
  const dog = all.find(
    ({ word, synonyms }) => word === 'dog' && synonyms.includes('domestic dog'),
  )!;
  expect(dog.partOfSpeech).toBe('noun');
  expect(dog.definition).toContain('a member of the genus Canis');
  expect(dog.examples).toEqual(['the dog barked all night']);
});

test('one kind alone can be had', async () => {
  const adverbs = await glosses(['adverb']);
  expect(adverbs).toHaveLength(3625);
  expect(adverbs.every(({ partOfSpeech }) => partOfSpeech === 'adverb')).toBe(true);
  await expect(glosses(['pronoun' as 'noun'])).rejects.toThrow("partsOfSpeech: 'pronoun' given");
});

test('a line is taken apart: words, definition, examples', () => {
  const line =
    '00001740 02 r 02 a_cappella 0 a_capella(ip) 0 002 \\ 02260096 a 0202 | without musical accompaniment; unaided; "they performed a cappella"; "so did we"- Anon  ';
  expect(parseGloss(line, 'adverb')).toEqual({
    word: 'a cappella',
    synonyms: ['a capella'],
    partOfSpeech: 'adverb',
    definition: 'without musical accompaniment; unaided',
    examples: ['they performed a cappella', 'so did we'],
  });
});

test('a quotation within the definition stays there; a definition may have no examples', () => {
  expect(
    parseGloss(
      '1 00 a 01 commutative 0 000 | independent of order; as in e.g. "a x b = b x a"',
      'adjective',
    ),
  ).toMatchObject({
    definition: 'independent of order; as in e.g. "a x b = b x a"',
    examples: [],
  });
  expect(() => parseGloss('not a line', 'noun', 'file')).toThrow(
    'file: not a line of a WordNet data file: not a line',
  );
});

test('a word is of the kind that most of its meanings are, whatever its case; the noun comes first in a draw', () => {
  const of = (partOfSpeech: 'noun' | 'verb' | 'adjective', ...words: string[]) => ({
    word: words[0]!,
    synonyms: words.slice(1),
    partOfSpeech,
    definition: '',
    examples: [],
  });
  const kinds = partsOfSpeech([
    of('verb', 'run', 'March'),
    of('noun', 'run', 'march'),
    of('verb', 'march', 'run'),
    of('adjective', 'red'),
    of('noun', 'Red'),
  ]);
  expect(Object.fromEntries(kinds)).toEqual({ run: 'verb', march: 'verb', red: 'noun' });
});
