/** Layers that change an image's extent, without parameters. Images are NHWC. */
import { expectNumber } from '../core/checks';
import { tf, type Tensor4D } from '../core/engine';
import { fromFunction, type Layer, type NoParams } from './layer';
import { expectImages } from './shape';

/**
 * The largest of each window; `stride` defaults to `size`. [batch, height, width, channels] ->
 * [batch, height', width', channels].
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = tf.tensor4d([1, 4, 2, 3], [1, 2, 2, 1]);
 * assert.equal(nn.maxPool(2).apply({}, images).dataSync()[0], 4);
 * ```
 */
export function maxPool(
  size: number,
  stride = size,
  padding: 'same' | 'valid' = 'valid',
): Layer<NoParams> {
  expectNumber('maxPool: size', size, { atLeast: 1, integer: true });
  return fromFunction('maxPool', (x) => {
    expectImages('maxPool', x);
    return tf.maxPool(x as Tensor4D, size, stride, padding);
  });
}

/**
 * The mean of each window; `stride` defaults to `size`.
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = tf.tensor4d([1, 4, 2, 3], [1, 2, 2, 1]);
 * assert.equal(nn.averagePool(2).apply({}, images).dataSync()[0], 2.5);
 * ```
 */
export function averagePool(
  size: number,
  stride = size,
  padding: 'same' | 'valid' = 'valid',
): Layer<NoParams> {
  expectNumber('averagePool: size', size, { atLeast: 1, integer: true });
  return fromFunction('averagePool', (x) => {
    expectImages('averagePool', x);
    return tf.avgPool(x as Tensor4D, size, stride, padding);
  });
}

/**
 * The mean over all positions. [batch, height, width, channels] -> [batch, channels].
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = tf.ones([2, 5, 7, 3]);
 * assert.deepEqual(nn.globalAveragePool().apply({}, images).shape, [2, 3]);
 * ```
 */
export const globalAveragePool = (): Layer<NoParams> =>
  fromFunction('globalAveragePool', (x) => {
    expectImages('globalAveragePool', x);
    return tf.mean(x, [1, 2]);
  });

/**
 * [batch, ...] -> [batch, product of the rest].
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * assert.deepEqual(nn.flatten().apply({}, tf.zeros([2, 4, 4, 3])).shape, [2, 48]);
 * ```
 */
export const flatten = (): Layer<NoParams> =>
  fromFunction('flatten', (x) =>
    tf.reshape(x, [x.shape[0]!, x.shape.slice(1).reduce((a, b) => a * b, 1)]),
  );

/**
 * [batch, ...] -> [batch, ...shape], for decoders.
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * assert.deepEqual(nn.reshape([4, 4, 3]).apply({}, tf.zeros([2, 48])).shape, [2, 4, 4, 3]);
 * ```
 */
export const reshape = (shape: readonly number[]): Layer<NoParams> =>
  fromFunction('reshape', (x) => tf.reshape(x, [x.shape[0]!, ...shape]));
