import { tf, type Tensor } from '../core/engine';

/**
 * The smooth L1 distance of a difference from 0, entry by entry: d^2 / 2 up to |d| = 1, |d| - 1/2
 * beyond (Girshick 2015, equation 3; PyTorch's `smooth_l1_loss` with its default beta of 1).
 */
export function smoothL1<T extends Tensor>(difference: T): T {
  return tf.tidy(() => {
    // c (d - c / 2) for d clipped to c: both branches in one, with the right slope, c.
    const clipped = difference.clipByValue(-1, 1);
    return clipped.mul(difference.sub(clipped.mul(0.5))) as T;
  });
}
