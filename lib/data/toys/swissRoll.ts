import { tf } from '../../core/engine';
import * as random from '../../core/random';
import { curveNodes, type Mixture } from './mixture';
import { noisyCurve, points, square, type Toy } from './toy';

/** A strip rolled up, in section: one curve, one dimension, that fills the plane unevenly. */
export const swissRoll: Toy = (() => {
  const [from, to] = [1.5 * Math.PI, 4.5 * Math.PI];
  const curve = (t: number) => [(t * Math.cos(t)) / 5, (t * Math.sin(t)) / 5] as const;
  const mixture: Mixture = { ...curveNodes(curve, from, to, 320), std: 0.2 };
  return noisyCurve('Swiss roll', square(4), mixture, (key, n) => {
    const t = random.uniform(key, [n], from, to);
    return points(tf.div(tf.mul(t, tf.cos(t)), 5), tf.div(tf.mul(t, tf.sin(t)), 5));
  });
})();
