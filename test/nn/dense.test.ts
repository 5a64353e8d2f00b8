import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/core/engine';
import { key } from '../../lib/core/random';
import { dense, embedding, positionEmbedding } from '../../lib/nn';
import { normals } from './support';

describe('dense', () => {
  it('is x kernel + bias', () => {
    tf.tidy(() => {
      const y = dense(2, 2).apply(
        {
          kernel: tf.tensor2d([
            [1, 2],
            [3, 4],
          ]),
          bias: tf.tensor1d([10, 20]),
        },
        tf.tensor2d([
          [1, 1],
          [0, 2],
        ]),
      );
      expect(y.arraySync()).toEqual([
        [14, 26],
        [16, 28],
      ]);
    });
  });

  it('acts on the last axis of a sequence as on each position', () => {
    tf.tidy(() => {
      const layer = dense(4, 3);
      const params = layer.init(key(0));
      const x = normals([2, 5, 4]);
      const y = layer.apply(params, x);
      expect(y.shape).toEqual([2, 5, 3]);
      expect(Array.from(y.slice([1, 0, 0], [1, 5, 3]).dataSync())).toEqual(
        Array.from(layer.apply(params, x.slice([1, 0, 0], [1, 5, 4]).reshape([5, 4])).dataSync()),
      );
    });
  });

  it('starts with a zero bias, or none', () => {
    tf.tidy(() => {
      expect(Array.from(dense(3, 2).init(key(0)).bias!.dataSync())).toEqual([0, 0]);
      expect(dense(3, 2, { bias: false }).init(key(0)).bias).toBeUndefined();
    });
  });

  it('names the shape it was given and the one it wants', () => {
    tf.tidy(() => {
      const layer = dense(784, 10);
      expect(() => layer.apply(layer.init(key(0)), tf.zeros([32, 10]))).toThrow(
        'dense(x): shape [32, 10] given, [batch, 784] expected',
      );
      expect(() => layer.apply(layer.init(key(0)), tf.zeros([784]))).toThrow(
        'dense(x): shape [784] given, [batch, 784] expected',
      );
    });
    expect(() => dense(0, 3)).toThrow('dense: inputs: 0 given');
    expect(() => dense(3, 1.5)).toThrow('dense: outputs: 1.5 given');
  });
});

describe('embedding', () => {
  it('takes rows of its table, and its gradient is the count of each', () => {
    tf.tidy(() => {
      const layer = embedding(4, 2);
      const params = layer.init(key(0));
      const x = tf.tensor2d([[1, 3, 1]], [1, 3], 'int32');
      const rows = params.table.arraySync() as number[][];
      expect(layer.apply(params, x).arraySync()).toEqual([[rows[1], rows[3], rows[1]]]);
      const gradient = tf.grad((table) => layer.apply({ table }, x).sum())(params.table);
      expect(gradient.arraySync()).toEqual([
        [0, 0],
        [2, 2],
        [0, 0],
        [1, 1],
      ]);
    });
  });

  it('refuses symbols that are not int32', () => {
    tf.tidy(
      () =>
        void expect(() =>
          embedding(4, 2).apply({ table: tf.zeros([4, 2]) }, tf.zeros([1, 3])),
        ).toThrow('dtype float32 given, int32 expected'),
    );
  });
});

it('positionEmbedding adds a vector for each place, for sequences up to its length', () => {
  tf.tidy(() => {
    const layer = positionEmbedding(3, 2);
    const params = {
      table: tf.tensor2d([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    };
    expect(layer.apply(params, tf.zeros([1, 2, 2])).arraySync()).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    expect(() => layer.apply(params, tf.zeros([1, 4, 2]))).toThrow(
      'length 4 given, at most 3 expected',
    );
  });
});
