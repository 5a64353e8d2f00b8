import { tf, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectSameShape } from '../core/checks';

/**
 * The Euclidean distance of each pair of rows: sqrt(||zx - zy||^2 + 1e-12), whose gradient is
 * finite where they coincide.
 *
 * @param zx [batch, dim].
 * @param zy [batch, dim].
 * @returns [batch].
 */
export function distance(zx: Tensor2D, zy: Tensor2D): Tensor1D {
  expectSameShape('zx, zy', zx, zy);
  return tf.tidy(() => zx.sub(zy).square().sum(1).add(1e-12).sqrt() as Tensor1D);
}
