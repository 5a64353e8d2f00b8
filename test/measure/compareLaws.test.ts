import { expect, test } from 'vitest';
import { hostGenerator } from '../../lib/core/random';
import { compareLaws } from '../../lib/measure';

const generator = hostGenerator(3);
const noisy = (x: readonly number[], law: (v: number) => number, spread = 0.3) =>
  x.map((v) => law(v) * Math.exp(spread * generator.normal()));
const thrice = (x: readonly number[]) => x.flatMap((v) => [v, v, v]);
const wide = thrice([2, 4, 8, 12, 16, 20]);

test('over a wide range each law is found, and a product of both is neither', () => {
  expect(
    compareLaws(
      wide,
      noisy(wide, (v) => Math.exp(v / 2), 0.1),
    ).fits,
  ).toBe('exponential');
  expect(
    compareLaws(
      wide,
      noisy(wide, (v) => v ** 2, 0.1),
    ).fits,
  ).toBe('power');
  const product = compareLaws(
    wide,
    noisy(wide, (v) => v ** 2 * Math.exp(v / 3), 0.1),
  );
  expect(product.fits).toBe('neither');
  expect(product.both.rate.mean).toBeCloseTo(1 / 3, 1);
});

test('over a narrow range they cannot be told apart: either, in at least 85 of 100 draws', () => {
  const narrow = thrice([8, 9, 10]);
  const verdicts = Array.from(
    { length: 100 },
    () =>
      compareLaws(
        narrow,
        noisy(narrow, (v) => Math.exp(v / 3)),
      ).fits,
  );
  expect(verdicts.filter((fits) => fits === 'either').length).toBeGreaterThanOrEqual(85);
});

test('a true law is rejected in about 5% of 1000 draws: 30 to 70', () => {
  const rejected = Array.from({ length: 1000 }, () => {
    const { exponent } = compareLaws(
      wide,
      noisy(wide, (v) => Math.exp(v / 3)),
    ).both;
    return exponent.low > 0 || exponent.high < 0;
  }).filter(Boolean).length;
  expect(rejected).toBeGreaterThan(30);
  expect(rejected).toBeLessThan(70);
});

test('exact products are found exactly, and too few different x are named', () => {
  const { both } = compareLaws(
    wide,
    wide.map((v) => 3 * v ** 1.5 * Math.exp(0.2 * v)),
  );
  expect(both.rate.mean).toBeCloseTo(0.2, 9);
  expect(both.exponent.mean).toBeCloseTo(1.5, 9);
  expect(both.residual).toBeCloseTo(0, 9);
  expect(both.r2).toBeCloseTo(1, 12);
  expect(() => compareLaws([1, 2, 1, 2], [1, 2, 3, 4])).toThrow(/3 different values/);
});

test('the power may be of another size: a polynomial that is no power of x is then one', () => {
  const sizes = wide.map((v) => (v * (v + 3)) / 2);
  const counts = sizes.map((c, i) => 2 * c * (i % 2 ? 1.02 : 0.98));
  expect(compareLaws(wide, counts).fits).toBe('neither');
  const { fits, power, both } = compareLaws(wide, counts, sizes);
  expect(fits).toBe('power');
  expect(power.rate).toBeCloseTo(1, 2);
  expect(both.rate.mean).toBeCloseTo(0, 2);
  expect(both.r2).toBeGreaterThan(0.999);
});

test('sizes that say the same as x are refused', () => {
  expect(() => compareLaws(wide, wide, wide.map(Math.exp))).toThrow(/sizes: proportional to e\^x/);
});
