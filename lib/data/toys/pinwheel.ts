import { tf, type Tensor, type Tensor1D } from '../../core/engine';
import * as random from '../../core/random';
import { points, square, toy, turn, type Toy } from './toy';

/**
 * Five flattened Gaussians, bent like the arms of a pinwheel (after Johnson et al. 2016). The arms
 * are bent by turning each point by an angle that depends on its distance from the centre alone.
 * That keeps areas, so the density is the one before bending, exactly.
 */
export const pinwheel: Toy = (() => {
  const arms = 5,
    radialStd = 0.6,
    tangentialStd = 0.2,
    distance = 2,
    bend = 0.6;
  const angles = Array.from({ length: arms }, (_, k) => (turn * k) / arms);
  const rotated = (x: Tensor, y: Tensor, angle: Tensor): [Tensor, Tensor] => [
    tf.sub(tf.mul(x, tf.cos(angle)), tf.mul(y, tf.sin(angle))),
    tf.add(tf.mul(x, tf.sin(angle)), tf.mul(y, tf.cos(angle))),
  ];
  const bending = (x: Tensor, y: Tensor) =>
    tf.mul(tf.sqrt(tf.add(tf.add(tf.square(x), tf.square(y)), 1e-12)), bend);
  return toy({
    name: 'pinwheel',
    bounds: square(5),
    sample: (key, n) => {
      const [spread, which] = random.split(key, 2);
      const [a, b] = tf.unstack(random.normal(spread, [n, 2]), 1) as [Tensor, Tensor];
      const [x, y] = [tf.add(tf.mul(a, radialStd), distance), tf.mul(b, tangentialStd)];
      const arm = tf.mul(random.randint(which, [n], 0, arms).cast('float32'), turn / arms);
      return points(...rotated(x, y, tf.add(arm, bending(x, y))));
    },
    logDensity: (x) => {
      const [px, py] = [tf.slice(x, [0, 0], [x.shape[0], 1]), tf.slice(x, [0, 1], [x.shape[0], 1])];
      const back = tf.neg(tf.add(bending(px, py), tf.tensor2d(angles, [1, arms])));
      const [a, b] = rotated(px, py, back);
      const squares = tf.add(
        tf.square(tf.div(tf.sub(a, distance), radialStd)),
        tf.square(tf.div(b, tangentialStd)),
      );
      const logNormalizer = Math.log(arms * 2 * Math.PI * radialStd * tangentialStd);
      return tf.sub(tf.logSumExp(tf.mul(squares, -0.5), 1), logNormalizer) as Tensor1D;
    },
  });
})();
