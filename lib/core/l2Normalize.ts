import { tf, type Tensor } from './engine';

/** Squares of norms below 1e-24 count as 1e-24: the norm's floor is 1e-12, as in PyTorch. */
const FLOOR = 1e-24;

/**
 * Each row on the unit sphere: z / max(||z||, 1e-12), over the last axis. The convention is that of
 * PyTorch's `torch.nn.functional.normalize`.
 *
 * The floor keeps the value and its gradient finite where a row is zero, as in a collapsed network.
 * A zero row stays zero, and its gradient is the incoming one times 1e12, as in PyTorch.
 *
 * @param z [..., dim].
 * @returns the same shape; rows have norm 1 (those shorter than 1e-12 excepted).
 */
export function l2Normalize<T extends Tensor>(z: T): T {
  return tf.tidy(() => z.div(tf.maximum(z.square().sum(-1, true), FLOOR).sqrt()) as T);
}
