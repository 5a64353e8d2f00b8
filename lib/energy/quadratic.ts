/**
 * The quadratic energy, whose density is a Gaussian: the one energy of many dimensions about which
 * everything is known.
 *
 *     F(u) = 1/2 u.A u - b.u + c
 */
import { cholesky, inverseOf } from '../numerics/cholesky';
import { expectShape } from '../core/checks';
import { symmetricEigen } from '../numerics/decompositions';
import { tf, type Tensor1D, type Tensor2D } from '../core/engine';

/** The coefficients of a quadratic energy, on the host in float64. */
export interface Quadratic {
  /**
   * A [dim, dim], symmetric. Where it is not positive definite the energy falls for ever in some
   * direction.
   */
  readonly curvature: readonly ArrayLike<number>[];
  /** b [dim]. */
  readonly slope: ArrayLike<number>;
  /** c, in nats. */
  readonly offset: number;
}

/**
 * F of each row. [batch, dim] -> [batch].
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, tf } from 'dark-matter';
 * const bowl = {
 *   curvature: [
 *     [2, 0],
 *     [0, 4],
 *   ],
 *   slope: [0, 0],
 *   offset: 1,
 * };
 * assert.equal(energy.quadraticEnergy(bowl, tf.tensor2d([[1, 1]])).dataSync()[0], 4);
 * ```
 */
export function quadraticEnergy({ curvature, slope, offset }: Quadratic, u: Tensor2D): Tensor1D {
  const dim = curvature.length;
  expectShape('u', u, ['batch', dim]);
  return tf.tidy(() => {
    const bent = tf
      .matMul(
        u,
        tf.tensor2d(
          curvature.map((row) => Array.from(row)),
          [dim, dim],
        ),
      )
      .mul(u)
      .sum(1)
      .div(2);
    const sloped = u.mul(tf.tensor1d(Array.from(slope))).sum(1);
    return bent.sub(sloped).add(offset) as Tensor1D;
  });
}

/**
 * log of the integral of exp(-F), in nats: dim/2 log 2 pi - 1/2 log det A + 1/2 b.A^-1 b - c;
 * Infinity where it diverges.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy } from 'dark-matter';
 * const standard = {
 *   curvature: [
 *     [1, 0],
 *     [0, 1],
 *   ],
 *   slope: [0, 0],
 *   offset: 0,
 * };
 * assert.ok(Math.abs(energy.quadraticLogPartition(standard) - Math.log(2 * Math.PI)) < 1e-12);
 * ```
 */
export function quadraticLogPartition({ curvature, slope, offset }: Quadratic): number {
  const factor = cholesky(curvature);
  if (!factor) return Infinity;
  return (
    (curvature.length * Math.log(2 * Math.PI) -
      factor.logDeterminant +
      dot(slope, factor.solve(slope))) /
      2 -
    offset
  );
}

/**
 * KL( p || q ) in nats of the densities that two quadratic energies give, normalised: the offsets
 * do not matter.
 *
 * @returns at least 0; Infinity when q's energy has no density, because it falls for ever in some
 * direction.
 * @throws when p's energy has none.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy } from 'dark-matter';
 * const gaussian = (precision: number) => ({ curvature: [[precision]], slope: [0], offset: 0 });
 * // KL of N(0, 1) to N(0, 1/4), in nats.
 * assert.ok(Math.abs(energy.quadraticKl(gaussian(1), gaussian(4)) - (1.5 - Math.log(2))) < 1e-9);
 * ```
 */
export function quadraticKl(p: Quadratic, q: Quadratic): number {
  const covariance = inverseOf(p.curvature);
  if (!covariance)
    throw new Error(
      'p: a curvature that is not positive definite given, the energy of a density expected',
    );
  if (q.curvature.length !== covariance.length)
    throw new Error(
      `q: ${q.curvature.length} dimensions given, ${covariance.length} expected, as p's`,
    );
  const logZq = quadraticLogPartition({ ...q, offset: 0 });
  if (logZq === Infinity) return Infinity;
  const mean = covariance.map((row) => dot(row, p.slope));
  // E_p F_q + log Z_q is the cross-entropy; E_p F_p + log Z_p the entropy.
  const expected = ({ curvature, slope }: Quadratic): number =>
    curvature.reduce(
      (sum, row, i) => sum + (dot(row, covariance[i]!) + mean[i]! * dot(row, mean)) / 2,
      0,
    ) - dot(slope, mean);
  return Math.max(
    0,
    expected(q) + logZq - expected(p) - quadraticLogPartition({ ...p, offset: 0 }),
  );
}

