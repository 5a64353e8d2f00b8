import { expect, test } from 'vitest';
import { tf, type Tensor2D } from '../../lib/core/engine';
import { alignment, uniformity } from '../../lib/measure';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';
import { gaussian, rotation } from './support';

const value = (scalar: { dataSync(): ArrayLike<number> }) => scalar.dataSync()[0]!;

test('alignment is 0 for equal views, 2^alpha for opposite ones, 2 for orthogonal ones', () => {
  tf.tidy(() => {
    const x = gaussian(10, 4);
    expect(value(alignment(x, tf.mul(x, 5)))).toBeCloseTo(0, 6);
    for (const alpha of [1, 2, 3])
      expect(value(alignment(x, tf.neg(x), alpha))).toBeCloseTo(2 ** alpha, 4);
    expect(value(alignment(tf.tensor2d([[1, 0]]), tf.tensor2d([[0, 9]])))).toBeCloseTo(2, 6);
  });
});

test('uniformity of one point is 0; of two opposite points -4 t; of a square the mean over its pairs', () => {
  tf.tidy(() => {
    expect(value(uniformity(tf.ones([5, 3])))).toBeCloseTo(0, 5);
    for (const t of [1, 2])
      expect(
        value(
          uniformity(
            tf.tensor2d([
              [1, 0],
              [-3, 0],
            ]),
            t,
          ),
        ),
      ).toBeCloseTo(-4 * t, 5);
    const square = tf.tensor2d([
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ]);
    expect(value(uniformity(square, 2))).toBeCloseTo(
      Math.log((4 * Math.exp(-4) + 2 * Math.exp(-8)) / 6),
      5,
    );
  });
});

test('directions spread evenly in many dimensions approach -2 t: nearly all pairs are orthogonal', () => {
  tf.tidy(() => {
    // For unit vectors in d dimensions the cosine has variance 1/d: log E exp(2 t c) - 2 t is about
    // -2 t + 2 t^2 / d.
    const d = 256;
    expect(value(uniformity(gaussian(1500, d)))).toBeCloseTo(-4 + 8 / d, 2);
  });
});

test('neither changes under rotation or with the length of rows; alignment is symmetric', () => {
  tf.tidy(() => {
    const [x, y, q] = [gaussian(12, 5), gaussian(12, 5, 1), rotation(5)];
    const turned = (m: Tensor2D) =>
      tf.mul(tf.matMul(m, q), tf.add(tf.range(0, 12).reshape([12, 1]), 0.5)) as Tensor2D;
    expect(value(alignment(turned(x), turned(y)))).toBeCloseTo(value(alignment(x, y)), 5);
    expect(value(alignment(y, x))).toBeCloseTo(value(alignment(x, y)), 6);
    expect(value(uniformity(turned(x)))).toBeCloseTo(value(uniformity(x)), 5);
  });
});

test('gradients are those of finite differences', () => {
  tf.tidy(() => {
    const [x, y] = [gaussian(4, 3), gaussian(4, 3, 1)];
    expectGradientMatchesFiniteDifferences((at) => alignment(at as Tensor2D, y), x);
    expectGradientMatchesFiniteDifferences((at) => uniformity(at as Tensor2D), x);
  });
});

test('nothing leaks, and wrong shapes are named', () => {
  const [x, y] = [gaussian(6, 3), gaussian(6, 3, 1)];
  expectNoLeak(() => tf.dispose([alignment(x, y), uniformity(x)]));
  expect(() => alignment(x, tf.zeros([5, 3]))).toThrow('x, y: shapes [6, 3] and [5, 3]');
  expect(() => uniformity(tf.ones([1, 3]))).toThrow('at least 2 rows expected');
  tf.dispose([x, y]);
});

test('with an exponent of 1 or less, equal views have a gradient of zero, not NaN', () => {
  tf.tidy(() => {
    const x = gaussian(4, 3);
    for (const alpha of [0.5, 1, 1.5]) {
      const gradient = tf
        .grad((at) => alignment(at as Tensor2D, x, alpha))(x)
        .dataSync();
      for (const value of gradient) expect(value).toBe(0);
    }
    // Beside equal pairs the others keep theirs.
    const y = tf.concat([x.slice([0, 0], [2, 3]), gaussian(2, 3, 1)]) as Tensor2D;
    const gradient = tf
      .grad((at) => alignment(at as Tensor2D, y, 1))(x)
      .arraySync() as number[][];
    expect(
      gradient
        .slice(0, 2)
        .flat()
        .every((v) => v === 0),
    ).toBe(true);
    for (const row of gradient.slice(2)) expect(Math.hypot(...row)).toBeGreaterThan(0.01);
    expectGradientMatchesFiniteDifferences(
      (at) => alignment(at as Tensor2D, gaussian(4, 3, 1), 1),
      x,
    );
  });
});
