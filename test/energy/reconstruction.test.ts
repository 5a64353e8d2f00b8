import { energy, nn, random, tf } from 'dark-matter';
import { expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

it('the reconstruction energy is the squared distance to what the network makes of an input: 0 for the identity', () => {
  const half = nn.fromFunction('half', (x) => x.mul(0.5));
  const u = tf.tensor3d([
    [
      [2, 0],
      [4, 0],
    ],
    [
      [0, 0],
      [0, 2],
    ],
  ]);
  expect(Array.from(energy.reconstruction(half).apply({}, u).dataSync())).toEqual([5, 1]);
  expect(energy.reconstruction(half).apply({}, u).shape).toEqual([2, 1]);
  expect(
    Array.from(
      energy
        .reconstruction(nn.fromFunction('same', (x) => x.clone()))
        .apply({}, u)
        .dataSync(),
    ),
  ).toEqual([0, 0]);
  const layer = energy.reconstruction(nn.mlp([2, 4, 2]));
  const [params, x] = [layer.init(random.key(0)), tf.ones([3, 2])];
  expectNoLeak(() => layer.apply(params, x).dispose());
});
