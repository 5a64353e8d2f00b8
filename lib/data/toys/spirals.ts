import { tf } from '../../core/engine';
import * as random from '../../core/random';
import { curveNodes } from './mixture';
import { joined, noisyCurve, points, square, type Toy } from './toy';

/**
 * Two spirals, one the other's half turn. Points are spread evenly over the area, so denser near
 * the centre on the curve.
 */
export const spirals: Toy = (() => {
  const end = 3 * Math.PI,
    scale = 1 / 3;
  // t = end * sqrt(u) for uniform u, so t has the density 2 t / end^2.
  const arm = (sign: number) =>
    curveNodes(
      (t) => [-sign * scale * t * Math.cos(t), sign * scale * t * Math.sin(t)],
      0,
      end,
      360,
      (t) => (2 * t) / end ** 2,
    );
  return noisyCurve('spirals', square(4.2), joined([arm(1), arm(-1)], 0.15), (key, n) => {
    const [along, which] = random.split(key, 2);
    const t = tf.mul(tf.sqrt(random.uniform(along, [n])), end);
    const sign = tf.mul(
      tf.sub(tf.mul(random.randint(which, [n], 0, 2).cast('float32'), 2), 1),
      scale,
    );
    return points(tf.neg(tf.mul(sign, tf.mul(t, tf.cos(t)))), tf.mul(sign, tf.mul(t, tf.sin(t))));
  });
})();
