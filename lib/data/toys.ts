/**
 * Distributions in the plane whose density is known exactly: for density estimation, energies and samplers, where real
 * data can only be looked at. The pictures are the field's (FFJORD, Grathwohl et al. 2019, figure 2, and its forebears).
 */
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import * as random from '../core/random';
import { expectNumber, expectShape } from '../core/checks';
import { curveNodes, mixtureLogDensity, type Mixture } from './mixture';

/** A distribution in the plane. */
export interface Toy {
  readonly name: string;
  /** n independent points, [n, 2] float32. The same key gives the same points. */
  sample(key: random.Key, n: number): Tensor2D;
  /** log p(x) in nats of points x [n, 2], [n]; -Infinity where p is 0. Differentiable and traceable. */
  logDensity(x: Tensor2D): Tensor1D;
  /** [xmin, xmax, ymin, ymax], a square that holds all but 1e-5 of the probability. */
  readonly bounds: readonly [number, number, number, number];
}

const square = (half: number) => [-half, half, -half, half] as const;
const turn = 2 * Math.PI;

/** Checks that all toys share. */
function toy({ name, sample, logDensity, bounds }: Toy): Toy {
  return {
    name, bounds,
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

/** Points on a curve plus round noise: `place` makes [n, 2] points without noise, `mixture` is the same as a quadrature. */
function noisyCurve(name: string, bounds: Toy['bounds'], mixture: Mixture, place: (key: random.Key, n: number) => Tensor2D): Toy {
  return toy({
    name, bounds,
    sample: (key, n) => {
      const [along, noise] = random.split(key, 2) as [random.Key, random.Key];
      return tf.add(place(along, n), random.normal(noise, [n, 2], 0, mixture.std)) as Tensor2D;
    },
    logDensity: (x) => mixtureLogDensity(mixture, x),
  });
}

const points = (x: Tensor, y: Tensor) => tf.stack([x, y], 1) as Tensor2D;
const equal = (count: number) => Array.from({ length: count }, () => 1 / count);
const joined = (parts: Pick<Mixture, 'centres' | 'weights'>[], std: number): Mixture => ({
  centres: parts.flatMap((part) => part.centres),
  weights: parts.flatMap((part) => part.weights.map((w) => w / parts.length)),
  std,
});

/** Eight round Gaussians on a circle: one of the simplest densities that a model with one mode gets wrong. */
export const gaussians8: Toy = (() => {
  const radius = 4 / Math.SQRT2;
  const centres = Array.from({ length: 8 }, (_, k) => [radius * Math.cos((turn * k) / 8), radius * Math.sin((turn * k) / 8)] as const);
  const mixture: Mixture = { centres, weights: equal(8), std: 0.5 / Math.SQRT2 };
  return noisyCurve('8 Gaussians', square(4.8), mixture, (key, n) => {
    const angle = tf.mul(random.randint(key, [n], 0, 8).cast('float32'), turn / 8);
    return points(tf.mul(tf.cos(angle), radius), tf.mul(tf.sin(angle), radius));
  });
})();

/** Two half circles that reach into each other. */
export const moons: Toy = (() => {
  const upper = (t: number) => [2 * Math.cos(t) - 1, 2 * Math.sin(t) - 0.5] as const;
  const lower = (t: number) => [1 - 2 * Math.cos(t), 0.5 - 2 * Math.sin(t)] as const;
  const mixture = joined([curveNodes(upper, 0, Math.PI, 64), curveNodes(lower, 0, Math.PI, 64)], 0.2);
  return noisyCurve('moons', square(4), mixture, (key, n) => {
    // The lower moon is the upper one turned by half a turn about the origin.
    const [along, which] = random.split(key, 2) as [random.Key, random.Key];
    const t = random.uniform(along, [n], 0, Math.PI);
    const sign = tf.sub(tf.mul(random.randint(which, [n], 0, 2).cast('float32'), 2), 1);
    return points(tf.mul(sign, tf.sub(tf.mul(tf.cos(t), 2), 1)), tf.mul(sign, tf.sub(tf.mul(tf.sin(t), 2), 0.5)));
  });
})();

/** The black fields of a 4 x 4 board on [-4, 4]^2: uniform, with edges. Its entropy is log 32 = 3.466 nats. */
export const checkerboard: Toy = toy({
  name: 'checkerboard',
  bounds: square(4),
  sample: (key, n) => {
    const [within, which] = random.split(key, 2) as [random.Key, random.Key];
    const offset = random.uniform(within, [n, 2], 0, 2);
    const field = random.randint(which, [n], 0, 8).cast('float32');
    const row = tf.floor(tf.div(field, 2));
    const column = tf.add(tf.mul(tf.sub(field, tf.mul(row, 2)), 2), tf.sub(row, tf.mul(tf.floor(tf.div(row, 2)), 2)));
    return tf.sub(tf.add(offset, tf.mul(points(column, row), 2)), 4) as Tensor2D;
  },
  logDensity: (x) => {
    const inside = tf.all(tf.logicalAnd(tf.greaterEqual(x, -4), tf.less(x, 4)), 1);
    const parity = tf.sum(tf.floor(tf.div(x, 2)), 1);
    const even = tf.equal(tf.mul(tf.floor(tf.div(parity, 2)), 2), parity);
    return tf.where(tf.logicalAnd(inside, even), tf.fill([x.shape[0]], -Math.log(32)), tf.fill([x.shape[0]], -Infinity)) as Tensor1D;
  },
});

/**
 * Five flattened Gaussians, bent like the arms of a pinwheel (after Johnson et al. 2016). The arms are bent by turning
 * each point by an angle that depends on its distance from the centre alone. That keeps areas, so the density is the
 * one before bending, exactly.
 */
export const pinwheel: Toy = (() => {
  const arms = 5, radialStd = 0.6, tangentialStd = 0.2, distance = 2, bend = 0.6;
  const angles = Array.from({ length: arms }, (_, k) => (turn * k) / arms);
  const rotated = (x: Tensor, y: Tensor, angle: Tensor): [Tensor, Tensor] => [
    tf.sub(tf.mul(x, tf.cos(angle)), tf.mul(y, tf.sin(angle))),
    tf.add(tf.mul(x, tf.sin(angle)), tf.mul(y, tf.cos(angle))),
  ];
  const bending = (x: Tensor, y: Tensor) => tf.mul(tf.sqrt(tf.add(tf.add(tf.square(x), tf.square(y)), 1e-12)), bend);
  return toy({
    name: 'pinwheel',
    bounds: square(5),
    sample: (key, n) => {
      const [spread, which] = random.split(key, 2) as [random.Key, random.Key];
      const [a, b] = tf.unstack(random.normal(spread, [n, 2]), 1) as [Tensor, Tensor];
      const [x, y] = [tf.add(tf.mul(a, radialStd), distance), tf.mul(b, tangentialStd)];
      const arm = tf.mul(random.randint(which, [n], 0, arms).cast('float32'), turn / arms);
      return points(...rotated(x, y, tf.add(arm, bending(x, y))));
    },
    logDensity: (x) => {
      const [px, py] = [tf.slice(x, [0, 0], [x.shape[0], 1]), tf.slice(x, [0, 1], [x.shape[0], 1])];
      const back = tf.neg(tf.add(bending(px, py), tf.tensor2d(angles, [1, arms])));
      const [a, b] = rotated(px, py, back);
      const squares = tf.add(tf.square(tf.div(tf.sub(a, distance), radialStd)), tf.square(tf.div(b, tangentialStd)));
      const logNormalizer = Math.log(arms * 2 * Math.PI * radialStd * tangentialStd);
      return tf.sub(tf.logSumExp(tf.mul(squares, -0.5), 1), logNormalizer) as Tensor1D;
    },
  });
})();

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

/** Two spirals, one the other's half turn. Points are spread evenly over the area, so denser near the centre on the curve. */
export const spirals: Toy = (() => {
  const end = 3 * Math.PI, scale = 1 / 3;
  // t = end * sqrt(u) for uniform u, so t has the density 2 t / end^2.
  const arm = (sign: number) => curveNodes((t) => [-sign * scale * t * Math.cos(t), sign * scale * t * Math.sin(t)], 0, end, 360, (t) => (2 * t) / end ** 2);
  return noisyCurve('spirals', square(4.2), joined([arm(1), arm(-1)], 0.15), (key, n) => {
    const [along, which] = random.split(key, 2) as [random.Key, random.Key];
    const t = tf.mul(tf.sqrt(random.uniform(along, [n])), end);
    const sign = tf.mul(tf.sub(tf.mul(random.randint(which, [n], 0, 2).cast('float32'), 2), 1), scale);
    return points(tf.neg(tf.mul(sign, tf.mul(t, tf.cos(t)))), tf.mul(sign, tf.mul(t, tf.sin(t))));
  });
})();

/** Four circles about one centre, equally likely. */
export const rings: Toy = (() => {
  const radii = [0.75, 1.5, 2.25, 3], std = 0.1;
  // On a closed curve equal steps are the best quadrature: with steps below std the error is below 1e-8.
  const circle = (radius: number) => {
    const count = Math.ceil((turn * radius) / std);
    const angles = Array.from({ length: count }, (_, j) => (turn * j) / count);
    return { centres: angles.map((t) => [radius * Math.cos(t), radius * Math.sin(t)] as const), weights: equal(count) };
  };
  return noisyCurve('rings', square(3.6), joined(radii.map(circle), std), (key, n) => {
    const [along, which] = random.split(key, 2) as [random.Key, random.Key];
    const angle = random.uniform(along, [n], 0, turn);
    const radius = tf.mul(tf.add(random.randint(which, [n], 0, 4).cast('float32'), 1), 0.75);
    return points(tf.mul(radius, tf.cos(angle)), tf.mul(radius, tf.sin(angle)));
  });
})();

/** All of them, by name of the export. */
export const toys = { gaussians8, moons, checkerboard, pinwheel, swissRoll, spirals, rings } as const;
