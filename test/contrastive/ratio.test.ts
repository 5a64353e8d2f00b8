import { contrastive, nn, optim, random, tf, train } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import {
  expectGradientMatchesFiniteDifferences,
  expectParameterGradientsMatchFiniteDifferences,
} from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

describe('contrast with samples of unknown density', () => {
  const samples = (x: ReturnType<typeof tf.tensor>, key: random.Key) =>
    random.normal(key, x.shape).add(1);
  const method = contrastive.ratio({ network: nn.mlp([1, 1]), samples });

  it('finds log q - log p: for N(0, 1) against N(1, 1) the line u - 1/2', async () => {
    const x = random.normal(random.key(0), [8000, 1]);
    const { params } = await train({
      method,
      data: { x },
      batch: 500,
      steps: 400,
      optimizer: optim.adam({ learningRate: 2e-2 }),
      display: 'none',
    });
    const at = tf.tensor2d([[-1], [0], [2]]);
    const learnt = method.energy(params, at, at).dataSync();
    [-1.5, -0.5, 1.5].forEach((value, i) =>
      expect(Math.abs(learnt[i]! - value)).toBeLessThan(0.25),
    );
  });

  it('its gradient is that of finite differences, in the data and in the network', () => {
    const { params, state } = method.init(random.key(0));
    const [x, key] = [random.normal(random.key(1), [4, 1]), random.key(2)];
    expectGradientMatchesFiniteDifferences(
      (moved) => method.objective(params, { x: moved }, key, state).loss,
      x.sub(0.3),
    );
    expectParameterGradientsMatchFiniteDifferences(
      (moved) => method.objective(moved, { x }, key, state).loss,
      params,
    );
  });

  it('costs 2 log 2 where the energy is 0, with any number of samples, and leaks no tensor', () => {
    const three = contrastive.ratio({
      network: nn.mlp([1, 1]),
      samples: (x, key) => samples(x, key).tile([3, 1]),
    });
    const { params, state } = method.init(random.key(0));
    const [key, x, zero] = [
      random.key(1),
      tf.ones([4, 1]),
      [{ kernel: tf.zeros([1, 1]), bias: tf.zeros([1]) }] as unknown as typeof params,
    ];
    expect(three.objective(zero, { x }, key, state).loss.dataSync()[0]).toBeCloseTo(
      2 * Math.log(2),
      5,
    );
    expectNoLeak(() => method.energy(params, x, x).dispose());
  });
});
