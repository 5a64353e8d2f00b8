import { describe, expect, test } from 'vitest';
import { hostGenerator } from '../../lib/core/random';
import {
  bootstrap,
  mean,
  pairedDifference,
  standardDeviationOf,
  summarize,
} from '../../lib/measure';
import { studentQuantile } from '../../lib/measure/statistics';

test('mean and standard deviation are the textbook ones', () => {
  expect(mean([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5);
  expect(standardDeviationOf([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  expect(standardDeviationOf([3])).toBeNaN();
  expect(() => mean([])).toThrow('values: none given');
});

// From the tables of Student's distribution.
test.each([
  [1, 0.975, 12.7062],
  [2, 0.975, 4.30265],
  [3, 0.95, 2.35336],
  [4, 0.975, 2.77645],
  [4, 0.995, 4.60409],
  [9, 0.975, 2.26216],
  [30, 0.975, 2.04227],
  [200, 0.975, 1.9719],
])('the quantile of Student with %d degrees of freedom at %d is %d', (freedom, p, t) => {
  expect(studentQuantile(p, freedom)).toBeCloseTo(t, 4);
});

describe('summarize', () => {
  test('of five seeds gives the t interval', () => {
    const { n, low, high, mean: centre, std } = summarize([1, 2, 3, 4, 5]);
    expect([n, centre]).toEqual([5, 3]);
    expect(high - centre).toBeCloseTo((2.776445 * std) / Math.sqrt(5), 5);
    expect(centre - low).toBeCloseTo(high - centre, 12);
  });

  test('its 95% intervals hold the truth in about 95% of normal samples of three', () => {
    const generator = hostGenerator(1);
    let held = 0;
    for (let i = 0; i < 2000; i++) {
      const { low, high } = summarize([generator.normal(), generator.normal(), generator.normal()]);
      if (low <= 0 && 0 <= high) held++;
    }
    expect(Math.abs(held / 2000 - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / 2000));
  });

  test('one seed has no interval', () => {
    expect(() => summarize([1])).toThrow('one seed has no spread');
    expect(() => summarize([1, 2], 1)).toThrow('confidence: 1 given');
  });
});

test('a paired difference cancels what the seeds have in common', () => {
  const seeds = [10, 50, -30, 20, 0];
  const {
    mean: centre,
    low,
    high,
  } = pairedDifference(
    seeds.map((s) => s + 1.1),
    seeds.map((s, i) => s + 0.1 * (i % 2)),
  );
  expect(centre).toBeCloseTo(1.06, 10);
  expect(low).toBeGreaterThan(0.9);
  expect(high).toBeLessThan(1.2);
  expect(() => pairedDifference([1], [1, 2])).toThrow('1 and 2 results given');
});

describe('bootstrap', () => {
  test('of a mean is close to the normal interval', () => {
    const generator = hostGenerator(2);
    const values = Array.from({ length: 400 }, () => generator.normal());
    const { low, high } = bootstrap([400], (at) => mean(at.map((i) => 1000 * values[i]!)) / 1000);
    const half = (1.96 * standardDeviationOf(values)) / 20;
    expect((high - low) / 2 / half).toBeGreaterThan(0.88);
    expect((high - low) / 2 / half).toBeLessThan(1.12);
    expect(low).toBeLessThan(mean(values));
    expect(high).toBeGreaterThan(mean(values));
  });

  test('draws each group within itself, with the same seed the same', () => {
    const spread = bootstrap(
      [3, 50],
      (a, b) => {
        expect(Math.max(...a)).toBeLessThan(3);
        expect([a.length, b.length]).toEqual([3, 50]);
        return mean(b);
      },
      { resamples: 20, seed: 4 },
    );
    expect(bootstrap([3, 50], (_a, b) => mean(b), { resamples: 20, seed: 4 })).toEqual(spread);
    expect(bootstrap([3, 50], (_a, b) => mean(b), { resamples: 20, seed: 5 })).not.toEqual(spread);
  });

  test('a statistic that is never a number is an error, not an endless loop', () => {
    expect(() => bootstrap([3], () => NaN, { resamples: 10 })).toThrow(
      'NaN for nearly every resample',
    );
  });
});

test('intervals have the half-widths of R’s qt(0.975, df): 12.7062 for 2 seeds to 1.9842 for 101', () => {
  // R: signif(qt(0.975, c(1, 2, 3, 4, 5, 10, 30, 100)), 9)
  const quantiles = [
    [1, 12.7062047],
    [2, 4.30265273],
    [3, 3.18244631],
    [4, 2.77644511],
    [5, 2.57058184],
    [10, 2.22813885],
    [30, 2.04227246],
    [100, 1.98397152],
  ] as const;
  for (const [freedom, expected] of quantiles)
    expect(studentQuantile(0.975, freedom) / expected).toBeCloseTo(1, 8);
  // R: qt(0.995, 4), qt(0.95, 9)
  expect(studentQuantile(0.995, 4)).toBeCloseTo(4.60409487, 7);
  expect(studentQuantile(0.95, 9)).toBeCloseTo(1.83311293, 7);
});

test('bootstrap takes the quantiles of R’s type 7: of 0 to 9 the tenth part is at 0.9', () => {
  // R: quantile(0:9, c(0.1, 0.9), type = 7) is 0.9, 8.1; type 5 would be 0.5, 8.5.
  let next = 0;
  const { low, high } = bootstrap([3], () => next++, { resamples: 10, confidence: 0.8 });
  expect(low).toBeCloseTo(0.9, 12);
  expect(high).toBeCloseTo(8.1, 12);
});
