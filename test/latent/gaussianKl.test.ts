import { latent, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';

type Matrix = ReturnType<typeof tf.tensor2d>;

describe('the KL of a Gaussian latent from the standard normal', () => {
  it('is 0 at mean 0 and variance 1, m^2 / 2 at a shifted mean, (v - 1 - log v) / 2 at another variance', () => {
    const kl = latent.gaussianKl(tf.tensor2d([[0], [3], [0]]) as Matrix, tf.tensor2d([[0], [0], [Math.log(4)]]) as Matrix).dataSync();
    expect(kl[0]).toBe(0);
    expect(kl[1]).toBeCloseTo(4.5, 6);
    expect(kl[2]).toBeCloseTo((4 - 1 - Math.log(4)) / 2, 6);
  });

  it('equals its Monte Carlo estimate within four standard errors', () => {
    const [mean, logVariance] = [tf.tensor2d([[0.5, -1]]) as Matrix, tf.tensor2d([[-1, 0.3]]) as Matrix];
    const n = 20_000;
    const noise = random.normal(random.key(0), [n, 2]);
    const z = noise.mul(logVariance.div(2).exp()).add(mean);
    const logRatio = z.square().sub(noise.square()).sub(logVariance).sum(1).div(2);
    const { mean: average, variance } = tf.moments(logRatio);
    const error = Math.sqrt(variance.dataSync()[0]! / n);
    expect(Math.abs(average.dataSync()[0]! - latent.gaussianKl(mean, logVariance).dataSync()[0]!)).toBeLessThan(4 * error);
  });

  it('has the gradient of its finite differences, and leaks no tensor', () => {
    const logVariance = tf.zeros([2, 2]) as Matrix;
    expectGradientMatchesFiniteDifferences((m) => latent.gaussianKl(m as Matrix, logVariance).mean(), random.normal(random.key(1), [2, 2]));
    const before = tf.memory().numTensors;
    latent.gaussianKl(logVariance, logVariance).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
