import { tf, type Tensor } from './engine';

/**
 * The identity, through which no gradient flows (PyTorch's `detach`, JAX's `stop_gradient`).
 *
 * @param x any tensor.
 * @returns the same values, for the backward pass a constant.
 */
export function stopGradient<T extends Tensor>(x: T): T {
  return tf.customGrad((value) => ({
    value: (value as Tensor).clone(),
    gradFunc: (dy) => tf.zerosLike(dy as Tensor),
  }))(x) as T;
}
