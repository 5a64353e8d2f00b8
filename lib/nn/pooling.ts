/** Layers that change an image's extent, without parameters. Images are NHWC. */
import { expectNumber } from '../core/checks';
import { tf, type Tensor4D } from '../core/engine';
import { fromFunction, type Layer, type NoParams } from './layer';
import { expectImages } from './shape';

/**
 * The largest of each window; `stride` defaults to `size`. [batch, height, width, channels] ->
 * [batch, height', width', channels].
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

/** The mean of each window; `stride` defaults to `size`. */
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

/** The mean over all positions. [batch, height, width, channels] -> [batch, channels]. */
export const globalAveragePool = (): Layer<NoParams> =>
  fromFunction('globalAveragePool', (x) => {
    expectImages('globalAveragePool', x);
    return tf.mean(x, [1, 2]);
  });

/** [batch, ...] -> [batch, product of the rest]. */
export const flatten = (): Layer<NoParams> =>
  fromFunction('flatten', (x) =>
    tf.reshape(x, [x.shape[0]!, x.shape.slice(1).reduce((a, b) => a * b, 1)]),
  );

/** [batch, ...] -> [batch, ...shape], for decoders. */
export const reshape = (shape: readonly number[]): Layer<NoParams> =>
  fromFunction('reshape', (x) => tf.reshape(x, [x.shape[0]!, ...shape]));
