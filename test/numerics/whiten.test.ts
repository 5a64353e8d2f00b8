import { measure, noncontrastive, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';
import { cholesky } from '../../lib/numerics/cholesky';
import { inverseCholesky } from '../../lib/numerics/inverseCholesky';

const { whiten } = noncontrastive;
type Matrix = ReturnType<typeof tf.tensor2d>;
const normal = (seed: number, shape: [number, number]) =>
  random.normal(random.key(seed), shape) as Matrix;
const mix = tf.tensor2d([
  [3, 1, 0, 0],
  [0, 0.5, 1, 0],
  [0, 0, 0.1, 0.2],
  [1, 0, 0, 0.05],
]);
const correlated = (seed: number, rows = 64) => tf.matMul(normal(seed, [rows, 4]), mix) as Matrix;
const greatest = (x: { dataSync(): ArrayLike<number> }) =>
  Math.max(...Array.from(x.dataSync(), Math.abs));
const covariance = (z: Matrix) =>
  tf.tidy(() => {
    const centred = z.sub(z.mean(0, true)) as Matrix;
    return tf.matMul(centred, centred, true, false).div(z.shape[0] - 1) as Matrix;
  });

describe('whitening', () => {
  it('makes the covariance the identity, from a spectrum of three decades', () => {
    const z = correlated(1).add(5) as Matrix;
    expect(greatest(covariance(z).sub(tf.eye(4)))).toBeGreaterThan(1);
    expect(
      greatest(covariance(whiten(z, { shrinkage: 0, iterations: 20 })).sub(tf.eye(4))),
    ).toBeLessThan(2e-3);
  });

  it('is the symmetric whitening: PCA’s coordinates, divided by their deviations and turned back', () => {
    const z = correlated(2);
    const axes = measure.pca(z, 4);
    const coordinates = axes.embed(z);
    const deviation = tf
      .moments(coordinates, 0)
      .variance.mul(64 / 63)
      .sqrt();
    const zca = tf.matMul(coordinates.div(deviation) as Matrix, axes.components, false, true);
    expect(greatest(whiten(z, { shrinkage: 0, iterations: 20 }).sub(zca))).toBeLessThan(5e-3);
  });

  it('turns with its input: whiten(Z R) = whiten(Z) R', () => {
    const z = correlated(3);
    const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
    const turn = tf.tensor2d([
      [c, s, 0, 0],
      [-s, c, 0, 0],
      [0, 0, c, -s],
      [0, 0, s, c],
    ]);
    const [before, after] = [tf.matMul(whiten(z), turn), whiten(tf.matMul(z, turn) as Matrix)];
    expect(greatest(before.sub(after))).toBeLessThan(5e-3);
  });

  it('does not care how large its input is', () => {
    const z = correlated(4);
    for (const scale of [1000, 1e12, 1e-12, 1e18])
      expect(greatest(whiten(z).sub(whiten(z.mul(scale) as Matrix)))).toBeLessThan(1e-3);
  });

  it('of rows that are all the same makes zeros, not NaN', () => {
    expect(greatest(whiten(tf.ones([9, 4]) as Matrix))).toBe(0);
  });

  it('has the gradient of its finite differences', () => {
    const target = normal(6, [7, 3]);
    expectGradientMatchesFiniteDifferences(
      (z) =>
        whiten(z as Matrix, { shrinkage: 0.1 })
          .mul(target)
          .sum(),
      normal(5, [7, 3]),
    );
  });

  it('leaks no tensor, and says what is wrong with its input', () => {
    const z = correlated(1);
    expectNoLeak(() => whiten(z).dispose());
    expect(() => whiten(normal(1, [4, 4]))).toThrow(
      'batch: 4 given, a finite number above 4 expected',
    );
    expect(() => whiten(z, { shrinkage: 1 })).toThrow('shrinkage: 1 given');
    expect(() => whiten(z, { iterations: 0 })).toThrow('iterations: 0 given');
  });
});

describe('whitening by Cholesky', () => {
  const triangular = { whitening: 'cholesky', shrinkage: 0 } as const;

  it('makes the covariance the identity, from a spectrum of three decades', () => {
    const z = correlated(1).add(5) as Matrix;
    expect(greatest(covariance(whiten(z, triangular)).sub(tf.eye(4)))).toBeLessThan(2e-3);
  });

  it('is L^(-1) of each deviation from the mean, as computed in float64', () => {
    for (const dim of [1, 2, 5, 7]) {
      const mixed = normal(dim + 10, [dim, dim]).add(tf.eye(dim).mul(3)) as Matrix;
      const z = tf.matMul(normal(dim, [40, dim]), mixed).add(3) as Matrix;
      const rows = z.arraySync();
      const mean = rows[0]!.map((_, j) => measure.mean(rows.map((row) => row[j]!)));
      const centred = rows.map((row) => row.map((x, j) => x - mean[j]!));
      const { solveLower } = cholesky(
        mean.map((_, i) =>
          mean.map((_unused, j) => centred.reduce((sum, row) => sum + row[i]! * row[j]!, 0) / 39),
        ),
      )!;
      const expected = tf.tensor2d(centred.map((row) => [...solveLower(row)]));
      expect(greatest(whiten(z, triangular).sub(expected)), `${dim} dimensions`).toBeLessThan(5e-3);
    }
  });

  it('is triangular: a dimension sees only those before it, and none sees its own scale', () => {
    const z = correlated(3);
    const white = whiten(z, triangular);
    const later = tf.concat([z.slice([0, 0], [64, 2]), normal(9, [64, 2])], 1) as Matrix;
    const first = (x: Matrix) => x.slice([0, 0], [64, 2]);
    expect(greatest(first(whiten(later, triangular)).sub(first(white)))).toBeLessThan(1e-4);
    const scaled = z.mul([1000, 1, 0.01, 30]) as Matrix;
    expect(greatest(whiten(scaled, triangular).sub(white))).toBeLessThan(5e-3);
    const inverse = inverseCholesky(covariance(z)).arraySync();
    inverse.forEach((row, i) =>
      row.forEach((entry, j) => {
        if (j > i) expect(entry).toBe(0);
        if (j === i) expect(entry).toBeGreaterThan(0);
      }),
    );
  });

  it('has the gradient of its finite differences, and so has the gradient itself', () => {
    const [z, target] = [normal(5, [9, 3]), normal(6, [9, 3])];
    const score = (shrinkage: number) => (x: ReturnType<typeof tf.tensor>) =>
      whiten(x as Matrix, { whitening: 'cholesky', shrinkage })
        .mul(target)
        .sum() as ReturnType<typeof tf.scalar>;
    for (const shrinkage of [0, 0.1]) {
      expectGradientMatchesFiniteDifferences(score(shrinkage), z);
      expectGradientMatchesFiniteDifferences(
        (x) => tf.grad(score(shrinkage))(x).square().sum() as ReturnType<typeof tf.scalar>,
        z,
        { tolerance: 2e-2 },
      );
    }
  });

  it('leaks no tensor, and says which roots there are', () => {
    const z = correlated(1);
    expectNoLeak(() => whiten(z, triangular).dispose());
    expectNoLeak(() =>
      tf
        .grad((x) =>
          whiten(x as Matrix, triangular)
            .square()
            .mean(),
        )(z)
        .dispose(),
    );
    expect(() => whiten(z, { whitening: 'pca' as never })).toThrow(
      "whitening: 'pca' given, 'zca' or 'cholesky' expected",
    );
  });
});
