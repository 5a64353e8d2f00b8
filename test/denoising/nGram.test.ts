import { denoising } from 'dark-matter';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const { nGram, twoSided } = denoising;
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
const text = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 3, maxLength: 60 });
const context = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 });

test('probabilities are above 0 and sum to one, for every text, order and context, seen or not', () => {
  fc.assert(
    fc.property(text, context, fc.integer({ min: 1, max: 3 }), (tokens, before, order) => {
      const p = nGram(tokens, { order, vocabulary: 6 }).probabilities(before);
      expect(sum(p)).toBeCloseTo(1, 10);
      expect(Math.min(...p)).toBeGreaterThan(0);
    }),
  );
});

test('one probability is the entry of all of them', () => {
  fc.assert(
    fc.property(text, context, fc.integer({ min: 1, max: 3 }), (tokens, before, order) => {
      const model = nGram(tokens, { order, vocabulary: 6 });
      model
        .probabilities(before)
        .forEach((p, word) => expect(model.probability(before, word)).toBeCloseTo(p, 12));
    }),
  );
});

test('a bigram model by hand: counts, continuation counts and discounts', () => {
  // Bigrams of 0 1 0 1 0 2 3: 01 twice, 10 twice, 02 and 23 once: D = 2 / (2 + 2 * 2) = 1/3.
  // Continuations: 0 after {1}, 1 after {0}, 2 after {0}, 3 after {2}: one each, none twice, so D =
  // 1/2; p1 = (1 - 1/2) / 4 + (1/2 * 4 / 4) / 4 = 1/4.
  const model = nGram([0, 1, 0, 1, 0, 2, 3], { order: 2, vocabulary: 4 });
  const back = ((1 / 3) * 2) / 3 / 4; // D N(0) / c(0) * p1
  expect(model.probability([0], 1)).toBeCloseTo((2 - 1 / 3) / 3 + back, 12);
  expect(model.probability([0], 2)).toBeCloseTo((1 - 1 / 3) / 3 + back, 12);
  expect(model.probability([0], 3)).toBeCloseTo(back, 12);
  expect(model.probability([3], 1)).toBeCloseTo(1 / 4, 12); // nothing is known of what follows 3
});

test('Kneser and Ney: a word that is frequent in one phrase only is not expected elsewhere', () => {
  // 5 ("Francisco") always after 4 ("San"); 1 as often, after everything.
  const tokens = [4, 5, 0, 1, 4, 5, 2, 1, 4, 5, 3, 1, 4, 5, 0, 2, 3];
  const model = nGram(tokens, { order: 2, vocabulary: 7 });
  expect(model.probability([6], 5)).toBeLessThan(model.probability([6], 1));
  const unigram = nGram(tokens, { order: 1, vocabulary: 7 });
  expect(unigram.probability([], 5)).toBeGreaterThan(unigram.probability([], 1));
});

test('only the last order - 1 words of the context count', () => {
  const model = nGram([0, 1, 2, 0, 1, 3, 2, 1, 0], { order: 3, vocabulary: 4 });
  expect(model.probabilities([3, 2, 0, 1])).toEqual(model.probabilities([0, 1]));
});

test("from both sides: Bayes' rule over the whole text", () => {
  fc.assert(
    fc.property(
      text,
      fc.tuple(context, context),
      fc.integer({ min: 1, max: 3 }),
      (tokens, [left, right], order) => {
        const model = nGram(tokens, { order, vocabulary: 6 });
        const whole = Array.from({ length: 6 }, (_, word) => {
          const line = [...left, word, ...right];
          return line.reduce((p, token, i) => p * model.probability(line.slice(0, i), token), 1);
        });
        twoSided(model, left, right).forEach((p, word) =>
          expect(p).toBeCloseTo(whole[word]! / sum(whole), 9),
        );
      },
    ),
  );
});

test('says what is wrong with its arguments', () => {
  expect(() => nGram([0, 1, 9], { order: 2, vocabulary: 4 })).toThrow(
    'tokens: 9 given, a whole number in [0, 4) expected',
  );
  expect(() => nGram([0], { order: 2, vocabulary: 4 })).toThrow(
    '1 tokens given, at least 2 expected',
  );
  expect(() => nGram([0, 1], { order: 5, vocabulary: 4096 })).toThrow('below 2 ** 53 expected');
  expect(() => nGram([0, 1], { order: 2, vocabulary: 4 }).probability([0], 4)).toThrow(
    'word: 4 given',
  );
});
