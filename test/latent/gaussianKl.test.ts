import { latent, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';

type Matrix = ReturnType<typeof tf.tensor2d>;

describe('the KL of a Gaussian latent from the standard normal', () => {
  it('is 0 at mean 0 and variance 1, m^2 / 2 at a shifted mean, (v - 1 - log v) / 2 at another variance', () => {
    const kl = latent
      .gaussianKl(
        tf.tensor2d([[0], [3], [0]]) as Matrix,
        tf.tensor2d([[0], [0], [Math.log(4)]]) as Matrix,
      )
      .dataSync();
    expect(kl[0]).toBe(0);
    expect(kl[1]).toBeCloseTo(4.5, 6);
    expect(kl[2]).toBeCloseTo((4 - 1 - Math.log(4)) / 2, 6);
  });

  it('equals its Monte Carlo estimate within four standard errors', () => {
    const [mean, logVariance] = [
      tf.tensor2d([[0.5, -1]]) as Matrix,
      tf.tensor2d([[-1, 0.3]]) as Matrix,
    ];
    const n = 20_000;
    const noise = random.normal(random.key(0), [n, 2]);
    const z = noise.mul(logVariance.div(2).exp()).add(mean);
    const logRatio = z.square().sub(noise.square()).sub(logVariance).sum(1).div(2);
    const { mean: average, variance } = tf.moments(logRatio);
    const error = Math.sqrt(variance.dataSync()[0]! / n);
    expect(
      Math.abs(average.dataSync()[0]! - latent.gaussianKl(mean, logVariance).dataSync()[0]!),
    ).toBeLessThan(4 * error);
  });

  it('has the gradient of its finite differences, and leaks no tensor', () => {
    const logVariance = tf.zeros([2, 2]) as Matrix;
    expectGradientMatchesFiniteDifferences(
      (m) => latent.gaussianKl(m as Matrix, logVariance).mean(),
      random.normal(random.key(1), [2, 2]),
    );
    const before = tf.memory().numTensors;
    latent.gaussianKl(logVariance, logVariance).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the KL between two Gaussians', () => {
  const at = (value: number) => tf.fill([1, 1], value) as Matrix;
  it('is log(s2 / s1) + (s1^2 + (m1 - m2)^2) / (2 s2^2) - 1/2 in one dimension, and adds up over the dimensions', () => {
    const [m1, s1, m2, s2] = [0.7, 0.5, -0.4, 1.7];
    const expected = Math.log(s2 / s1) + (s1 ** 2 + (m1 - m2) ** 2) / (2 * s2 ** 2) - 1 / 2;
    const prior = { mean: at(m2), logVariance: at(2 * Math.log(s2)) };
    expect(latent.gaussianKl(at(m1), at(2 * Math.log(s1)), prior).dataSync()[0]).toBeCloseTo(
      expected,
      5,
    );
    const twice = (t: Matrix) => tf.tile(t, [1, 2]) as Matrix;
    const wide = { mean: twice(prior.mean), logVariance: twice(prior.logVariance) };
    expect(
      latent.gaussianKl(twice(at(m1)), twice(at(2 * Math.log(s1))), wide).dataSync()[0],
    ).toBeCloseTo(2 * expected, 5);
  });

  it('is 0 for equal ones, that to N(0, 1) by default, at least 0, and has the gradient of its finite differences', () => {
    const [mean, logVariance, m, v] = [1, 2, 3, 4].map(
      (seed) => random.normal(random.key(seed), [6, 3]) as Matrix,
    ) as [Matrix, Matrix, Matrix, Matrix];
    const most = (t: { abs(): { max(): { dataSync(): ArrayLike<number> } } }) =>
      t.abs().max().dataSync()[0]!;
    expect(most(latent.gaussianKl(mean, logVariance, { mean, logVariance }))).toBeLessThan(1e-6);
    const zero = tf.zeros([6, 3]) as Matrix;
    expect(
      most(
        latent
          .gaussianKl(mean, logVariance, { mean: zero, logVariance: zero })
          .sub(latent.gaussianKl(mean, logVariance)),
      ),
    ).toBeLessThan(1e-5);
    expect(
      latent.gaussianKl(mean, logVariance, { mean: m, logVariance: v }).min().dataSync()[0],
    ).toBeGreaterThanOrEqual(0);
    expectGradientMatchesFiniteDifferences(
      (t) => latent.gaussianKl(mean, logVariance, { mean: m, logVariance: t as Matrix }).mean(),
      v,
    );
    expectGradientMatchesFiniteDifferences(
      (t) => latent.gaussianKl(mean, logVariance, { mean: t as Matrix, logVariance: v }).mean(),
      m,
    );
    expect(() => latent.gaussianKl(mean, logVariance, { mean: at(0), logVariance: v })).toThrow(
      /mean, prior: mean: shapes \[6, 3\] and \[1, 1\] given/,
    );
  });
});
