import { data, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

describe('a Gaussian with a shape', () => {
  const shape = data.gaussian({ dim: 5, rank: 2, wide: 1.5, narrow: 0.5, seed: 4 });

  it('has the covariance of its precision', () => {
    const x = shape.sample(random.key(1), 40_000);
    const product = tf
      .matMul(
        tf.matMul(x, x, true).div(40_000),
        tf.tensor2d(shape.precision.map((row) => [...row])),
      )
      .arraySync() as number[][];
    product.forEach((row, i) =>
      row.forEach((value, j) => expect(Math.abs(value - (i === j ? 1 : 0))).toBeLessThan(0.1)),
    );
  });

  it('has `rank` wide directions, the others narrow', () => {
    const trace = shape.precision.reduce((sum, row, i) => sum + row[i]!, 0);
    expect(trace).toBeCloseTo(2 / 1.5 ** 2 + 3 / 0.5 ** 2, 9);
    const squares = shape.precision.flat().reduce((sum, value) => sum + value * value, 0);
    expect(squares).toBeCloseTo(2 / 1.5 ** 4 + 3 / 0.5 ** 4, 9);
  });

  it('has a density whose mean logarithm over its samples is minus the entropy', () => {
    const logs = shape.logDensity(shape.sample(random.key(2), 40_000));
    // The standard error is sqrt(5 / 2 / 40000) = 0.008.
    expect(Math.abs(logs.mean().dataSync()[0]! + shape.entropy)).toBeLessThan(0.03);
    expect(
      data
        .gaussian({ dim: 3 })
        .logDensity(tf.zeros([1, 3]))
        .dataSync()[0],
    ).toBeCloseTo(-1.5 * Math.log(2 * Math.PI), 5);
  });

  it('is the same for the same seed and key, leaks nothing, and names what is wrong', () => {
    expect(data.gaussian({ dim: 5, rank: 2, seed: 1 }).precision).not.toEqual(
      data.gaussian({ dim: 5, rank: 2, seed: 2, narrow: 0.5 }).precision,
    );
    expect(Array.from(shape.sample(random.key(1), 3).dataSync())).toEqual(
      Array.from(shape.sample(random.key(1), 3).dataSync()),
    );
    const key = random.key(0);
    expectNoLeak(() => tf.tidy(() => void shape.logDensity(shape.sample(key, 10))));
    expect(() => data.gaussian({ dim: 2, rank: 3 })).toThrow('rank: 3 given');
    expect(() => shape.logDensity(tf.zeros([2, 4]))).toThrow(
      'x: shape [2, 4] given, [n, 5] expected',
    );
  });
});
