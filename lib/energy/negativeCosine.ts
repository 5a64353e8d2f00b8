import { tf, type Scalar, type Tensor2D } from '../core/engine';
import { cosineEnergy } from './jointEmbedding';

/**
 * The mean of -cos of pairs of rows: -1 where all agree, 1 where all are opposite (SimSiam: Chen
 * and He 2021, equation 1).
 *
 * @param p [batch, dim]. @param z [batch, dim]; stop its gradient before, where a method wants
 * that.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, tf } from 'dark-matter';
 * const z = tf.tensor2d([
 *   [1, 2],
 *   [3, 4],
 * ]);
 * assert.ok(Math.abs(energy.negativeCosine(z, z.mul(5)).dataSync()[0] + 1) < 1e-5);
 * ```
 */
export function negativeCosine(p: Tensor2D, z: Tensor2D): Scalar {
  return tf.tidy(() => cosineEnergy(p, z).mean().sub(1) as Scalar);
}
