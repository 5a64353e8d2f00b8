import { tf, type Tensor } from './engine';

/**
 * Each row on the unit sphere: z / ||z||, over the last axis.
 *
 * A small floor under the norm, sqrt(||z||^2 + 1e-12), keeps the value and its gradient finite
 * where a row is zero, as in a collapsed network. A zero row stays zero.
 *
 * @param z [..., dim].
 * @returns the same shape; rows have norm 1 (zero rows excepted).
 */
export function l2Normalize<T extends Tensor>(z: T): T {
  return tf.tidy(() => z.div(z.square().sum(-1, true).add(1e-12).sqrt()) as T);
}
