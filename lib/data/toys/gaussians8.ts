import { tf } from '../../core/engine';
import * as random from '../../core/random';
import { type Mixture } from './mixture';
import { equal, noisyCurve, points, square, turn, type Toy } from './toy';

const radius = 4 / Math.SQRT2;

/** Where the eight Gaussians are, and their standard deviation. */
export const gaussians8Modes = {
  centres: Array.from(
    { length: 8 },
    (_, k) => [radius * Math.cos((turn * k) / 8), radius * Math.sin((turn * k) / 8)] as const,
  ),
  std: 0.5 / Math.SQRT2,
} as const;

/**
 * Eight round Gaussians on a circle: one of the simplest densities that a model with one mode gets
 * wrong.
 */
export const gaussians8: Toy = (() => {
  const mixture: Mixture = { ...gaussians8Modes, weights: equal(8) };
  return noisyCurve('8 Gaussians', square(4.8), mixture, (key, n) => {
    const angle = tf.mul(random.randint(key, [n], 0, 8).cast('float32'), turn / 8);
    return points(tf.mul(tf.cos(angle), radius), tf.mul(tf.sin(angle), radius));
  });
})();
