import fc from 'fast-check';
import { expect, test } from 'vitest';
import { farthestFirst } from '../../lib/gallery/spacing';

const apart = (places: ArrayLike<number>, i: number, j: number): number =>
  Math.max(
    Math.abs(places[2 * i]! - places[2 * j]!),
    Math.abs(places[2 * i + 1]! - places[2 * j + 1]!),
  );

test('of nine on a line the ends come first, then the middle, then the quarters', () => {
  const line = Float32Array.from({ length: 18 }, (_, at) => (at % 2 === 0 ? at / 2 : 0));
  expect([...farthestFirst(line)]).toEqual([Infinity, 1, 2, 1, 4, 1, 2, 1, 8]);
});

const places = fc
  .array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 80 })
  .map((values) => Float32Array.from(values.slice(0, values.length & ~1), (value) => value / 1000));

test('squares of any side: those drawn do not overlap, and every other lies within a side of one', () => {
  fc.assert(
    fc.property(places, fc.integer({ min: 1, max: 900 }), (points, thousandths) => {
      const side = thousandths / 1000;
      const spacing = farthestFirst(points);
      const all = [...spacing.keys()];
      const drawn = all.filter((i) => spacing[i]! >= side);
      for (const i of drawn)
        for (const j of drawn)
          if (i !== j) expect(apart(points, i, j)).toBeGreaterThanOrEqual(side);
      for (const i of all)
        expect(drawn.some((j) => i === j || apart(points, i, j) < side)).toBe(true);
    }),
    { seed: 21, numRuns: 200 },
  );
});

test('those beyond the ordered ones know the nearest that is ordered', () => {
  const points = Float32Array.from([0, 0, 10, 0, 4, 0, 9, 0]);
  expect([...farthestFirst(points, 2)]).toEqual([Infinity, 10, 4, 1]);
});
