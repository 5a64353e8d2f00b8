import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crossing } from '../../lib/measure';
import { evenly } from '../helpers/numbers';

const x = [1, 3, 10, 30, 100];

test('a curve that is straight over log x is crossed exactly where it should be', () => {
  fc.assert(
    fc.property(evenly(0.1, 5), evenly(-20, 20), evenly(1, 100), (slope, offset, at) => {
      const y = x.map((value) => offset + slope * Math.log(value));
      expect(crossing({ x, y }, offset + slope * Math.log(at)).at).toBeCloseTo(at, 6);
    }),
    { seed: 1 },
  );
});

test('x and y may be scaled: the crossing is scaled with x, and does not feel y', () => {
  fc.assert(
    fc.property(evenly(0.1, 9), evenly(0.1, 9), evenly(41, 94), (a, b, level) => {
      const y = [40, 60, 75, 86, 95];
      const scaled = crossing(
        { x: x.map((v) => a * v), y: y.map((v) => b * v - 3) },
        b * level - 3,
      );
      expect(scaled.at / a).toBeCloseTo(crossing({ x, y }, level).at, 6);
    }),
    { seed: 2 },
  );
});

test('at a measured point it is that point; a dip after the first crossing does not matter', () => {
  expect(crossing({ x: [1, 3, 10], y: [1, 2, 3] }, 2)).toEqual({ at: 3 });
  expect(crossing({ x: [1, 3, 10], y: [1, 2, 0] }, 1)).toEqual({ at: 1 });
  const dip = { x: [1, 10, 100, 1000], y: [0, 2, 1, 3] };
  expect(crossing(dip, 1).at).toBeCloseTo(Math.sqrt(10), 12);
});

test('out of the measured range it gives the nearest end, and says on which side it is', () => {
  expect(crossing({ x, y: [40, 60, 75, 86, 95] }, 30)).toEqual({ at: 1, beyond: 'below' });
  expect(crossing({ x, y: [40, 60, 75, 86, 95] }, 96)).toEqual({ at: 100, beyond: 'above' });
});

test('what is no curve is refused', () => {
  expect(() => crossing({ x: [1, 2], y: [1] }, 1)).toThrow('x, y: 2 and 1 values given');
  expect(() => crossing({ x: [], y: [] }, 1)).toThrow('equal numbers of at least 1');
  expect(() => crossing({ x: [2, 1], y: [1, 2] }, 1)).toThrow('x[1]: 1 given');
  expect(() => crossing({ x: [0], y: [1] }, 1)).toThrow('x[0]: 0 given');
  expect(() => crossing({ x: [1], y: [NaN] }, 1)).toThrow('y: NaN given, finite numbers');
  expect(() => crossing({ x: [1], y: [1] }, NaN)).toThrow('level: NaN given');
});
