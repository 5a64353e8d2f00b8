/** Attention over sequences, [batch, length, features] (Vaswani et al. 2017). */
import { expectNumber, expectShape } from '../core/checks';
import { tf, type Tensor } from '../core/engine';
import { foldIn, split, type Key } from '../core/random';
import { gelu } from './activations';
import { dropout, residual, sequential, type ResidualParams } from './compose';
import { dense, type DenseParams } from './dense';
import { glorotUniform } from './initializers';
import { defineLayer, type Layer, type NoParams } from './layer';
import { layerNorm, type NormParams } from './norm';

export interface AttentionOptions {
  /** A position attends to itself and those before it only; default false. */
  readonly causal?: boolean;
  /** [batch, length]: 1 where a key may be attended to, 0 where it is padding. */
  readonly mask?: Tensor;
}

/** The score of what is hidden: exp of it is 0, and it is finite, so nothing becomes NaN. */
const HIDDEN = -1e9;

/**
 * How much each position attends to each other: softmax(query key^T / sqrt(dim)) (equation 1). Rows
 * sum to one, and what is hidden gets exactly 0. A row from which all is hidden is all 0, as in
 * PyTorch's `scaled_dot_product_attention` since 2.5: such a position attends to nothing.
 *
 * @param query [batch, heads, length, dim], as is `key`.
 * @returns [batch, heads, length, length].
 * @throws when the mask is not [batch, length].
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const query = tf.zeros([1, 1, 2, 4]); // all scores are equal
 * const weights = nn.attentionWeights(query, query, { causal: true });
 * assert.deepEqual([...weights.dataSync()], [1, 0, 0.5, 0.5]);
 * ```
 */
export function attentionWeights(
  query: Tensor,
  key: Tensor,
  { causal = false, mask }: AttentionOptions = {},
): Tensor {
  return tf.tidy(() => {
    const dim = query.shape[3]!;
    const scores = tf.matMul(query.mul(1 / Math.sqrt(dim)), key, false, true);
    const visible = visibleKeys(query, key, { causal, mask });
    if (!visible) return tf.softmax(scores);
    // Added, not put in their place: its gradient is the scores' own.
    const weights = tf.softmax(scores.add(tf.sub(1, visible).mul(HIDDEN)));
    // Where a mask hides all of a row the softmax is uniform: nothing is left of it. A causal row
    // always sees itself.
    return mask ? weights.mul(visible) : weights;
  });
}

/** 1 where a position may look, 0 where not; broadcasts to [batch, heads, length, length]. */
function visibleKeys(
  query: Tensor,
  key: Tensor,
  { causal, mask }: AttentionOptions,
): Tensor | undefined {
  let visible: Tensor | undefined;
  if (causal) {
    const positions = tf.range(0, query.shape[2]!, 1, 'int32');
    visible = tf.greaterEqual(positions.expandDims(1), positions.expandDims(0)).toFloat();
  }
  if (mask) {
    expectShape('attention: mask', mask, [query.shape[0]!, key.shape[2]!]);
    const keys = mask.toFloat().expandDims(1).expandDims(1);
    visible = visible ? visible.mul(keys) : keys;
  }
  return visible;
}

export interface MultiHeadAttentionParams {
  /** One map to all heads' queries, keys and values: kernel [features, 3 features]. */
  readonly input: DenseParams;
  /** kernel [features, features] */
  readonly output: DenseParams;
}

export interface MultiHeadAttentionOptions {
  /** A divisor of the features. */
  readonly heads: number;
  readonly causal?: boolean;
}

/**
 * Self-attention with several heads (section 3.2.2). [batch, length, features] -> the same.
 * `apply`'s `mask` ([batch, length]) hides padding.
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const attention = nn.multiHeadAttention(8, { heads: 2 });
 * const params = attention.init(random.key(0));
 * assert.deepEqual(attention.apply(params, tf.zeros([3, 5, 8])).shape, [3, 5, 8]);
 * ```
 */
