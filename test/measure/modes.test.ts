import { data, measure, random, tf } from 'dark-matter';
import { expect, test } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const { centres, std } = data.gaussians8Modes;
const options = { centres, radius: 3 * std };

test('the data covers all eight modes, equally, but for the 1.1% beyond three standard deviations', () => {
  const { covered, quality, kl, shares } = measure.modeCoverage(
    data.gaussians8.sample(random.key(1), 8000),
    options,
  );
  expect(covered).toBe(8);
  expect(Math.abs(quality - (1 - Math.exp(-4.5)))).toBeLessThan(0.006);
  // Its mean is about 7 / (2 * 8000).
  expect(kl).toBeLessThan(0.003);
  expect(shares.reduce((a, b) => a + b)).toBeCloseTo(quality, 12);
});

test('one mode alone has a KL of log 8, two of log 4; samples that are nowhere cover nothing, and have no KL', () => {
  const at = (...modes: number[]) => tf.tensor2d(modes.map((mode) => [...centres[mode]!]));
  expect(measure.modeCoverage(at(3, 3, 3), options)).toMatchObject({
    covered: 1,
    quality: 1,
    kl: Math.log(8),
  });
  expect(measure.modeCoverage(at(0, 5), options).kl).toBeCloseTo(Math.log(4), 12);
  expect(measure.modeCoverage(tf.zeros([5, 2]), options)).toMatchObject({
    covered: 0,
    quality: 0,
    kl: NaN,
  });
});

test('collapse and divergence are told apart: samples far away change the quality, not what the good ones cover', () => {
  const good = [0, 0, 2, 5].map((mode) => [...centres[mode]!]);
  const alone = measure.modeCoverage(tf.tensor2d(good), options);
  const lost = measure.modeCoverage(
    tf.tensor2d([...good, ...Array.from({ length: 996 }, () => [50, 50])]),
    options,
  );
  expect(lost).toMatchObject({ covered: alone.covered, kl: alone.kl });
  expect([alone.quality, lost.quality]).toEqual([1, 0.004]);
});

test('a mode with less than a tenth of its fair share is not covered', () => {
  const samples = tf.tensor2d(
    Array.from({ length: 1000 }, (_, i) => [...centres[i < 12 ? 1 : 0]!]),
  );
  expect(measure.modeCoverage(samples, options).covered).toBe(1);
  expect(measure.modeCoverage(samples, { ...options, least: 0.05 }).covered).toBe(2);
});

test('leaks nothing, and names what is wrong', () => {
  const some = tf.zeros([5, 2]) as ReturnType<typeof tf.tensor2d>;
  expectNoLeak(() => void measure.modeCoverage(some, options));
  expect(() => measure.modeCoverage(tf.zeros([5, 3]), options)).toThrow(
    'samples: shape [5, 3] given',
  );
  expect(() => measure.modeCoverage(some, { centres, radius: 0 })).toThrow('radius: 0 given');
});

test('a mode is covered from a tenth of its fair share on: 3 of 100 for four modes, not 2', () => {
  const places = [0, 10, 20, 30].map((x) => [x, 0] as const);
  const at = (counts: readonly number[]) =>
    tf.tensor2d(counts.flatMap((count, c) => Array<number[]>(count).fill([...places[c]!])));
  const covered = (counts: readonly number[]) =>
    measure.modeCoverage(at(counts), { centres: places, radius: 1 }).covered;
  expect(covered([91, 3, 3, 3])).toBe(4);
  expect(covered([94, 2, 2, 2])).toBe(1);
});
