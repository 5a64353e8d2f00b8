import { compile, denoising, random, tf } from 'dark-matter';
import { expect, test } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const { maskTokens, substituteTokens } = denoising;
const [batch, length, vocabulary] = [400, 20, 50];
const tokens = random.randint(random.key(1), [batch, length], 10, vocabulary) as ReturnType<
  typeof tf.tensor2d
>;
const options = { count: 5, mask: 1, words: [10, vocabulary] as const };
const rows = (x: { arraySync(): unknown }) => x.arraySync() as number[][];

test('chosen places are different, their targets are what stood there, and nothing else changes', () => {
  const masked = maskTokens(tokens, random.key(2), options);
  const [before, after, places, targets] = [
    tokens,
    masked.tokens,
    masked.places,
    masked.targets,
  ].map(rows) as [number[][], number[][], number[][], number[][]];
  before.forEach((row, i) => {
    expect(new Set(places[i]).size).toBe(5);
    expect(targets[i]).toEqual(places[i]!.map((place) => row[place]));
    row.forEach((token, j) => {
      if (!places[i]!.includes(j)) expect(after[i]![j]).toBe(token);
    });
  });
  expect(masked.weights.min().dataSync()[0]).toBe(1);
});

test('of the chosen about 80% are hidden, 10% another word, 10% as they were; every place is as likely', () => {
  const masked = maskTokens(tokens, random.key(3), options);
  const [after, places, targets] = [masked.tokens, masked.places, masked.targets].map(rows) as [
    number[][],
    number[][],
    number[][],
  ];
  const at = new Array<number>(length).fill(0);
  let [hidden, kept] = [0, 0];
  places.forEach((row, i) =>
    row.forEach((place, j) => {
      at[place]!++;
      if (after[i]![place] === options.mask) hidden++;
      else if (after[i]![place] === targets[i]![j]) kept++;
    }),
  );
  const all = batch * options.count;
  // Five standard deviations. A word drawn at random is the old one in one of 40.
  expect(Math.abs(hidden / all - 0.8)).toBeLessThan(5 * Math.sqrt(0.16 / all));
  expect(Math.abs(kept / all - 0.1025)).toBeLessThan(5 * Math.sqrt(0.092 / all));
  for (const count of at)
    expect(Math.abs(count / batch - 0.25)).toBeLessThan(5 * Math.sqrt(0.1875 / batch));
});

test('only eligible tokens are chosen; where a row has too few, the weights say so', () => {
  const few = tf.tensor2d(
    [
      [10, 11, 12, 13],
      [20, 11, 21, 22],
      [10, 11, 12, 13],
    ],
    undefined,
    'int32',
  );
  const eligible = Array.from({ length: vocabulary }, (_, id) => (id >= 20 ? 1 : 0));
  const masked = maskTokens(few, random.key(4), { ...options, count: 4, eligible, shares: [1, 0] });
  expect(rows(masked.weights.sum(1, true))).toEqual([[0], [3], [0]]);
  expect(rows(masked.tokens)).toEqual([
    [10, 11, 12, 13],
    [1, 11, 1, 1],
    [10, 11, 12, 13],
  ]);
});

test('substituted: at the rate asked, told where, and a word drawn for itself is not told', () => {
  const { tokens: seen, replaced } = substituteTokens(tokens, random.key(5), {
    rate: 0.3,
    words: options.words,
  });
  expect(rows(seen.notEqual(tokens).toFloat())).toEqual(rows(replaced));
  const rate = replaced.mean().dataSync()[0]!;
  expect(Math.abs(rate - 0.3 * (39 / 40))).toBeLessThan(5 * Math.sqrt(0.21 / (batch * length)));
  const none = substituteTokens(tokens, random.key(5), {
    rate: 1,
    words: options.words,
    eligible: new Uint8Array(vocabulary),
  });
  expect(none.replaced.sum().dataSync()[0]).toBe(0);
});

test('the same key masks alike, compiled or not; another key does not; no tensor is left', () => {
  const chosen = { ...options, eligible: Array.from({ length: vocabulary }, (_, id) => id % 2) };
  const compiled = compile((x: typeof tokens, key: random.Key) => ({
    ...maskTokens(x, key, chosen),
  }));
  const [a, b, c] = [
    maskTokens(tokens, random.key(6), chosen),
    compiled(tokens, random.key(6)),
    maskTokens(tokens, random.key(7), chosen),
  ];
  expect(rows(b.tokens)).toEqual(rows(a.tokens));
  expect(rows(b.places)).toEqual(rows(a.places));
  expect(rows(c.places)).not.toEqual(rows(a.places));
  const key = random.key(8);
  expectNoLeak(() => tf.dispose({ ...maskTokens(tokens, key, options) }));
  expectNoLeak(() =>
    tf.dispose({ ...substituteTokens(tokens, key, { rate: 0.5, words: options.words }) }),
  );
});

test('says what is wrong with its arguments', () => {
  expect(() => maskTokens(tokens, random.key(0), { ...options, count: 21 })).toThrow(
    'maskTokens: count: 21 given',
  );
  expect(() => maskTokens(tokens, random.key(0), { ...options, shares: [0.8, 0.3] })).toThrow(
    'maskTokens: shares: 0.3 given',
  );
  expect(() => substituteTokens(tokens, random.key(0), { rate: 2, words: options.words })).toThrow(
    'substituteTokens: rate: 2 given',
  );
});
