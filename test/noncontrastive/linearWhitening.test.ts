import {
  measure,
  nn,
  noncontrastive,
  optim,
  random,
  schedule,
  tf,
  train,
  type EmbeddingMethod,
  type energy,
  type NoState,
} from 'dark-matter';
import { describe, expect, it } from 'vitest';

type Matrix = ReturnType<typeof tf.tensor2d>;
const mix = tf.tensor2d([
  [2, 0.5, 0, 0],
  [0, 1, 0.7, 0],
  [0.3, 0, 0.5, 0.2],
  [0, 0, 0.4, 0.3],
]);
const x = tf.matMul(random.normal(random.key(1), [400, 4]), mix) as Matrix;
const networks = { encoder: nn.dense(4, 4, { bias: false }), projector: nn.identity };

async function fit<P>(
  method: EmbeddingMethod<P, NoState, energy.TwoViews>,
  from: number,
): Promise<Matrix> {
  // All of the data in each batch: the minimum is then that of one fixed function.
  const { params } = await train({
    method,
    data: { x1: x, x2: x },
    batch: 400,
    steps: 800,
    seed: 1,
    display: 'none',
    optimizer: optim.adam({ learningRate: schedule.cosine({ from, steps: 800 }) }),
  });
  return method.embed(params, x);
}

/**
 * The singular values of the correlations between the whitened data and an embedding, both
 * standardised.
 */
function againstWhitening(z: Matrix): number[] {
  const correlation = noncontrastive.crossCorrelation(
    noncontrastive.whiten(x, { shrinkage: 0, iterations: 20 }),
    z,
  );
  return [...measure.spectrum(correlation)];
}

describe('a linear network whose two views are the same', () => {
  it('is a whitening when it has learned Barlow Twins: a rotation of ZCA, up to each dimension’s scale', async () => {
    expect(Math.min(...againstWhitening(x))).toBeLessThan(0.6);
    const z = await fit(noncontrastive.barlowTwins({ ...networks, lambda: 1 }), 0.03);
    for (const value of againstWhitening(z)) expect(Math.abs(value - 1)).toBeLessThan(0.01);
  });

  it('is one when it has learned VICReg, with standard deviations of at least 1', async () => {
    const z = await fit(noncontrastive.vicreg({ ...networks, covariance: 25 }), 0.1);
    for (const value of againstWhitening(z)) expect(Math.abs(value - 1)).toBeLessThan(0.01);
    for (const deviation of measure.standardDeviation(z).perDimension)
      expect(deviation).toBeGreaterThan(0.98);
  });

  it('is none without the term against redundancy', async () => {
    const z = await fit(noncontrastive.barlowTwins({ ...networks, lambda: 0 }), 0.03);
    expect(Math.min(...againstWhitening(z))).toBeLessThan(0.9);
  });
});
