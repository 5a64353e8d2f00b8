import { describe, expect, it } from 'vitest';
import { tf, type Scalar, type Tensor } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { key } from '../../lib/core/random';
import {
  averagePool,
  batchNorm,
  conv2d,
  dense,
  flatten,
  gelu,
  globalAveragePool,
  layerNorm,
  maxPool,
  mlp,
  sequential,
  silu,
  tanh,
  transposedConv2d,
  type Layer,
} from '../../lib/nn';
import { grad } from '../../lib/train';
import { gradientError, normals } from './support';

/**
 * Half the squared norm of the energy's gradient by x: what score matching and gradient penalties
 * train on.
 */
function slope<P>(net: Layer<P>, params: P, x: Tensor): Scalar {
  return grad((t: Tensor) => net.apply(params, t).sum() as Scalar)(x)
    .square()
    .sum()
    .div(2) as Scalar;
}

describe('the slope of an energy has a gradient by the parameters, that of finite differences', () => {
  const nets: Record<string, [Layer<never>, number[]]> = {
    'dense, silu': [mlp([3, 4, 1], { activation: silu }) as unknown as Layer<never>, [2, 3]],
    'dense, tanh': [mlp([3, 4, 1], { activation: tanh }) as unknown as Layer<never>, [2, 3]],
    'dense, gelu': [mlp([3, 4, 1], { activation: gelu }) as unknown as Layer<never>, [2, 3]],
    'dense, layerNorm, silu': [
      sequential([dense(3, 4), layerNorm(4), silu(), dense(4, 1)]) as unknown as Layer<never>,
      [2, 3],
    ],
    'dense, batchNorm, silu': [
      sequential([dense(3, 4), batchNorm(4), silu(), dense(4, 1)]) as unknown as Layer<never>,
      [4, 3],
    ],
    'conv, silu': [
      sequential([
        conv2d(1, 2, 3, { stride: 2 }),
        silu(),
        flatten(),
        dense(8, 1),
      ]) as unknown as Layer<never>,
      [1, 4, 4, 1],
    ],
  };
  for (const [name, pool] of Object.entries({
    'averagePool, valid': averagePool(2),
    'averagePool, overlapping, same': averagePool(3, 2, 'same'),
    'maxPool, valid': maxPool(2),
    'maxPool, overlapping, same': maxPool(3, 2, 'same'),
    globalAveragePool: globalAveragePool(),
  })) {
    nets[`conv, silu, ${name}`] = [
      sequential([
        conv2d(2, 2, 3),
        silu(),
        pool,
        flatten(),
        dense(name === 'globalAveragePool' ? 2 : 8, 1),
      ]) as unknown as Layer<never>,
      [2, 4, 4, 2],
    ];
  }
  nets['conv, transposedConv, silu'] = [
    sequential([
      conv2d(1, 2, 3, { stride: 2 }),
      silu(),
      transposedConv2d(2, 1, 3, { stride: 2 }),
      flatten(),
      silu(),
      dense(16, 1),
    ]) as unknown as Layer<never>,
    [1, 4, 4, 1],
  ];
  it.each(Object.entries(nets))('%s', (_name, [net, shape]) => {
    const [k, x] = [key(1), normals(shape)];
    const params = net.init(k);
    const { leaves, structure } = tree.flatten(params);
    leaves.forEach((leaf, i) => {
      const f = (moved: Tensor): Tensor =>
        slope(
          net,
          structure.rebuild(leaves.map((other, j) => (i === j ? moved : other))) as never,
          x,
        );
      expect(gradientError(f, leaf)).toBeLessThan(5e-3);
    });
    tree.dispose([k, x, params]);
  });
});

it('maxPool passes the gradient to the largest of each window', () => {
  tf.tidy(() => {
    const x = tf.tensor([1, 4, 2, 3], [1, 2, 2, 1]);
    expect(
      Array.from(
        tf
          .grad((t) => maxPool(2).apply({}, t).sum())(x)
          .dataSync(),
      ),
    ).toEqual([0, 1, 0, 0]);
  });
});
