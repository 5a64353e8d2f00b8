import { data, measure, tf } from 'dark-matter';
import { expect, test } from 'vitest';
import { standardization } from '../../lib/measure/standardize';
import { gaussian } from '../measure/support';

type Matrix = ReturnType<typeof tf.tensor2d>;
const greatest = (x: { dataSync(): ArrayLike<number> }) =>
  Math.max(...Array.from(x.dataSync(), Math.abs));
const x = gaussian(60, 3, 1).mul([3, 1, 0.2]) as Matrix;
const scales = [1, 1e12, 1e-12, 1e20, 1e-25];

test('principal axes and their shares do not depend on the units, and coordinates are in them', () => {
  const axes = measure.pca(x, 3);
  for (const scale of scales) {
    const scaled = measure.pca(x.mul(scale), 3);
    scaled.explained.forEach((share, i) => expect(share).toBeCloseTo(axes.explained[i]!, 4));
    const back = scaled.embed(x.mul(scale)).div(scale);
    // An axis has no sign.
    expect(greatest(back.abs().sub(axes.embed(x).abs()))).toBeLessThan(1e-3);
  }
});

test('the shares are those of the variances', () => {
  const { explained } = measure.pca(x, 3);
  expect(explained.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  expect(explained[0]!).toBeGreaterThan(0.8);
  expect(explained[2]!).toBeLessThan(0.02);
});

test('ZCA whitens alike in all units, and goes back', () => {
  const expected = data.zca(x, { epsilon: 1e-3 }).apply(x);
  for (const scale of scales) {
    const scaled = x.mul(scale) as Matrix;
    const whitening = data.zca(scaled, { epsilon: 1e-3 });
    expect(greatest(whitening.apply(scaled).sub(expected))).toBeLessThan(1e-3);
    expect(greatest(whitening.invert(whitening.apply(scaled)).div(scale).sub(x))).toBeLessThan(
      1e-2,
    );
  }
});

test('standardised features are the same in all units, with variances of 1 on average', () => {
  const expected = standardization(x).apply(x);
  expect(tf.moments(expected, 0).variance.mean().dataSync()[0]).toBeCloseTo(1, 5);
  for (const scale of scales)
    expect(
      greatest(
        standardization(x.mul(scale) as Matrix)
          .apply(x.mul(scale) as Matrix)
          .sub(expected),
      ),
    ).toBeLessThan(1e-4);
});

test('features that do not vary are zeros, not NaN', () => {
  const same = tf.fill([5, 2], 7) as Matrix;
  expect(greatest(standardization(same).apply(same))).toBe(0);
});
