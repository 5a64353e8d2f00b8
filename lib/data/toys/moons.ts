import { tf } from '../../core/engine';
import * as random from '../../core/random';
import { curveNodes } from './mixture';
import { joined, noisyCurve, points, square, type Toy } from './toy';

/** Two half circles that reach into each other. */
export const moons: Toy = (() => {
  const upper = (t: number) => [2 * Math.cos(t) - 1, 2 * Math.sin(t) - 0.5] as const;
  const lower = (t: number) => [1 - 2 * Math.cos(t), 0.5 - 2 * Math.sin(t)] as const;
  const mixture = joined(
    [curveNodes(upper, 0, Math.PI, 64), curveNodes(lower, 0, Math.PI, 64)],
    0.2,
  );
  return noisyCurve('moons', square(4), mixture, (key, n) => {
    // The lower moon is the upper one turned by half a turn about the origin.
    const [along, which] = random.split(key, 2);
    const t = random.uniform(along, [n], 0, Math.PI);
    const sign = tf.sub(tf.mul(random.randint(which, [n], 0, 2).cast('float32'), 2), 1);
    return points(
      tf.mul(sign, tf.sub(tf.mul(tf.cos(t), 2), 1)),
      tf.mul(sign, tf.sub(tf.mul(tf.sin(t), 2), 0.5)),
    );
  });
})();
