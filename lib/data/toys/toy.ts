/** What a toy is: a distribution in the plane whose density is known exactly. */
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../../core/engine';
import * as random from '../../core/random';
import { expectNumber, expectShape } from '../../core/checks';
import { mixtureLogDensity, type Mixture } from './mixture';

/** A distribution in the plane. */
export interface Toy {
  readonly name: string;
  /** n independent points, [n, 2] float32. The same key gives the same points. */
  sample(key: random.Key, n: number): Tensor2D;
  /**
   * log p(x) in nats of points x [n, 2], [n]; -Infinity where p is 0. Differentiable and traceable.
   */
  logDensity(x: Tensor2D): Tensor1D;
  /** [xmin, xmax, ymin, ymax], a square that holds all but 2e-5 of the probability. */
  readonly bounds: readonly [number, number, number, number];
}

/** The square from -half to half. */
export const square = (half: number) => [-half, half, -half, half] as const;
/** A full turn in radians. */
export const turn = 2 * Math.PI;

/** Checks that all toys share. */
export function toy({ name, sample, logDensity, bounds }: Toy): Toy {
  return {
    name,
    bounds,
    sample: (key, n) => {
      expectNumber('n', n, { atLeast: 1, integer: true });
      return tf.tidy(() => sample(key, n));
    },
    logDensity: (x) => {
      expectShape('x', x, ['n', 2]);
      return tf.tidy(() => logDensity(x));
    },
  };
}

/**
 * Points on a curve plus round noise: `place` makes [n, 2] points without noise, `mixture` is the
 * same as a quadrature.
 */
export function noisyCurve(
  name: string,
  bounds: Toy['bounds'],
  mixture: Mixture,
  place: (key: random.Key, n: number) => Tensor2D,
): Toy {
  return toy({
    name,
    bounds,
    sample: (key, n) => {
      const [along, noise] = random.split(key, 2);
      return tf.add(place(along, n), random.normal(noise, [n, 2], 0, mixture.std)) as Tensor2D;
    },
    logDensity: (x) => mixtureLogDensity(mixture, x),
  });
}

/** [n, 2] from two [n]. */
export const points = (x: Tensor, y: Tensor) => tf.stack([x, y], 1) as Tensor2D;
/** `count` weights that sum to 1. */
export const equal = (count: number) => Array.from({ length: count }, () => 1 / count);
/** Parts that are equally likely, as one mixture. */
export const joined = (parts: Pick<Mixture, 'centres' | 'weights'>[], std: number): Mixture => ({
  centres: parts.flatMap((part) => part.centres),
  weights: parts.flatMap((part) => part.weights.map((w) => w / parts.length)),
  std,
});
