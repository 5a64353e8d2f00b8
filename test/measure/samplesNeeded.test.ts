import fc from 'fast-check';
import { expect, test } from 'vitest';
import { samplesNeeded } from '../../lib/measure';
import { evenly } from '../helpers/numbers';

test('finds where error = c / n meets the tolerance exactly, wherever it starts', () => {
  fc.assert(
    fc.property(evenly(20, 5000), fc.integer({ min: 1, max: 16 }), (c, from) => {
      expect(samplesNeeded((n) => c / n, { tolerance: 1, from, most: 1e6 }).needed / c).toBeCloseTo(
        1,
        9,
      );
    }),
  );
});

test('where nothing is found below a number, that number is the answer to a tenth', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 5000 }), (least) => {
      const { needed } = samplesNeeded((n) => (n < least ? Infinity : 0.5), {
        tolerance: 1,
        from: 2,
        most: 2 ** 14,
      });
      expect(needed).toBeGreaterThanOrEqual(least);
      expect(needed).toBeLessThanOrEqual(Math.max(1.1 * least, least + 1));
    }),
    { seed: 1 },
  );
});

test('an answer above the first found is read off, though nothing was found just below', () => {
  const errorOf = (n: number) => (n < 10 ? Infinity : 14 / n);
  const { needed, tried } = samplesNeeded(errorOf, { tolerance: 1, from: 2, most: 100 });
  expect(needed).toBeCloseTo(14, 9);
  expect(tried.map(({ n }) => n)).toEqual([2, 4, 8, 16, 11]);
});

test('is Infinity when the most is not enough, and refuses NaN', () => {
  expect(samplesNeeded(() => 5, { tolerance: 1, from: 2, most: 9 }).needed).toBe(Infinity);
  expect(() => samplesNeeded(() => NaN, { tolerance: 1, from: 2, most: 9 })).toThrow(
    'errorOf(2): NaN given',
  );
  expect(() => samplesNeeded(() => 1, { tolerance: 0, from: 2, most: 9 })).toThrow(
    'tolerance: 0 given',
  );
});
