import { describe, expect, test } from 'vitest';
import { tf, type Tensor2D } from '../../lib/core/engine';
import { effectiveRank, spectrum, standardDeviation } from '../../lib/measure';
import { expectNoLeak } from '../helpers/memory';
import { gaussian, rotation } from './support';
import { rankOfSpectrum } from '../../lib/measure/collapse';

/** All rows the same, plus noise of a given size. */
const collapsed = (n: number, dim: number, noise: number) =>
  tf.add(gaussian(1, dim, 8), tf.mul(gaussian(n, dim), noise)) as Tensor2D;

describe('standardDeviation', () => {
  test('is the sample standard deviation of each dimension', () => {
    tf.tidy(() => {
      const { perDimension, mean } = standardDeviation(
        tf.tensor2d([
          [1, 0],
          [2, 0],
          [3, 6],
        ]),
      );
      expect(perDimension[0]).toBeCloseTo(1, 6);
      expect(perDimension[1]).toBeCloseTo(Math.sqrt(12), 5);
      expect(mean).toBeCloseTo((1 + Math.sqrt(12)) / 2, 5);
    });
  });

  test('of directions spread evenly over the sphere it is 1 / sqrt(dim); of a collapsed set it is 0', () => {
    tf.tidy(() => {
      expect(standardDeviation(gaussian(4000, 64), { normalize: true }).mean).toBeCloseTo(1 / 8, 3);
      // The mean of 100 equal floats may be off in the last digit.
      expect(standardDeviation(collapsed(100, 8, 0)).mean).toBeLessThan(1e-6);
      expect(standardDeviation(collapsed(100, 8, 0), { normalize: true }).mean).toBeLessThan(1e-6);
    });
  });

  test('scales with the embedding, unless rows are normalised', () => {
    tf.tidy(() => {
      const z = gaussian(50, 4);
      expect(standardDeviation(tf.mul(z, 3)).mean / standardDeviation(z).mean).toBeCloseTo(3, 4);
      expect(standardDeviation(tf.mul(z, 3), { normalize: true }).mean).toBeCloseTo(
        standardDeviation(z, { normalize: true }).mean,
        6,
      );
    });
  });
});

describe('spectrum', () => {
  test('of a matrix made from known singular values is those, the largest first', () => {
    tf.tidy(() => {
      const values = [7, 3, 0.5, 0.001];
      const columns = tf.slice(rotation(10, 1), [0, 0], [10, 4]);
      const z = tf.matMul(tf.mul(columns, tf.tensor1d(values)), rotation(4, 2)) as Tensor2D;
      spectrum(z).forEach((v, k) => expect(v).toBeCloseTo(values[k]!, 5));
    });
  });

  test('centred, its squares over n - 1 sum to the variances of all dimensions', () => {
    tf.tidy(() => {
      const z = tf.add(gaussian(60, 5), 4) as Tensor2D;
      const total = standardDeviation(z).perDimension.reduce((sum, s) => sum + s * s, 0);
      expect(spectrum(z, { centred: true }).reduce((sum, v) => sum + (v * v) / 59, 0)).toBeCloseTo(
        total,
        4,
      );
    });
  });
});

describe('effectiveRank', () => {
  test('lies between 1 and min(n, dim), both reached', () => {
    tf.tidy(() => {
      expect(effectiveRank(tf.eye(12))).toBeCloseTo(12, 3);
      expect(effectiveRank(tf.matMul(gaussian(30, 1), gaussian(1, 12, 1)) as Tensor2D)).toBeCloseTo(
        1,
        2,
      );
      for (const [n, dim] of [
        [5, 20],
        [20, 5],
      ] as const) {
        const rank = effectiveRank(gaussian(n, dim));
        expect(rank).toBeGreaterThan(1);
        expect(rank).toBeLessThanOrEqual(5.001);
      }
    });
  });

  test('of an isotropic Gaussian is nearly dim; of one in k of the dimensions nearly k', () => {
    tf.tidy(() => {
      expect(effectiveRank(gaussian(4000, 32))).toBeGreaterThan(31.8);
      const flat = tf.matMul(
        tf.pad(gaussian(4000, 6), [
          [0, 0],
          [0, 26],
        ]) as Tensor2D,
        rotation(32),
      ) as Tensor2D;
      expect(effectiveRank(flat)).toBeGreaterThan(5.95);
      expect(effectiveRank(flat)).toBeLessThan(6.05);
    });
  });

  test('complete collapse: uncentred it falls to 1; centred it does not see it', () => {
    tf.tidy(() => {
      const z = collapsed(500, 16, 1e-4);
      expect(effectiveRank(z)).toBeLessThan(1.1);
      expect(effectiveRank(z, { centred: true })).toBeGreaterThan(14);
      // Even when the noise is all but gone.
      expect(effectiveRank(collapsed(500, 16, 0))).toBeCloseTo(1, 3);
    });
  });

  test('does not change with scale or rotation; the centred one not with an offset', () => {
    tf.tidy(() => {
      const z = tf.matMul(gaussian(200, 10), tf.diag(tf.range(1, 11)) as Tensor2D) as Tensor2D;
      const rank = effectiveRank(z);
      expect(effectiveRank(tf.mul(z, 1000))).toBeCloseTo(rank, 3);
      expect(effectiveRank(tf.matMul(z, rotation(10)) as Tensor2D)).toBeCloseTo(rank, 3);
      expect(effectiveRank(tf.add(z, 50), { centred: true })).toBeCloseTo(
        effectiveRank(z, { centred: true }),
        2,
      );
    });
  });

  test('of a spectrum in closed form: shares 1/2, 1/4, 1/4 give 2^1.5', () => {
    expect(rankOfSpectrum([2, 1, 1], 0)).toBeCloseTo(2 ** 1.5, 12);
    expect(rankOfSpectrum([3, 0, 0], 0)).toBe(1);
    expect(rankOfSpectrum([0, 0])).toBe(0);
  });
});

test('nothing leaks, and bad input is named', () => {
  const z = gaussian(20, 4);
  expectNoLeak(
    () =>
      void [
        standardDeviation(z),
        standardDeviation(z, { normalize: true }),
        spectrum(z, { centred: true }),
        effectiveRank(z),
      ],
  );
  z.dispose();
  tf.tidy(() => {
    expect(() => effectiveRank(tf.fill([3, 3], NaN))).toThrow('z: NaN or infinity');
    expect(() => standardDeviation(tf.ones([1, 3]))).toThrow(
      'z: shape [1, 3] given, [n, dim] with n of at least 2',
    );
    expect(() => spectrum(tf.ones([3]) as unknown as Tensor2D)).toThrow('z: shape [3] given');
  });
});
