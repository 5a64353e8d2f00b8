import { expect, test } from 'vitest';
import fc from 'fast-check';
import { auroc, aurocInterval } from '../../lib/measure';
import { hostGenerator } from '../../lib/core/random';

const scores = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 12 });

test('is the share of pairs in the right order, ties counting half', () => {
  fc.assert(
    fc.property(scores, scores, (negatives, positives) => {
      const pairs = negatives.flatMap((n) =>
        positives.map((p): number => (p > n ? 1 : p === n ? 0.5 : 0)),
      );
      expect(auroc(negatives, positives)).toBeCloseTo(
        pairs.reduce((a, b) => a + b) / pairs.length,
        12,
      );
    }),
  );
});

test('is 1 when separated, 0 upside down, 1/2 for constant scores; swapping the kinds gives 1 minus it', () => {
  expect(auroc([1, 2], [3, 4])).toBe(1);
  expect(auroc([3, 4], [1, 2])).toBe(0);
  expect(auroc([7, 7], [7])).toBe(0.5);
  fc.assert(
    fc.property(scores, scores, (a, b) => {
      expect(auroc(a, b) + auroc(b, a)).toBeCloseTo(1, 12);
    }),
  );
});

test('depends on the order of the scores alone', () => {
  fc.assert(
    fc.property(scores, scores, (a, b) => {
      const monotone = (list: number[]) => list.map((v) => Math.exp(v) + 3);
      expect(auroc(monotone(a), monotone(b))).toBeCloseTo(auroc(a, b), 12);
    }),
  );
});

test('of two unit Gaussians one apart is Phi(1 / sqrt 2) = 0.7602, and the interval holds it', () => {
  const generator = hostGenerator(3);
  const negatives = Array.from({ length: 800 }, () => generator.normal());
  const positives = Array.from({ length: 800 }, () => 1 + generator.normal());
  const { auroc: value, low, high } = aurocInterval(negatives, positives);
  expect(Math.abs(value - 0.7602)).toBeLessThan(0.04);
  expect(low).toBeLessThan(0.7602);
  expect(high).toBeGreaterThan(0.7602);
  // Hanley & McNeil's standard error here is 0.0118.
  expect((high - low) / (2 * 1.96)).toBeGreaterThan(0.009);
  expect((high - low) / (2 * 1.96)).toBeLessThan(0.015);
});

test('infinities are scores, NaN and nothing are not', () => {
  expect(auroc([0, 1], [Infinity])).toBe(1);
  expect(() => auroc([NaN], [1])).toThrow('negatives[0]: NaN given');
  expect(() => auroc([1], [])).toThrow('positives: no scores given');
});
