import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binomialInterval, binomialTail } from '../../lib/measure';
import { evenly } from '../helpers/numbers';

test('the tail of 10 fair coins is what counting says', () => {
  expect(binomialTail(10, 10, 0.5)).toBeCloseTo(1 / 1024, 12);
  expect(binomialTail(8, 10, 0.5)).toBeCloseTo(56 / 1024, 12);
  expect(binomialTail(0, 10, 0.5)).toBe(1);
});

test('the interval is Clopper and Pearson’s: of 8 in 10 from 0.4439 to 0.9748, of 0 in 10 from 0 to 0.3085', () => {
  const some = binomialInterval(8, 10);
  expect(some.low).toBeCloseTo(0.4439, 4);
  expect(some.high).toBeCloseTo(0.9748, 4);
  const none = binomialInterval(0, 10);
  expect(none.low).toBe(0);
  expect(none.high).toBeCloseTo(0.3085, 4);
});

test('at its ends the tails have half of what the confidence leaves, for any count', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 400 }), evenly(0, 1), (n, part) => {
      const k = Math.min(n - 1, Math.max(1, Math.round(n * part)));
      const { low, high } = binomialInterval(k, n, 0.9);
      expect(binomialTail(k, n, low)).toBeCloseTo(0.05, 6);
      expect(1 - binomialTail(k + 1, n, high)).toBeCloseTo(0.05, 6);
    }),
    { numRuns: 40 },
  );
});

test('names what is wrong', () => {
  expect(() => binomialInterval(5, 4)).toThrow('successes: 5 given');
  expect(() => binomialInterval(1, 4, 1)).toThrow('confidence: 1 given');
});

test('intervals and tails are R’s', () => {
  // R: binom.test(7, 20)$conf.int
  const seven = binomialInterval(7, 20);
  expect(seven.low).toBeCloseTo(0.1539092, 6);
  expect(seven.high).toBeCloseTo(0.5921885, 6);
  // R: binom.test(1, 30, conf.level = 0.9)$conf.int; at one success the lower end has a closed
  // form, 1 - 0.95^(1/30).
  expect(binomialInterval(1, 30, 0.9).low).toBeCloseTo(1 - 0.95 ** (1 / 30), 10);
  // R: pbinom(11, 20, 0.3, lower.tail = FALSE)
  expect(binomialTail(12, 20, 0.3)).toBeCloseTo(0.005138162, 8);
});

test('a tail is the sum of its terms, by whole-number arithmetic', () => {
  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
  for (const [k, n, p] of [
    [3, 9, 0.2],
    [0, 4, 0.5],
    [6, 6, 0.7],
  ] as const) {
    let sum = 0;
    for (let i = k; i <= n; i++) sum += choose(n, i) * p ** i * (1 - p) ** (n - i);
    expect(binomialTail(k, n, p)).toBeCloseTo(sum, 12);
  }
});
