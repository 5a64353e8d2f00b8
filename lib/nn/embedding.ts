/** Vectors for symbols and places. */
import { expectNumber, expectShape } from '../core/checks';
import { tf, type Tensor, type Tensor1D } from '../core/engine';
import { normalWithStd, type Initializer } from './initializers';
import { defineLayer, type Layer } from './layer';

export interface EmbeddingParams {
  /** [vocabulary, features], or [length, features]. */
  readonly table: Tensor;
}

export interface EmbeddingOptions {
  /** Default normal with standard deviation 0.02, as in BERT. */
  readonly init?: Initializer;
}

/**
 * A vector for each symbol. int32 [batch, ...], in [0, vocabulary) -> [batch, ..., features].
 *
 * @throws when x is not int32. Numbers outside the vocabulary cannot be seen without reading x:
 * they are the caller's to avoid.
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.embedding(100, 8);
 * const params = layer.init(random.key(0));
 * const tokens = tf.tensor2d([[3, 99, 3]], [1, 3], 'int32');
 * assert.deepEqual(layer.apply(params, tokens).shape, [1, 3, 8]);
 * ```
 */
export function embedding(
  vocabulary: number,
  features: number,
  { init = normalWithStd(0.02) }: EmbeddingOptions = {},
): Layer<EmbeddingParams> {
  expectNumber('embedding: vocabulary', vocabulary, { atLeast: 1, integer: true });
  expectNumber('embedding: features', features, { atLeast: 1, integer: true });
  return defineLayer<EmbeddingParams>({
    name: 'embedding',
    init: (key) => ({ table: init(key, [vocabulary, features]) }),
    apply: ({ table }, x) => {
      if (x.dtype !== 'int32')
        throw new Error(`embedding(x): dtype ${x.dtype} given, int32 expected`);
      const rows = tf.gather(table, tf.reshape(x, [-1]) as Tensor1D);
      return tf.reshape(rows, [...x.shape, features]);
    },
  });
}

/**
 * Adds a learned vector for each place. [batch, length' <= length, features] -> the same.
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.positionEmbedding(10, 8);
 * const params = layer.init(random.key(0));
 * assert.deepEqual(layer.apply(params, tf.zeros([2, 6, 8])).shape, [2, 6, 8]);
 * ```
 */
export function positionEmbedding(
  length: number,
  features: number,
  { init = normalWithStd(0.02) }: EmbeddingOptions = {},
): Layer<EmbeddingParams> {
  expectNumber('positionEmbedding: length', length, { atLeast: 1, integer: true });
  return defineLayer<EmbeddingParams>({
    name: 'positionEmbedding',
    init: (key) => ({ table: init(key, [length, features]) }),
    apply: ({ table }, x) => {
      expectShape('positionEmbedding(x)', x, ['batch', 'length', features]);
      const used = x.shape[1]!;
      if (used > length)
        throw new Error(`positionEmbedding(x): length ${used} given, at most ${length} expected`);
      return tf.add(x, used === length ? table : tf.slice(table, [0, 0], [used, features]));
    },
  });
}
