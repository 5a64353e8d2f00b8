import { describe, expect, it } from 'vitest';
import { compile, type Mode } from '../../lib/core/compile';
import { tf, type Scalar, type Tensor } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { key, randint } from '../../lib/core/random';
import * as nn from '../../lib/nn';
import { valueAndGrad } from '../../lib/train';
import { normals } from './support';

const images = nn.sequential([
  nn.conv2d(2, 4, 3, { groups: 2, bias: false }),
  nn.batchNorm(4),
  nn.relu(),
  nn.maxPool(2),
  nn.residual(nn.sequential([nn.conv2d(4, 4, 3), nn.groupNorm(4, 2), nn.silu()])),
  nn.transposedConv2d(4, 2, 3, { stride: 2 }),
  nn.leakyRelu(),
  nn.averagePool(2),
  nn.flatten(),
  nn.dense(32, 8),
  nn.batchNorm(8),
  nn.gelu(),
  nn.dense(8, 4),
  nn.unitSphere(),
]);
const words = nn.sequential([
  nn.embedding(11, 8),
  nn.positionEmbedding(6, 8),
  nn.transformerBlock(8, { heads: 2, causal: true, dropout: 0.1 }),
  nn.layerNorm(8),
  nn.dense(8, 3),
  nn.tanh(),
]);

const nets: Record<string, { net: nn.Layer<unknown>; input: () => Tensor; mask?: () => Tensor }> = {
  'of images': { net: images as nn.Layer<unknown>, input: () => normals([3, 8, 8, 2]) },
  'of words': {
    net: words as nn.Layer<unknown>,
    input: () => tf.tidy(() => randint(key(1), [3, 5], 0, 11)),
    mask: () =>
      tf.tensor2d([
        [1, 1, 1, 1, 1],
        [1, 1, 1, 0, 0],
        [1, 0, 0, 0, 0],
      ]),
  },
};

describe('layers give the same value and gradients eager, as a graph and by XLA:', () => {
  it.each(Object.entries(nets))('a network %s', (_name, { net, input, mask }) => {
    const inputs = {
      params: tree.tidy(() => net.init(key(0))),
      x: input(),
      mask: mask?.(),
      key: key(2),
    };
    const run = (mode: Mode): number[][] => {
      const step = compile(
        ({ params, x, mask: m, key: k }: typeof inputs) =>
          valueAndGrad((p: unknown) => {
            const y = net.apply(p, x, { key: k, mask: m });
            return { value: y.square().sum().add(y.sum()) as Scalar, aux: { y } };
          }, params),
        { mode },
      );
      const result = step(inputs);
      const numbers = tree.leaves(result).map((leaf) => Array.from(leaf.dataSync()));
      tree.dispose(result);
      step.dispose();
      return numbers;
    };
    const eager = run('eager');
    expect(eager.flat().every(Number.isFinite)).toBe(true);
    for (const mode of ['graph', 'xla'] as const) {
      run(mode).forEach((leaf, i) => {
        const size = Math.max(1, ...eager[i]!.map(Math.abs));
        leaf.forEach((value, j) =>
          expect(Math.abs(value - eager[i]![j]!) / size).toBeLessThan(1e-4),
        );
      });
    }
    tree.dispose(inputs);
  });
});
