import fc from 'fast-check';
import { expect, test } from 'vitest';
import { measure } from 'dark-matter';

/** Student's own sleep data, as R has them: hours gained with two drugs by ten patients. */
const drug1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const drug2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

test("the paired t test of Student's sleep data is R's t.test(paired = TRUE)", () => {
  const { mean, t, p, low, high, n } = measure.pairedTest(drug1, drug2);
  expect(n).toBe(10);
  expect(mean).toBeCloseTo(-1.58, 10);
  expect(t).toBeCloseTo(-4.0621, 4);
  expect(p).toBeCloseTo(0.002833, 6);
  expect(low).toBeCloseTo(-2.4598858, 6);
  expect(high).toBeCloseTo(-0.7001142, 6);
});

test('equal results are no evidence, and a difference without spread is certain', () => {
  expect(measure.pairedTest([1, 2, 3], [1, 2, 3])).toMatchObject({ mean: 0, t: 0, p: 1 });
  expect(measure.pairedTest([2, 3, 4], [1, 2, 3])).toMatchObject({ mean: 1, t: Infinity, p: 0 });
});

test("Holm's correction is R's p.adjust(p, 'holm')", () => {
  const adjusted = measure.holm([0.01, 0.02, 0.03, 0.04]);
  [0.04, 0.06, 0.06, 0.06].forEach((p, i) => expect(adjusted[i]).toBeCloseTo(p, 12));
  const mixed = measure.holm([0.8, 0.005, 0.04, 0.3]);
  [0.8, 0.02, 0.12, 0.6].forEach((p, i) => expect(mixed[i]).toBeCloseTo(p, 12));
  expect(measure.holm([0.5, 0.6])).toEqual([1, 1]);
  expect(measure.holm([])).toEqual([]);
});

test("Holm's p-values are never below the raw ones nor above Bonferroni's, in the same order", () => {
  const p = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
  fc.assert(
    fc.property(fc.array(p, { minLength: 1, maxLength: 12 }), (raw) => {
      const adjusted = measure.holm(raw);
      raw.forEach((value, i) => {
        expect(adjusted[i]).toBeGreaterThanOrEqual(value);
        expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, raw.length * value) + 1e-12);
        raw.forEach((other, j) => {
          if (value < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!);
        });
      });
    }),
    { seed: 20 },
  );
});

test('a p-value outside [0, 1] and lists of different lengths are refused', () => {
  expect(() => measure.holm([0.1, 1.2])).toThrow('pValues[1]: 1.2 given');
  expect(() => measure.holm([NaN])).toThrow('pValues[0]: NaN given');
  expect(() => measure.pairedTest([1, 2], [1])).toThrow('2 and 1 results given');
});

test('however large t is, p is a probability: 0 at the least', () => {
  for (const n of [9, 11, 15, 29]) {
    for (let thousandths = 1; thousandths <= 300; thousandths++) {
      const a = Array.from({ length: n }, (_, i) => 1 + (thousandths / 1000) * (i % 2));
      const { t, p } = measure.pairedTest(a, new Float64Array(n));
      expect(t).toBeGreaterThan(20);
      expect(p, `${n} seeds, t ${t}`).toBeGreaterThanOrEqual(0);
    }
  }
});
