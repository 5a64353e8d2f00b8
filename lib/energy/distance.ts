import { tf, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectSameShape } from '../core/checks';

/**
 * The Euclidean distance of each pair of rows: sqrt(||zx - zy||^2 + 1e-12), whose gradient is
 * finite where they coincide.
 *
 * @param zx [batch, dim].
 * @param zy [batch, dim].
 * @returns [batch].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, tf } from 'dark-matter';
 * const d = energy.distance(tf.tensor2d([[0, 0]]), tf.tensor2d([[3, 4]]));
 * assert.ok(Math.abs(d.dataSync()[0] - 5) < 1e-3);
 * ```
 */
export function distance(zx: Tensor2D, zy: Tensor2D): Tensor1D {
  expectSameShape('zx, zy', zx, zy);
  return tf.tidy(() => zx.sub(zy).square().sum(1).add(1e-12).sqrt() as Tensor1D);
}
