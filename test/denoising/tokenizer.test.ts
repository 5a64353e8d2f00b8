import { denoising } from 'dark-matter';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const { tokenizer } = denoising;
const texts = [
  'the cat sat on the mat',
  'the dog sat on the log',
  'a caterpillar; a catalogue, a cathedral',
  'low lower lowest, new newer newest',
];
const small = tokenizer(texts, { vocabulary: 3 + 256 + 20 + 6, merges: 20 });

test('any text comes back from its tokens: any language, spaces, line ends, signs', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(small.decode(small.encode(text))).toBe(text);
    }),
  );
  for (const text of [
    '',
    ' ',
    '  two  spaces\n\tand a tab ',
    '\ufeffa mark',
    'naïve café – 日本語 🙂',
    '[MASK]',
  ])
    expect(small.decode(small.encode(text))).toBe(text);
});

test('every token is in the vocabulary, and two texts have the same tokens only when they are the same', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      const [first, second] = [small.encode(a), small.encode(b)];
      expect(first.every((id) => id >= 3 && id < small.vocabulary)).toBe(true);
      expect(first.join() === second.join()).toBe(a === b);
    }),
  );
});

test('a frequent word is one token, wherever it stands; a rare one is spelt with pieces, fewer than its letters', () => {
  expect(small.encode('the sat on the')).toHaveLength(4);
  const [first, , , last] = small.encode('the sat on the');
  expect(first).toBe(last);
  expect(small.tokens[first!]).toBe(' the');
  expect(small.isWord[first!]).toBe(1);
  const rare = small.encode('caterpillar');
  expect(rare.length).toBeGreaterThan(1);
  expect(rare.length).toBeLessThan('caterpillar'.length);
  expect(Array.from(rare, (id) => small.isWord[id])).not.toContain(1);
});

test('the pair that is joined first is the most frequent one, and pieces are joined in the order they were learnt', () => {
  // 'ab' five times, 'bc' four times: ab first; then 'abc' cannot use bc.
  const pairs = tokenizer(['xab xab xab abc abc bc bc'], { vocabulary: 3 + 256 + 1, merges: 1 });
  expect(pairs.tokens[3 + 256]).toBe('ab');
});

test('the special tokens decode to nothing, and no text has them', () => {
  const ids = [small.mask, ...small.encode('the cat'), small.separator, small.padding];
  expect(small.decode(ids)).toBe('the cat');
  expect(Array.from(small.encode('[PAD] [MASK]'))).not.toContain(small.mask);
});

test('says what is wrong with its arguments', () => {
  expect(() => tokenizer(texts, { vocabulary: 100, merges: 0 })).toThrow(
    'tokenizer: vocabulary: 100 given',
  );
  expect(() => tokenizer(['one two'], { vocabulary: 300, merges: 0 })).toThrow(
    'only 2 different words for 41 places',
  );
  expect(() => tokenizer(['one one two two'], { vocabulary: 259 + 20 + 1, merges: 20 })).toThrow(
    'pairs to join',
  );
  expect(() => small.decode([small.vocabulary])).toThrow(`ids: ${small.vocabulary} given`);
});
