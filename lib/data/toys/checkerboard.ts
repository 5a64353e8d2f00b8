import { tf, type Tensor1D, type Tensor2D } from '../../core/engine';
import * as random from '../../core/random';
import { points, square, toy, type Toy } from './toy';

/**
 * The black fields of a 4 x 4 board on [-4, 4]^2: uniform, with edges. Its entropy is log 32 =
 * 3.466 nats.
 */
export const checkerboard: Toy = toy({
  name: 'checkerboard',
  bounds: square(4),
  sample: (key, n) => {
    const [within, which] = random.split(key, 2);
    const offset = random.uniform(within, [n, 2], 0, 2);
    const field = random.randint(which, [n], 0, 8).cast('float32');
    const row = tf.floor(tf.div(field, 2));
    const column = tf.add(
      tf.mul(tf.sub(field, tf.mul(row, 2)), 2),
      tf.sub(row, tf.mul(tf.floor(tf.div(row, 2)), 2)),
    );
    return tf.sub(tf.add(offset, tf.mul(points(column, row), 2)), 4) as Tensor2D;
  },
  logDensity: (x) => {
    const inside = tf.all(tf.logicalAnd(tf.greaterEqual(x, -4), tf.less(x, 4)), 1);
    const parity = tf.sum(tf.floor(tf.div(x, 2)), 1);
    const even = tf.equal(tf.mul(tf.floor(tf.div(parity, 2)), 2), parity);
    return tf.where(
      tf.logicalAnd(inside, even),
      tf.fill([x.shape[0]], -Math.log(32)),
      tf.fill([x.shape[0]], -Infinity),
    ) as Tensor1D;
  },
});