export function multiHeadAttention(
  features: number,
  options: MultiHeadAttentionOptions,
): Layer<MultiHeadAttentionParams> {
  const { heads, causal = false } = options;
  expectNumber('multiHeadAttention: heads', heads, { atLeast: 1, integer: true });
  if (features % heads !== 0)
    throw new Error(
      `multiHeadAttention: heads is ${heads}, a divisor of features (${features}) expected`,
    );
  const dim = features / heads;
  const input = dense(features, 3 * features, { init: glorotUniform });
  const output = dense(features, features, { init: glorotUniform });
  return defineLayer<MultiHeadAttentionParams>({
    name: 'multiHeadAttention',
    init: (key) => {
      const [first, second] = split(key);
      return { input: input.init(first), output: output.init(second) };
    },
    apply: (params, x, { mask } = {}) => {
      expectShape('multiHeadAttention(x)', x, ['batch', 'length', features]);
      const [batch, length] = x.shape as [number, number, number];
      // [3, batch, heads, length, dim]
      const projected = tf.transpose(
        input.apply(params.input, x).reshape([batch, length, 3, heads, dim]),
        [2, 0, 3, 1, 4],
      );
      const [query, key, value] = tf.unstack(projected) as [Tensor, Tensor, Tensor];
      const weights = attentionWeights(query, key, { causal, mask });
      const attended = tf
        .transpose(tf.matMul(weights, value), [0, 2, 1, 3])
        .reshape([batch, length, features]);
      return output.apply(params.output, attended);
    },
  });
}

export interface TransformerBlockOptions extends MultiHeadAttentionOptions {
  /** Width of the inner dense layer; default 4 features. */
  readonly hidden?: number;
  /** After attention and after the dense layers; default 0. Active where `apply` is given a key. */
  readonly dropout?: number;
}

export interface TransformerBlockParams {
  readonly attention: ResidualParams<
    {
      readonly norm: NormParams;
      readonly attend: MultiHeadAttentionParams;
      readonly drop: NoParams;
    },
    NoParams
  >;
  readonly dense: ResidualParams<
    {
      readonly norm: NormParams;
      readonly widen: DenseParams;
      readonly act: NoParams;
      readonly narrow: DenseParams;
      readonly drop: NoParams;
    },
    NoParams
  >;
}

/**
 * x + attention(norm(x)), then x + dense(gelu(dense(norm(x)))): a transformer's block with the
 * norms first, which trains without warm-up (Xiong et al. 2020). [batch, length, features] -> the
 * same.
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const block = nn.transformerBlock(8, { heads: 2, causal: true });
 * const params = block.init(random.key(0));
 * assert.deepEqual(block.apply(params, tf.zeros([3, 5, 8])).shape, [3, 5, 8]);
 * ```
 */
export function transformerBlock(
  features: number,
  options: TransformerBlockOptions,
): Layer<TransformerBlockParams> {
  const { hidden = 4 * features, dropout: rate = 0 } = options;
  const drop = dropout(rate);
  const attention = residual(
    sequential({ norm: layerNorm(features), attend: multiHeadAttention(features, options), drop }),
  );
  const inner = residual(
    sequential({
      norm: layerNorm(features),
      widen: dense(features, hidden),
      act: gelu(),
      narrow: dense(hidden, features),
      drop,
    }),
  );
  return defineLayer<TransformerBlockParams>({
    name: 'transformerBlock',
    stochastic: rate > 0,
    init: (key) => {
      const [first, second] = split(key);
      return { attention: attention.init(first), dense: inner.init(second) };
    },
    apply: (params, x, options = {}) => {
      const keyFor = (i: number): { key?: Key } =>
        options.key && rate > 0 ? { key: foldIn(options.key, i) } : { key: undefined };
      const attended = attention.apply(params.attention, x, { ...options, ...keyFor(0) });
      return inner.apply(params.dense, attended, { ...options, ...keyFor(1) });
    },
  });
}
