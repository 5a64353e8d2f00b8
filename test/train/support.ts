import type { Scalar, Tensor } from '../../lib/core/engine';
import { tf } from '../../lib/core/engine';
import type { Method, NoState } from '../../lib/core/method';
import { key, normal, type Key } from '../../lib/core/random';
import { dense, relu, sequential, type ParamsOf } from '../../lib/nn';

export const net = sequential({ hidden: dense(4, 16), act: relu(), out: dense(16, 2) });
export type NetParams = ParamsOf<typeof net>;
export interface Pairs {
  readonly x: Tensor;
  readonly y: Tensor;
}

/**
 * Least squares with noise on its inputs from the step's key, so that the keys matter to the
 * result.
 */
export function regression(noise = 0.1): Method<NetParams, NoState, Pairs> {
  return {
    name: 'regression',
    mechanism: 'supervised',
    init: (k: Key) => ({ params: net.init(k), state: {} }),
    objective: (params, { x, y }, k, state) => {
      const error = net.apply(params, x.add(normal(k, x.shape).mul(noise))).sub(y);
      return {
        loss: error.square().mean() as Scalar,
        metrics: { worst: error.abs().max() as Scalar },
        state,
      };
    },
  };
}

/** 64 points and a linear function of them. */
export function pairs(): Pairs {
  return tf.tidy(() => {
    const x = normal(key(100), [64, 4]);
    return { x, y: x.slice([0, 1], [64, 2]).mul(2).add(0.5) };
  });
}

/** All numbers of a tree, for comparing bits. */
export { leaves } from '../../lib/core/pytree';
