import { describe, expect, it } from 'vitest';
import { tf, type Tensor } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { key } from '../../lib/core/random';
import { attentionWeights, multiHeadAttention, transformerBlock } from '../../lib/nn';
import { gradientError, leakFree, normals } from './support';

const far = (a: Tensor, b: Tensor): number => tf.tidy(() => a.sub(b).abs().max().dataSync()[0]!);

describe('attentionWeights', () => {
  it('has rows that sum to one, with and without a mask that hides a part', () => {
    tf.tidy(() => {
      const [q, k] = [normals([2, 3, 5, 4], 1), normals([2, 3, 5, 4], 2)];
      const mask = tf.tensor2d([
        [1, 1, 1, 0, 0],
        [1, 1, 1, 1, 1],
      ]);
      for (const options of [{}, { causal: true }, { mask }, { causal: true, mask }]) {
        expect(far(attentionWeights(q, k, options).sum(3), tf.ones([2, 3, 5]))).toBeLessThan(1e-5);
      }
    });
  });

  it('gives exactly nothing to the future when causal, and to padding when masked', () => {
    tf.tidy(() => {
      const [q, k] = [normals([1, 1, 4, 4], 1), normals([1, 1, 4, 4], 2)];
      const causal = attentionWeights(q, k, { causal: true }).arraySync() as number[][][][];
      for (let i = 0; i < 4; i++)
        for (let j = i + 1; j < 4; j++) expect(causal[0]![0]![i]![j]).toBe(0);
      const masked = attentionWeights(q, k, {
        mask: tf.tensor2d([[1, 0, 1, 0]]),
      }).arraySync() as number[][][][];
      for (const row of masked[0]![0]!) expect([row[1], row[3]]).toEqual([0, 0]);
    });
  });

  it('is exactly 0 where all is hidden, and finite in its gradient; causal, it still never looks ahead', () => {
    tf.tidy(() => {
      const [q, k] = [normals([2, 1, 3, 4], 1), normals([2, 1, 3, 4], 2)];
      const mask = tf.tensor2d([
        [0, 0, 0],
        [0, 1, 1],
      ]);
      const all = attentionWeights(q, k, { mask }).arraySync() as number[][][][];
      expect(all[0]!.flat(2)).toEqual(Array(9).fill(0));
      for (const row of all[1]![0]!) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      // The first position of the second sequence may look at itself alone, which is padding.
      const causal = attentionWeights(q, k, { causal: true, mask }).arraySync() as number[][][][];
      expect(causal[1]![0]![0]).toEqual([0, 0, 0]);
      expect(causal[1]![0]![1]).toEqual([0, 1, 0]);
      const slope = tf.grad((t) => attentionWeights(t, k, { causal: true, mask }).square().sum())(
        q,
      );
      expect(Array.from(slope.dataSync()).every(Number.isFinite)).toBe(true);
    });
  });

  it('is uniform where all scores are equal', () => {
    tf.tidy(() => {
      const weights = attentionWeights(tf.zeros([1, 1, 3, 2]), normals([1, 1, 3, 2]));
      expect(far(weights, tf.fill([1, 1, 3, 3], 1 / 3))).toBeLessThan(1e-6);
    });
  });
});

describe('multiHeadAttention', () => {
  it('is softmax(q k^T / sqrt(dim)) v of each head, side by side', () => {
    tf.tidy(() => {
      const layer = multiHeadAttention(6, { heads: 2 });
      const params = layer.init(key(0));
      const x = normals([1, 4, 6]);
      const projected = x
        .reshape([4, 6])
        .matMul(params.input.kernel as never)
        .add(params.input.bias!) as Tensor;
      const part = (which: number, head: number): Tensor =>
        projected.slice([0, 6 * which + 3 * head], [4, 3]);
      const heads = [0, 1].map((head) =>
        tf.matMul(
          tf.softmax(tf.matMul(part(0, head), part(1, head), false, true).div(Math.sqrt(3))),
          part(2, head),
        ),
      );
      const expected = tf
        .matMul(tf.concat(heads, 1), params.output.kernel)
        .add(params.output.bias!);
      expect(far(layer.apply(params, x).reshape([4, 6]), expected)).toBeLessThan(1e-5);
    });
  });

  it('moves with its positions: permuting them permutes the output', () => {
    tf.tidy(() => {
      const layer = multiHeadAttention(8, { heads: 4 });
      const params = layer.init(key(1));
      const x = normals([2, 5, 8]);
      const order = tf.tensor1d([3, 0, 4, 1, 2], 'int32');
      expect(
        far(
          tf.gather(layer.apply(params, x), order, 1),
          layer.apply(params, tf.gather(x, order, 1)),
        ),
      ).toBeLessThan(1e-5);
    });
  });

  it('has the gradient of finite differences', () => {
    const layer = multiHeadAttention(4, { heads: 2, causal: true });
    const params = layer.init(key(2));
    const [x, c] = [normals([1, 3, 4]), normals([1, 3, 4], 8)];
    expect(gradientError((t) => layer.apply(params, t).mul(c).sum(), x)).toBeLessThan(2e-3);
    expect(
      gradientError(
        (kernel) =>
          layer
            .apply({ ...params, input: { ...params.input, kernel } }, x)
            .mul(c)
            .sum(),
        params.input.kernel,
      ),
    ).toBeLessThan(2e-3);
    tree.dispose([params, x, c]);
  });

  it('refuses heads that do not divide the features, and other shapes', () => {
    expect(() => multiHeadAttention(6, { heads: 4 })).toThrow(
      'heads is 4, a divisor of features (6) expected',
    );
    tf.tidy(() => {
      const layer = multiHeadAttention(6, { heads: 2 });
      expect(() => layer.apply(layer.init(key(0)), normals([2, 6]))).toThrow(
        'multiHeadAttention(x): shape [2, 6] given, [batch, length, 6] expected',
      );
    });
  });
});

