import { data, measure, random, tf, type Tensor1D, type Tensor2D } from 'dark-matter';
import { expect, test } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

/** A normal in one dimension with its samples. */
const normal = (mean: number, seed: number, n = 20_000) => ({
  logDensity: (x: Tensor2D) =>
    tf.tidy(
      () =>
        x
          .sub(mean)
          .square()
          .sum(1)
          .div(-2)
          .sub(0.5 * Math.log(2 * Math.PI)) as Tensor1D,
    ),
  samples: random.normal(random.key(seed), [n, 1], mean) as Tensor2D,
});

test('densities that share no place are log 2 apart, equal ones not at all', () => {
  expect(measure.jensenShannon(normal(0, 1), normal(60, 2))).toBeCloseTo(Math.LN2, 5);
  expect(measure.jensenShannon(normal(0, 1), normal(0, 2))).toBeCloseTo(0, 6);
});

test('two normals are as far apart as the integral says, both ways', () => {
  // Half the sum of the integrals of p log(p / m) and q log(q / m), by the midpoint rule.
  const density = (x: number, mean: number) =>
    Math.exp(-((x - mean) ** 2) / 2) / Math.sqrt(2 * Math.PI);
  let expected = 0;
  for (let x = -10; x < 12; x += 1e-3) {
    const [p, q] = [density(x, 0), density(x, 1.5)];
    const m = (p + q) / 2;
    expected += 0.5e-3 * (p * Math.log(p / m) + q * Math.log(q / m));
  }
  const [p, q] = [normal(0, 1), normal(1.5, 2)];
  expect(Math.abs(measure.jensenShannon(p, q) - expected)).toBeLessThan(0.006);
  expect(measure.jensenShannon(q, p)).toBeCloseTo(measure.jensenShannon(p, q), 6);
});

test('where a density is 0, its log is -Infinity and the divergence still a number', () => {
  const board = data.toys.checkerboard;
  const p = { logDensity: board.logDensity, samples: board.sample(random.key(0), 500) };
  const far = { ...p, samples: p.samples.add(100) as Tensor2D };
  const q = { ...far, logDensity: (x: Tensor2D) => board.logDensity(x.sub(100) as Tensor2D) };
  expect(measure.jensenShannon(p, q)).toBeCloseTo(Math.LN2, 5);
});

test('leaks nothing, and names what is wrong', () => {
  const [p, q] = [normal(0, 1, 20), normal(1, 2, 20)];
  expectNoLeak(() => void measure.jensenShannon(p, q));
  const plane = { ...q, samples: tf.zeros([5, 2]) as Tensor2D };
  expect(() => measure.jensenShannon(p, plane)).toThrow('q.samples: shape [5, 2] given');
});
