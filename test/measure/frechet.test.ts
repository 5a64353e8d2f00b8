import { measure, random, tf, type Tensor, type Tensor2D } from 'dark-matter';
import { expect, test } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

/** Rows whose mean is 0 and whose covariance is exactly M M^T / 4 (three degrees of freedom). */
const cross = tf.tensor2d([
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
]);
const under = (matrix: number[][]) =>
  tf.matMul(cross, tf.tensor2d(matrix), false, true) as Tensor2D;

test('Gaussians along the axes are as far apart as their means and their standard deviations', () => {
  const a = under([
    [3, 0],
    [0, 1],
  ]);
  const b = under([
    [1, 0],
    [0, 5],
  ]).add([2, 0]) as Tensor2D;
  // Covariances are 4/3 of the squares.
  expect(measure.frechetDistance(a, b)).toBeCloseTo(4 + (4 / 3) * (2 ** 2 + 4 ** 2), 3);
});

test('of covariances that do not commute it is the closed form of 2 x 2 matrices', () => {
  const [a, b] = [
    under([
      [2, 1],
      [0, 1],
    ]),
    under([
      [1, 0],
      [-3, 2],
    ]),
  ];
  // C_a = 4/3 [[5, 1], [1, 1]], C_b = 4/3 [[1, -3], [-3, 13]]; for 2 x 2 matrices
  // trace (A B)^(1/2) = ( trace(A B) + 2 sqrt(det A det B) )^(1/2).
  const trace = (4 / 3) ** 2 * (5 - 3 - 3 + 13);
  const root = (4 / 3) ** 2 * Math.sqrt(4 * 4);
  const expected = (4 / 3) * (6 + 14) - 2 * Math.sqrt(trace + 2 * root);
  expect(measure.frechetDistance(a, b)).toBeCloseTo(expected, 3);
});

test('is 0 to itself, the same both ways, and blind to where both are moved or turned', () => {
  const [a, b] = [
    random.normal(random.key(0), [200, 6]),
    random.normal(random.key(1), [90, 6], 1, 2),
  ];
  const distance = measure.frechetDistance(a as Tensor2D, b as Tensor2D);
  expect(measure.frechetDistance(a as Tensor2D, a as Tensor2D)).toBeLessThan(1e-3);
  expect(measure.frechetDistance(b as Tensor2D, a as Tensor2D)).toBeCloseTo(distance, 3);
  // A reflection about a random plane is orthogonal.
  const v = random.normal(random.key(2), [6, 1]);
  const turn = tf.eye(6).sub(tf.matMul(v, v, false, true).mul(tf.div(2, v.square().sum())));
  const moved = (x: Tensor) => tf.matMul(x, turn).add(3) as Tensor2D;
  expect(measure.frechetDistance(moved(a), moved(b))).toBeCloseTo(distance, 2);
});

test('what has fewer rows than dimensions has a distance too', () => {
  const few = random.normal(random.key(0), [3, 8]) as Tensor2D;
  expect(measure.frechetDistance(few, few)).toBeLessThan(1e-3);
});

test('leaks nothing, and names what is wrong', () => {
  const a = tf.zeros([5, 2]) as Tensor2D;
  expectNoLeak(() => void measure.frechetDistance(a, a));
  expect(() => measure.frechetDistance(a, tf.zeros([5, 3]))).toThrow('b: shape [5, 3] given');
  expect(() => measure.frechetDistance(a, tf.zeros([1, 2]))).toThrow('b: rows: 1 given');
});
