import { denoising, nn, optim, random, tf, train, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const { imageDenoising } = denoising;
type Matrix = ReturnType<typeof tf.tensor2d>;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;
const sigma = 0.7;
const linear = nn.dense(2, 2);
const method = imageDenoising({ network: linear, sigma });
const [mean, covariance] = [
  tf.tensor2d([[1, -0.5]]),
  tf.tensor2d([
    [2, 0.6],
    [0.6, 0.5],
  ]),
];
/**
 * Of p_sigma, the data's Gaussian with sigma^2 added to its variances: S = covariance + sigma^2 I,
 * and its inverse.
 */
const [a, b, d] = [2 + sigma ** 2, 0.6, 0.5 + sigma ** 2];
const inverse = tf
  .tensor2d([
    [d, -b],
    [-b, a],
  ])
  .div(a * d - b * b) as Matrix;
/**
 * The optimal linear denoiser, E[x | u] = mean + covariance S^-1 (u - mean), as the parameters of a
 * dense layer.
 */
const gain = tf.matMul(covariance, inverse);
const optimal = {
  kernel: gain.transpose(),
  bias: mean.sub(tf.matMul(mean, gain, false, true)).reshape([2]),
};
const closedScore = (u: Matrix) => tf.matMul(mean.sub(u), inverse) as Matrix;

describe('image denoising', () => {
  it('the optimal denoiser’s residual over sigma^2 is the score of the smoothed Gaussian, exactly', () => {
    const u = random.normal(random.key(1), [20, 2]).mul(3) as Matrix;
    expect(
      value(
        method
          .score(optimal as never, u)
          .sub(closedScore(u))
          .abs()
          .max(),
      ),
    ).toBeLessThan(1e-4);
  });

  it('no other linear denoiser has a lower loss on many points', () => {
    const factor = tf.tensor2d([
      [Math.SQRT2, 0],
      [0.6 / Math.SQRT2, Math.sqrt(0.5 - 0.18)],
    ]);
    const x = tf
      .matMul(random.normal(random.key(2), [20_000, 2]), factor, false, true)
      .add(mean) as Matrix;
    const loss = (params: unknown) =>
      value(method.objective(params as never, { x }, random.key(3), {}).loss);
    // The least loss is the trace of covariance - covariance S^-1 covariance.
    const least = value(tf.sum(tf.mul(covariance.sub(tf.matMul(gain, covariance)), tf.eye(2))));
    expect(loss(optimal)).toBeCloseTo(least, 1);
    for (const off of [0.1, -0.1])
      expect(loss({ ...optimal, kernel: optimal.kernel.add(off) })).toBeGreaterThan(
        loss(optimal) + 0.01,
      );
  });

  it('a trained linear denoiser has that score to within 0.06 where the data are', async () => {
    const factor = tf.tensor2d([
      [Math.SQRT2, 0],
      [0.6 / Math.SQRT2, Math.sqrt(0.5 - 0.18)],
    ]);
    const x = tf.matMul(random.normal(random.key(2), [8000, 2]), factor, false, true).add(mean);
    const steps = 400;
    const { params } = await train({
      method,
      data: { x },
      batch: 500,
      steps,
      seed: 0,
      display: 'none',
      optimizer: optim.adam({ learningRate: 0.02 }),
    });
    const u = x.slice([0, 0], [500, 2]) as Matrix;
    const error = method.score(params, u).sub(closedScore(u)).square().sum(1).mean().sqrt();
    const size = closedScore(u).square().sum(1).mean().sqrt();
    expect(value(size)).toBeGreaterThan(0.5);
    expect(value(error)).toBeLessThan(0.06);
  });

  it('the energy is low for a clean picture of the noisy one, and has one number for each pair', () => {
    const own = { kernel: tf.eye(2), bias: tf.zeros([2]) } as never;
    expect([
      ...method
        .energy(
          own,
          tf.tensor2d([
            [1, 2],
            [0, 0],
          ]),
          tf.tensor2d([
            [1, 2],
            [3, 4],
          ]),
        )
        .dataSync(),
    ]).toEqual([0, 25]);
  });

  it('leaks no tensor, and says what is wrong with its input', () => {
    const [x, key] = [tf.ones([3, 2]), random.key(0)];
    expectNoLeak(() => tree.tidy(() => void method.objective(optimal as never, { x }, key, {})));
    expectNoLeak(() =>
      tf.dispose([method.score(optimal as never, x), method.energy(optimal as never, x, x)]),
    );
    expect(() => imageDenoising({ network: linear, sigma: 0 })).toThrow('sigma: 0 given');
    const wide = imageDenoising({ network: nn.dense(2, 3), sigma });
    expect(() => wide.score(wide.init(key).params, x)).toThrow(
      'x, network(x): shapes [3, 2] and [3, 3] given',
    );
  });
});
