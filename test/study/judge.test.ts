import { afterAll, expect, test } from 'vitest';
import { judge, scoreOf, tf } from 'dark-matter';
import { expectNoLeak } from '../helpers/memory';
import { blobs } from '../measure/support';

const train = blobs(120, 6, 3, { spread: 0.05 });
const test_ = blobs(60, 6, 3, { spread: 0.05, seed: 1 });
afterAll(() => tf.dispose([train.features, test_.features]));

test('classes far apart are told apart by every judge, and the binomial interval is the exact one', () => {
  const scores = judge({ train, test: test_ });
  expect(Object.keys(scores)).toEqual([
    '20-NN, %',
    'linear, %',
    '10 labels a class, %',
    '1 label a class, %',
  ]);
  for (const score of Object.values(scores)) {
    expect(score.value).toBe(100);
    // Clopper and Pearson: where all of n succeed, the lower bound is (0.025) ^ (1 / n).
    expect(score.binomial.low).toBeCloseTo(100 * 0.025 ** (1 / 60), 6);
    expect(score.binomial.high).toBe(100);
  }
  expect(scores['linear, %']!.overDraws).toBeUndefined();
  expect(scores['10 labels a class, %']!.draws).toHaveLength(5);
  expect(scores['10 labels a class, %']!.overDraws).toEqual({ low: 100, high: 100 });
});

test('features that know nothing are at chance, and one label a class is no better than ten', () => {
  const features = tf.zeros([60, 4]) as typeof train.features;
  const blind = { features, labels: test_.labels };
  for (const { value } of Object.values(judge({ train: blind, test: blind })))
    expect(value).toBeCloseTo(100 / 3, 4);
  features.dispose();
});

test("the interval over draws is Student's: 90, 92 and 94 give 92 ± 4.303 * 2 / sqrt 3", () => {
  const { value, draws, overDraws } = scoreOf([0.9, 0.92, 0.94], 100);
  expect(value).toBeCloseTo(92, 10);
  expect(draws.map(Math.round)).toEqual([90, 92, 94]);
  expect(overDraws!.high).toBeCloseTo(92 + (4.302653 * 2) / Math.sqrt(3), 4);
  expect(overDraws!.low).toBeCloseTo(92 - (4.302653 * 2) / Math.sqrt(3), 4);
});

test('the draws are those of the seed, and options reach the judges', () => {
  const spread = blobs(120, 6, 3, { spread: 3 });
  const options = { perClass: [1], draws: 3, k: 5 };
  const [first, again, other] = [0, 0, 7].map((seed) =>
    judge({ train: spread, test: spread }, { ...options, seed }),
  );
  expect(Object.keys(first!)).toEqual(['5-NN, %', 'linear, %', '1 label a class, %']);
  expect(again).toEqual(first);
  expect(other!['1 label a class, %']!.draws).not.toEqual(first!['1 label a class, %']!.draws);
  spread.features.dispose();
});

test('judging leaves no tensors behind', () => {
  expectNoLeak(() => void judge({ train, test: test_ }, { perClass: [1], draws: 1 }));
});
