import { expectNumber } from '../core/checks';
import { tf, type Tensor } from '../core/engine';
import type { Key } from '../core/random';
import { lecunNormal, type Initializer } from './initializers';
import { defineLayer, type Layer } from './layer';
import { expectFeatures } from './shape';

export interface DenseParams {
  /** [inputs, outputs] */
  readonly kernel: Tensor;
  /** [outputs]; absent when the layer has no bias. */
  readonly bias?: Tensor;
}

export interface DenseOptions {
  /** Default true; turn it off before a normalisation, which takes the mean away anyway. */
  readonly bias?: boolean;
  /** Of the kernel; default `lecunNormal`. The bias starts at zero. */
  readonly init?: Initializer;
}

/**
 * An affine map of the last axis: x kernel + bias. [batch, ..., inputs] -> [batch, ..., outputs].
 *
 * @throws when the last axis of x is not `inputs`.
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.dense(4, 2);
 * const params = layer.init(random.key(0));
 * assert.deepEqual(layer.apply(params, tf.zeros([3, 4])).shape, [3, 2]);
 * ```
 */
export function dense(
  inputs: number,
  outputs: number,
  options: DenseOptions = {},
): Layer<DenseParams> {
  const { bias = true, init = lecunNormal } = options;
  expectNumber('dense: inputs', inputs, { atLeast: 1, integer: true });
  expectNumber('dense: outputs', outputs, { atLeast: 1, integer: true });
  return defineLayer({
    name: 'dense',
    init: (key: Key): DenseParams => {
      const kernel = init(key, [inputs, outputs]);
      return bias ? { kernel, bias: tf.zeros([outputs]) } : { kernel };
    },
    apply: (params, x) => {
      expectFeatures('dense', x, inputs);
      // One plain product of matrices, whatever the rank: a batched one would sum the kernel's
      // gradient afterwards.
      const rows = x.rank === 2 ? x : tf.reshape(x, [-1, inputs]);
      const product = tf.matMul(rows, params.kernel);
      const y = params.bias ? tf.add(product, params.bias) : product;
      return x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), outputs]);
    },
  });
}
