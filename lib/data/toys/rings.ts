import { tf } from '../../core/engine';
import * as random from '../../core/random';
import { equal, joined, noisyCurve, points, square, turn, type Toy } from './toy';

/** Four circles about one centre, equally likely. */
export const rings: Toy = (() => {
  const radii = [0.75, 1.5, 2.25, 3],
    std = 0.1;
  // On a closed curve equal steps are the best quadrature: with steps below std the error is below
  // 1e-8.
  const circle = (radius: number) => {
    const count = Math.ceil((turn * radius) / std);
    const angles = Array.from({ length: count }, (_, j) => (turn * j) / count);
    return {
      centres: angles.map((t) => [radius * Math.cos(t), radius * Math.sin(t)] as const),
      weights: equal(count),
    };
  };
  return noisyCurve('rings', square(3.6), joined(radii.map(circle), std), (key, n) => {
    const [along, which] = random.split(key, 2);
    const angle = random.uniform(along, [n], 0, turn);
    const radius = tf.mul(tf.add(random.randint(which, [n], 0, 4).cast('float32'), 1), 0.75);
    return points(tf.mul(radius, tf.cos(angle)), tf.mul(radius, tf.sin(angle)));
  });
})();
