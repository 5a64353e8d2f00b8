import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutGaps } from '../../lib/gallery/withoutGaps';

test('nine of ten stay where they are; a far one comes to q (1 + ln(r/q)), in its direction', () => {
  // Twenty points around the origin, at distances 1 to 2, and one at 2 e along the first axis.
  const near = Array.from({ length: 20 }, (_, i) => {
    const [angle, radius] = [(2 * Math.PI * i) / 20, i === 7 ? 2 : 1];
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  const before = Float32Array.from([...near.flat(), 2 * Math.E, 0]);
  const after = withoutGaps(before);
  const kept = near.flat();
  // The medians are next to 0, not at it: within a tenth.
  kept.forEach((value, at) => {
    if (Math.floor(at / 2) !== 7) expect(Math.abs(after[at]! - value)).toBeLessThan(0.1);
  });
  expect(after[40]).toBeLessThan(3.2);
  expect(after[40]).toBeGreaterThan(1.5);
  expect(Math.abs(after[41]!)).toBeLessThan(0.2);
});

test('nothing moves outwards, and all places stay finite', () => {
  const coordinate = fc.integer({ min: -1000, max: 1000 });
  fc.assert(
    fc.property(fc.array(coordinate, { minLength: 2, maxLength: 60 }), (values) => {
      const before = Float32Array.from(values.slice(0, values.length & ~1));
      const after = withoutGaps(before);
      expect(after.every(Number.isFinite)).toBe(true);
      for (const axis of [0, 1]) {
        const along = (places: Float32Array) => places.filter((_, at) => at % 2 === axis);
        const extent = (places: Float32Array): number =>
          Math.max(...along(places)) - Math.min(...along(places));
        expect(extent(after)).toBeLessThanOrEqual(extent(before) + 1e-3);
      }
    }),
    { seed: 3, numRuns: 200 },
  );
});
