import { data, random, tf, type Tensor2D } from 'dark-matter';
import { expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const pairs = data.correlatedGaussians({ dim: 3, correlation: 0.7 });

it('x and y are standard, and correlated coordinate by coordinate', () => {
  const { x, y } = pairs.sample(random.key(1), 50_000);
  const moment = (a: Tensor2D, b: Tensor2D) =>
    tf.matMul(a, b, true).div(50_000).arraySync() as number[][];
  for (const [got, diagonal] of [
    [moment(x, x), 1],
    [moment(y, y), 1],
    [moment(x, y), 0.7],
  ] as const)
    got.forEach((row, i) =>
      row.forEach((value, j) =>
        expect(Math.abs(value - (i === j ? diagonal : 0))).toBeLessThan(0.03),
      ),
    );
});

it('minus the energy of a pair is the ratio of densities, whose mean is the information', () => {
  // log N(y; r x, 1 - r^2) - log N(y; 0, 1), added up over the coordinates
  const [x, y] = [tf.tensor2d([[0.5, -1, 2]]), tf.tensor2d([[1, 0.3, -0.4]])];
  const left = 1 - 0.7 ** 2;
  const ratio = [0.5, -1, 2].reduce((sum, a, i) => {
    const b = [1, 0.3, -0.4][i]!;
    return sum - Math.log(left) / 2 - (b - 0.7 * a) ** 2 / (2 * left) + b ** 2 / 2;
  }, 0);
  expect(pairs.energies(x, y).dataSync()[0]).toBeCloseTo(-ratio, 4);
  const many = pairs.sample(random.key(2), 2000);
  const energies = pairs.energies(many.x, many.y).arraySync();
  const mean = energies.reduce((sum, row, i) => sum - row[i]! / 2000, 0);
  expect(Math.abs(mean - pairs.information)).toBeLessThan(0.1); // standard error 0.03
});

it('leaks nothing, and names what is wrong', () => {
  const key = random.key(0);
  expectNoLeak(() => {
    const { x, y } = pairs.sample(key, 4);
    tf.dispose([x, y, pairs.energies(x, y)]);
  });
  expect(() => data.correlatedGaussians({ dim: 2, correlation: 1 })).toThrow(
    /correlation: 1 given/,
  );
  expect(() => pairs.energies(tf.zeros([2, 2]), tf.zeros([2, 3]))).toThrow(/x/);
});
