import { energy, nn, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const mlp = nn.mlp([2, 8, 1], { activation: nn.silu });
const convolutional = nn.sequential([
  nn.conv2d(1, 4, 3, { stride: 2 }),
  nn.silu(),
  nn.conv2d(4, 4, 3, { stride: 2 }),
  nn.silu(),
  nn.flatten(),
  nn.dense(2 * 2 * 4, 1),
]);

describe.each([
  ['an MLP', mlp as nn.Layer<unknown>, [2]],
  ['a convolutional network', convolutional as nn.Layer<unknown>, [8, 8, 1]],
])('the energy of %s', (_name, network, shape) => {
  const energyOf = energy.networkEnergy(network);
  const params = network.init(random.key(0));
  const u = random.normal(random.key(1), [5, ...shape]);

  it('is one number for each input, its network’s output, and no input changes another’s', () => {
    const values = energyOf(params, u);
    expect(values.shape).toEqual([5]);
    expect(Array.from(values.dataSync())).toEqual(Array.from(network.apply(params, u).dataSync()));
    const second = energyOf(
      params,
      u.slice([1, ...shape.map(() => 0)], [1, ...shape]),
    ).dataSync()[0]!;
    expect(second).toBeCloseTo(values.dataSync()[1]!, 5);
  });

  it('has the slope of finite differences: what Langevin walks and score matching go by', () => {
    const few = u.slice(0, 2);
    expectGradientMatchesFiniteDifferences((moved) => tf.sum(energyOf(params, moved)), few);
  });

  it('leaks no tensor', () => expectNoLeak(() => energyOf(params, u).dispose()));
});

it('a network with more than one output has no such energy, and is told so', () => {
  const two = nn.mlp([2, 8, 2]);
  expect(() => energy.networkEnergy(two)(two.init(random.key(0)), tf.zeros([5, 2]))).toThrow(
    'network: output [5, 2] given for 5 inputs, [5, 1] expected',
  );
});