/**
 * How wrong a quadratic energy's curvature is, direction by direction, the loosest first: the
 * eigenvalues r and directions v of A relative to the truth's A*, in coordinates w = L^T u (A* = L
 * L^T) in which the truth is 1/2 |w|^2. Along v the energy is 1/2 r |w|^2: right for r = 1, too
 * flat below, a hole without a bottom below 0.
 *
 * @returns ratios [dim] rising, directions [dim][dim], one unit vector a ratio.
 * @throws when the truth's energy has no density.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy } from 'dark-matter';
 * const [truth, learnt] = [
 *   [1, 1],
 *   [2, 0.5],
 * ].map(([a, b]) => ({
 *   curvature: [
 *     [a!, 0],
 *     [0, b!],
 *   ],
 *   slope: [0, 0],
 *   offset: 0,
 * }));
 * const { ratios } = energy.curvatureRatios(truth!, learnt!);
 * assert.ok(Math.abs(ratios[0]! - 0.5) < 1e-5 && Math.abs(ratios[1]! - 2) < 1e-5);
 * ```
 */
export function curvatureRatios(
  truth: Quadratic,
  { curvature }: Quadratic,
): { ratios: number[]; directions: number[][] } {
  const factor = cholesky(truth.curvature);
  if (!factor)
    throw new Error(
      'truth: a curvature that is not positive definite given, the energy of a density expected',
    );
  // L^-1 A L^-T, a column at a time and then a row at a time.
  const columns = curvature.map((_, j) => factor.solveLower(curvature.map((row) => row[j]!)));
  const relative = curvature.map((_, i) => factor.solveLower(columns.map((column) => column[i]!)));
  const matrix = tf.tensor2d(relative.map((row) => Array.from(row)));
  const { values, vectors } = symmetricEigen(matrix);
  const [falling, across] = [Array.from(values.dataSync()), vectors.arraySync()];
  tf.dispose([matrix, values, vectors]);
  const order = falling.map((_, i) => falling.length - 1 - i);
  return {
    ratios: order.map((i) => falling[i]!),
    directions: order.map((i) => across.map((row) => row[i]!)),
  };
}

/**
 * Score matching (Hyvarinen 2005, theorem 2) for a quadratic energy, which has a closed form: of
 * all A and b,
 *
 *     mean of 1/2 |grad F(x)|^2 - tr A
 *
 * is least at A = covariance^-1, b = A mean. It looks at the energy's slope and curvature at the
 * data and nowhere else: no contrastive sample. For a Gaussian it is also the estimate of maximum
 * likelihood, and what whitening gives.
 *
 * @param points [n, dim], more points than dimensions. @returns normalised: its log partition is 0.
 * @throws when the points do not span all dimensions.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, random } from 'dark-matter';
 * const points = random.normal(random.key(0), [5000, 2], 0, 2);
 * const { curvature } = energy.scoreMatchedQuadratic(points);
 * // The inverse of the variance, 4.
 * assert.ok(Math.abs(curvature[0]![0]! - 0.25) < 0.02);
 * ```
 */
export function scoreMatchedQuadratic(points: Tensor2D): Quadratic {
  const { n, dim } = expectShape('points', points, ['n', 'dim']) as { n: number; dim: number };
  if (n <= dim) throw new Error(`points: ${n} given, more than the ${dim} dimensions expected`);
  const moments = tf.tidy(() => {
    const mean = points.mean(0);
    const centred = points.sub(mean) as Tensor2D;
    return tf.concat([mean.expandDims(0), tf.matMul(centred, centred, true).div(n)]);
  });
  const [mean, ...covariance] = moments.arraySync() as number[][];
  moments.dispose();
  const curvature = inverseOf(covariance);
  if (!curvature)
    throw new Error(
      'points: a singular covariance given, points that span all dimensions expected',
    );
  const energy = { curvature, slope: curvature.map((row) => dot(row, mean!)), offset: 0 };
  return { ...energy, offset: quadraticLogPartition(energy) };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
