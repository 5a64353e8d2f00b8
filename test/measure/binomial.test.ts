import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binomialInterval, binomialTail } from '../../lib/measure';

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
    fc.property(
      fc.integer({ min: 2, max: 400 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, part) => {
        const k = Math.min(n - 1, Math.max(1, Math.round(n * part)));
        const { low, high } = binomialInterval(k, n, 0.9);
        expect(binomialTail(k, n, low)).toBeCloseTo(0.05, 6);
        expect(1 - binomialTail(k + 1, n, high)).toBeCloseTo(0.05, 6);
      },
    ),
    { numRuns: 40 },
  );
});

test('names what is wrong', () => {
  expect(() => binomialInterval(5, 4)).toThrow('successes: 5 given');
  expect(() => binomialInterval(1, 4, 1)).toThrow('confidence: 1 given');
});
