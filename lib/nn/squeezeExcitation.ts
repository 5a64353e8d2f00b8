import { tf } from '../core/engine';
import { split } from '../core/random';
import { dense, type DenseParams } from './dense';
import { heNormal } from './initializers';
import { defineLayer, type Layer } from './layer';
import { expectImages } from './shape';

export interface SqueezeExcitationParams {
  readonly squeeze: DenseParams;
  readonly excite: DenseParams;
}

/**
 * Weighs the channels of each image by what is in all of it (Hu et al. 2018,
 * "Squeeze-and-Excitation Networks", equations 2-4): x * sigmoid(W2 relu(W1 mean(x))). [batch,
 * height, width, channels] -> the same.
 *
 * @param hidden the width between; RegNetY has a quarter of the channels that come into the block.
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.squeezeExcitation(8, 2);
 * const params = layer.init(random.key(0));
 * assert.deepEqual(layer.apply(params, tf.ones([2, 5, 5, 8])).shape, [2, 5, 5, 8]);
 * ```
 */
export function squeezeExcitation(
  channels: number,
  hidden: number,
): Layer<SqueezeExcitationParams> {
  const [squeeze, excite] = [dense(channels, hidden, { init: heNormal }), dense(hidden, channels)];
  return defineLayer<SqueezeExcitationParams>({
    name: 'squeezeExcitation',
    init: (key) => {
      const [first, second] = split(key);
      return { squeeze: squeeze.init(first), excite: excite.init(second) };
    },
    apply: (params, x) => {
      expectImages('squeezeExcitation', x, channels);
      const gates = tf.sigmoid(
        excite.apply(params.excite, tf.relu(squeeze.apply(params.squeeze, tf.mean(x, [1, 2])))),
      );
      return tf.mul(x, tf.reshape(gates, [x.shape[0]!, 1, 1, channels]));
    },
  });
}
