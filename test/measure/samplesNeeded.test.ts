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

test('an error that was infinite before gives no line to read off: the number tried is the answer', () => {
  const { needed, tried } = samplesNeeded((n) => (n < 10 ? Infinity : 0.5), {
    tolerance: 1,
    from: 2,
    most: 100,
  });
  expect(needed).toBe(16);
  expect(tried.map(({ n }) => n)).toEqual([2, 4, 8, 16]);
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
