/** What the page computes with embeddings: quantised rows, nearest ones, groups. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupsOf } from '../../../lib/gallery/page/groups';
import { nearest } from '../../../lib/gallery/page/nearest';
import { cosineError, dequantize, quantize } from '../../../lib/gallery/page/quantize';

const DIM = 5;
const entry = fc.integer({ min: -1000, max: 1000 }).map((value) => value / 100);
const row = fc
  .array(entry, { minLength: DIM, maxLength: DIM })
  .filter((values) => values.some((value) => value !== 0));
const settings = { seed: 7, numRuns: 300 };

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [product, aa, bb] = [0, 0, 0];
  for (let d = 0; d < DIM; d++) {
    product += a[d]! * b[d]!;
    aa += a[d]! ** 2;
    bb += b[d]! ** 2;
  }
  return product / Math.sqrt(aa * bb);
};

describe('quantised embeddings', () => {
  test('a cosine is off by no more than the bound, and the bound is small', () => {
    fc.assert(
      fc.property(row, row, (a, b) => {
        const quantized = quantize([...a, ...b], DIM);
        const rows = dequantize(quantized);
        const bound = cosineError(DIM, quantized.scales[0]!, quantized.scales[1]!);
        let product = 0;
        for (let d = 0; d < DIM; d++) product += rows[d]! * rows[DIM + d]!;
        // Float32 holds the rows, and rounds the scales, to 24 bits.
        expect(Math.abs(product - cosine(a, b))).toBeLessThan(bound + 1e-6);
        expect(bound).toBeLessThan(1e-4);
      }),
      settings,
    );
  });

  test('lengths are lost, directions are not: rows that differ in length give the same integers', () => {
    const once = quantize([3, -4, 0, 0, 1], DIM);
    expect(quantize([300, -400, 0, 0, 100], DIM)).toEqual(once);
  });

  test('a row of zeros stays zero', () => {
    expect([...dequantize(quantize([0, 0, 0, 0, 0], DIM))]).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('the nearest', () => {
  test('are those that sorting all by their cosine gives', () => {
    const bank = fc.array(row, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(bank, row, fc.integer({ min: 1, max: 8 }), (rows, query, k) => {
        const unit = dequantize(quantize(rows.flat(), DIM));
        const expected = rows
          .map((each) => cosine(each, query))
          .sort((a, b) => b - a)
          .slice(0, k);
        const found = nearest(unit, query, k);
        expect(found).toHaveLength(expected.length);
        found.forEach(({ cosine: value }, i) => expect(value).toBeCloseTo(expected[i]!, 3));
        expect(new Set(found.map(({ index }) => index)).size).toBe(found.length);
      }),
      settings,
    );
  });

  test('leave the query itself out, and of equal ones name the lower first', () => {
    const rows = Float32Array.from([1, 0, 1, 0, 0, 1, 1, 0]);
    expect(nearest(rows, [2, 0], 3, 0)).toEqual([
      { index: 1, cosine: 1 },
      { index: 3, cosine: 1 },
      { index: 2, cosine: 0 },
    ]);
  });
});

test('pairs that hang together are one group, in whatever order they come', () => {
  const pairs = [8, 9, 1, 2, 2, 3, 5, 1];
  expect(groupsOf(pairs, 10)).toEqual([
    [1, 2, 3, 5],
    [8, 9],
  ]);
  expect(groupsOf([...pairs].reverse(), 10)).toEqual(groupsOf(pairs, 10));
  expect(groupsOf([], 10)).toEqual([]);
});