describe('transformerBlock', () => {
  it('when causal, does not let a later position change an earlier one', () => {
    tf.tidy(() => {
      const block = transformerBlock(8, { heads: 2, causal: true });
      const params = block.init(key(0));
      const x = normals([1, 5, 8]);
      const changed = tf.concat([x.slice([0, 0, 0], [1, 3, 8]), normals([1, 2, 8], 9)], 1);
      const first = (t: Tensor): Tensor => t.slice([0, 0, 0], [1, 3, 8]);
      expect(far(first(block.apply(params, x)), first(block.apply(params, changed)))).toBeLessThan(
        1e-5,
      );
    });
  });

  it('does not let padding change what is not padding', () => {
    tf.tidy(() => {
      const block = transformerBlock(8, { heads: 2 });
      const params = block.init(key(0));
      const mask = tf.tensor2d([[1, 1, 1, 0]]);
      const x = normals([1, 4, 8]);
      const changed = tf.concat([x.slice([0, 0, 0], [1, 3, 8]), normals([1, 1, 8], 9)], 1);
      const first = (t: Tensor): Tensor => t.slice([0, 0, 0], [1, 3, 8]);
      expect(
        far(first(block.apply(params, x, { mask })), first(block.apply(params, changed, { mask }))),
      ).toBeLessThan(1e-5);
    });
  });

  it('drops out with a key only, the same for the same key', () => {
    tf.tidy(() => {
      const block = transformerBlock(8, { heads: 2, dropout: 0.5 });
      const params = block.init(key(0));
      const x = normals([1, 4, 8]);
      expect(far(block.apply(params, x), block.apply(params, x))).toBe(0);
      const [a, b, c] = [1, 1, 2].map((seed) => block.apply(params, x, { key: key(seed) })) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      expect(far(a, b)).toBe(0);
      expect(far(a, c)).toBeGreaterThan(0.01);
    });
  });

  it('drops out after attention and after the dense layers with masks of their own', () => {
    tf.tidy(() => {
      const block = transformerBlock(8, { heads: 2, dropout: 0.5 });
      // Both branches give ones, whatever comes in: what is added tells which mask let it through.
      const ones = { kernel: tf.zeros([8, 8]), bias: tf.ones([8]) };
      const { attention, dense } = block.init(key(0));
      const inner = { ...attention.block, attend: { ...attention.block.attend, output: ones } };
      const narrow = { kernel: tf.zeros([32, 8]), bias: tf.ones([8]) };
      const params = {
        attention: { ...attention, block: inner },
        dense: { ...dense, block: { ...dense.block, narrow } },
      };
      const out = block.apply(params, tf.zeros([4, 5, 8]), { key: key(1) }).dataSync();
      const share = (value: number) => out.filter((v) => v === value).length / out.length;
      expect(share(0) + share(2) + share(4)).toBe(1);
      expect(share(2)).toBeGreaterThan(0.3); // one let it through, the other not: half
    });
  });

  it('leaks nothing', () => {
    const block = transformerBlock(8, { heads: 2, dropout: 0.1 });
    leakFree(() => {
      const [k, x] = [key(0), normals([1, 4, 8])];
      const params = block.init(k);
      tree.dispose([block.apply(params, x, { key: k }), params, k, x]);
    });
  });
});
