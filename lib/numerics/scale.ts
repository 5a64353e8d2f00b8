import { tf, type Scalar, type Tensor } from '../core/engine';

/**
 * The largest absolute value of a tensor, or 1 where all are zero: divided by it, float32 neither
 * overflows nor underflows when it is squared.
 */
export function largestSize(x: Tensor): Scalar {
  return tf.tidy(() => {
    const largest = tf.max(tf.abs(x));
    return tf.where(tf.greater(largest, 0), largest, tf.onesLike(largest)) as Scalar;
  });
}
