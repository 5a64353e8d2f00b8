/**
 * Gaussians of any dimension with a shape: data whose density, energy and entropy are known
 * exactly.
 */
import { expectNumber, expectShape } from '../core/checks';
import { tf, type Tensor1D, type Tensor2D } from '../core/engine';
import * as random from '../core/random';

export interface GaussianOptions {
  readonly dim: number;
  /** How many directions are wide; default 0: all are narrow. */
  readonly rank?: number;
  /** Standard deviation in the wide directions; default 1. */
  readonly wide?: number;
  /** Standard deviation in all others; default 1. */
  readonly narrow?: number;
  /** Chooses the wide directions; default 0. */
  readonly seed?: number;
}

/** A Gaussian around 0. */
export interface Gaussian {
  readonly dim: number;
  /** The inverse of the covariance, [dim, dim]. */
  readonly precision: readonly (readonly number[])[];
  /** In nats. */
  readonly entropy: number;
  /** n independent points, [n, dim]. The same key gives the same points. */
  sample(key: random.Key, n: number): Tensor2D;
  /** log p in nats: [n, dim] -> [n]. */
  logDensity(x: Tensor2D): Tensor1D;
}

/**
 * A Gaussian that is wide in `rank` random directions and narrow in all others, as factor analysis
 * has it and as real data often is: covariance = narrow^2 I + (wide^2 - narrow^2) V V^T, with V
 * [dim, rank] orthonormal.
 *
 * @example
 * ```ts
 * import { data, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const normal = data.gaussian({ dim: 2 });
 * const x = normal.sample(random.key(0), 5);
 * assert.deepEqual(normal.logDensity(x).shape, [5]);
 * ```
 */
export function gaussian({
  dim,
  rank = 0,
  wide = 1,
  narrow = 1,
  seed = 0,
}: GaussianOptions): Gaussian {
  expectNumber('dim', dim, { atLeast: 1, integer: true });
  expectNumber('rank', rank, { atLeast: 0, atMost: dim, integer: true });
  expectNumber('wide', wide, { above: 0 });
  expectNumber('narrow', narrow, { above: 0 });
  const basis = orthonormal(dim, rank, seed);
  /** a I + (b - a) V V^T: the function of the covariance that takes narrow to a and wide to b. */
  const shaped = (a: number, b: number): number[][] =>
    Array.from({ length: dim }, (_, i) =>
      Array.from(
        { length: dim },
        (_unused, j) =>
          (i === j ? a : 0) + basis.reduce((sum, v) => sum + (b - a) * v[i]! * v[j]!, 0),
      ),
    );
  const root = shaped(narrow, wide);
  const precision = shaped(1 / narrow ** 2, 1 / wide ** 2);
  const logVolume =
    rank * Math.log(wide) + (dim - rank) * Math.log(narrow) + (dim / 2) * Math.log(2 * Math.PI);
  return {
    dim,
    precision,
    entropy: logVolume + dim / 2,
    sample: (key, n) => {
      expectNumber('n', n, { atLeast: 1, integer: true });
      return tf.tidy(
        () => tf.matMul(random.normal(key, [n, dim]) as Tensor2D, tf.tensor2d(root)) as Tensor2D,
      );
    },
    logDensity: (x) => {
      expectShape('x', x, ['n', dim]);
      return tf.tidy(
        () =>
          tf.matMul(x, tf.tensor2d(precision)).mul(x).sum(1).mul(-0.5).sub(logVolume) as Tensor1D,
      );
    },
  };
}

/**
 * `rank` orthonormal vectors of `dim` numbers, evenly distributed over all such (Gram and Schmidt
 * on normal vectors).
 */
function orthonormal(dim: number, rank: number, seed: number): number[][] {
  const generator = random.hostGenerator(seed);
  const basis: number[][] = [];
  for (let k = 0; k < rank; k++) {
    let v = Array.from({ length: dim }, () => generator.normal());
    // Twice is enough for orthogonality to rounding.
    for (let round = 0; round < 2; round++) {
      for (const w of basis) {
        const along = v.reduce((sum, value, i) => sum + value * w[i]!, 0);
        v = v.map((value, i) => value - along * w[i]!);
      }
    }
    const length = Math.hypot(...v);
    basis.push(v.map((value) => value / length));
  }
  return basis;
}
