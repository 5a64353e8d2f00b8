import { tf, type Tensor } from '../core/engine';

/**
 * What `f` makes, as a constant. `f` runs off the tape, so that its steps become a loop of the
 * graph when traced.
 *
 * @param input any tensor that `f` uses.
 */
export function withoutGradient<T extends Tensor>(f: () => T, input: Tensor): T {
  return tf.customGrad((given) => ({ value: f(), gradFunc: () => tf.zerosLike(given as Tensor) }))(
    input,
  ) as T;
}
