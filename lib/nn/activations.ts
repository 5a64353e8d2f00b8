/** Activations: functions of a tensor's entries, as layers. */
import { tf } from '../core/engine';
import { fromFunction, type Layer, type NoParams } from './layer';

/**
 * max(0, x).
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.relu();
 * const y = layer.apply({}, tf.tensor2d([[0, 2]]));
 * assert.ok(Math.abs(y.dataSync()[1]! - 2) < 1e-4);
 * ```
 */
export const relu = (): Layer<NoParams> => fromFunction('relu', (x) => tf.relu(x));

/**
 * x where positive, slope x elsewhere; default slope 0.01.
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.leakyRelu();
 * const y = layer.apply({}, tf.tensor2d([[0, 2]]));
 * assert.ok(Math.abs(y.dataSync()[1]! - 2) < 1e-4);
 * ```
 */
export const leakyRelu = (slope = 0.01): Layer<NoParams> =>
  fromFunction('leakyRelu', (x) => tf.leakyRelu(x, slope));

/**
 * x Phi(x), with the normal distribution's function (Hendrycks & Gimpel 2016); exact, by way of
 * erf.
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.gelu();
 * const y = layer.apply({}, tf.tensor2d([[0, 2]]));
 * assert.ok(Math.abs(y.dataSync()[1]! - 1.9545) < 1e-4);
 * ```
 */
export const gelu = (): Layer<NoParams> =>
  fromFunction('gelu', (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)));

/**
 * x sigmoid(x), also called swish. Smooth: the energy's gradient is continuous, as Langevin
 * dynamics wants.
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.silu();
 * const y = layer.apply({}, tf.tensor2d([[0, 2]]));
 * assert.ok(Math.abs(y.dataSync()[1]! - 1.7616) < 1e-4);
 * ```
 */
export const silu = (): Layer<NoParams> => fromFunction('silu', (x) => tf.mul(x, tf.sigmoid(x)));

/**
 * The hyperbolic tangent, in (-1, 1).
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.tanh();
 * const y = layer.apply({}, tf.tensor2d([[0, 2]]));
 * assert.ok(Math.abs(y.dataSync()[1]! - 0.964) < 1e-4);
 * ```
 */
export const tanh = (): Layer<NoParams> => fromFunction('tanh', (x) => tf.tanh(x));

/**
 * The logistic function 1 / (1 + exp(-x)), in (0, 1).
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.sigmoid();
 * const y = layer.apply({}, tf.tensor2d([[0, 2]]));
 * assert.ok(Math.abs(y.dataSync()[1]! - 0.8808) < 1e-4);
 * ```
 */
export const sigmoid = (): Layer<NoParams> => fromFunction('sigmoid', (x) => tf.sigmoid(x));

/**
 * log(1 + e^x): positive and smooth.
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.softplus();
 * const y = layer.apply({}, tf.tensor2d([[0, 2]]));
 * assert.ok(Math.abs(y.dataSync()[1]! - 2.1269) < 1e-4);
 * ```
 */
export const softplus = (): Layer<NoParams> => fromFunction('softplus', (x) => tf.softplus(x));
