import {
  energy,
  latent,
  nn,
  optim,
  random,
  schedule,
  tf,
  train,
  type Tensor,
  type Tensor2D,
} from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const normal = (seed: number, shape: [number, number], std = 1) =>
  random.normal(random.key(seed), shape, 0, std) as Tensor2D;
const most = (t: Tensor) => t.abs().max().dataSync()[0]!;

/**
 * y = x A + z B for a z of two numbers, with rows of B of length 1 and 2 at a right angle: the best
 * z is one formula.
 */
const price = 0.5;
const [a, b] = [
  normal(1, [3, 4], 0.5),
  tf.tensor2d([
    [0.5, 0.5, 0.5, 0.5],
    [1, -1, 1, -1],
  ]),
];
const predictor = nn.dense(5, 4, { bias: false });
const predictorParams = { kernel: tf.concat([a, b]) };
const x = normal(2, [1000, 3]);
const y = tf
  .matMul(x, a)
  .add(tf.matMul(normal(3, [1000, 2]), b))
  .add(normal(4, [1000, 4], 0.2)) as Tensor2D;
/** (y - x A) B^T (B B^T + price)^-1 */
const best = tf
  .matMul(y.sub(tf.matMul(x, a)), b, false, true)
  .div(tf.tensor2d([[1 + price, 4 + price]])) as Tensor2D;
const method = latent.amortisedInference({
  predictor,
  predictorParams,
  encoder: nn.dense(7, 2),
  price,
});

describe('inference of the latent of a linear predictor', () => {
  it('by gradient descent reaches the closed form to 1e-4, and nothing beats its energy', () => {
    const found = energy.minimumOverLatent(
      (z: Tensor2D) => method.energyAt(predictorParams, x, y, z),
      tf.zerosLike(best),
      { steps: 200, stepSize: 0.1 },
    );
    expect(most(found.z.sub(best))).toBeLessThan(1e-4);
    const least = method.energyAt(predictorParams, x, y, best);
    for (const std of [0.01, 0.3]) {
      const more = method.energyAt(
        predictorParams,
        x,
        y,
        best.add(normal(5, [1000, 2], std)) as Tensor2D,
      );
      expect(more.sub(least).min().dataSync()[0]).toBeGreaterThan(-1e-4);
    }
  });

  it('by a trained network comes to within 0.1 of it in one pass, and a few steps from there are closer', async () => {
    const trained = await train({
      method,
      data: { x, y },
      batch: 250,
      steps: 800,
      optimizer: optim.adam({ learningRate: schedule.cosine({ from: 0.03, steps: 800 }) }),
      display: 'none',
    });
    const distance = (steps: number) =>
      most(method.infer(trained.params, trained.state, x, y, { steps, stepSize: 0.1 }).sub(best));
    expect(distance(0)).toBeLessThan(0.1);
    expect(distance(30)).toBeLessThan(1e-4);
    trained.dispose();
  });

  it('by a network that cannot say it leaves a gap, which steps downhill close', () => {
    const { params, state } = method.init(random.key(0));
    const gap = (steps: number) =>
      tf.tidy(() => {
        const z = method.infer(params, state, x, y, { steps, stepSize: 0.02 });
        return method
          .energyAt(state, x, y, z)
          .sub(method.energyAt(state, x, y, best))
          .mean()
          .dataSync()[0]!;
      });
    const gaps = [0, 5, 20].map(gap);
    expect(gaps[0]!).toBeGreaterThan(gaps[1]!);
    expect(gaps[1]!).toBeGreaterThan(gaps[2]!);
    expect(gaps[2]!).toBeGreaterThan(-1e-4);
  });
});

describe('amortised inference', () => {
  it('has the gradient of its finite differences, and moves only the encoder', () => {
    const { params, state } = method.init(random.key(0));
    const some = {
      x: x.slice([0, 0], [8, -1]) as Tensor2D,
      y: y.slice([0, 0], [8, -1]) as Tensor2D,
    };
    expectGradientMatchesFiniteDifferences(
      (kernel) => method.objective({ ...params, kernel }, some, random.key(0), state).loss,
      params.kernel,
    );
    expect(method.objective(params, some, random.key(0), state).state).toBe(state);
  });

  it('refuses what does not fit, and leaks nothing', () => {
    const { params, state } = method.init(random.key(0));
    expect(() => method.energyAt(state, x, tf.zeros([1000, 3]), best)).toThrow(
      /y: shape \[1000, 3\] given, \[1000, 4\] expected/,
    );
    expect(() => method.energyAt(state, x, y, tf.zeros([2, 2]))).toThrow(
      /z: shape \[2, 2\] given, \[1000, dim\] expected/,
    );
    expect(() => method.infer(params, state, x, y, { steps: -1 })).toThrow(/steps: -1 given/);
    expect(() =>
      latent.amortisedInference({ predictor, predictorParams, encoder: nn.dense(7, 2), price: -1 }),
    ).toThrow(/price: -1 given/);
    expectNoLeak(() =>
      tf.dispose([
        method.energyAt(state, x, y, best),
        method.infer(params, state, x, y),
        method.infer(params, state, x, y, { steps: 2 }),
      ]),
    );
  });
});
