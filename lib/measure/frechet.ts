/** How far apart two sets of features are, each taken as one Gaussian. */
import { expectNumber, expectShape } from '../core/checks';
import { tf, type Tensor, type Tensor2D } from '../core/engine';
import { symmetricEigen } from '../numerics/decompositions';

/**
 * The squared Fréchet distance between two Gaussians that have the means and covariances of two
 * sets of features (Dowson and Landau 1982; on the features of an Inception network this is the FID
 * of Heusel et al. 2017, equation 6):
 *
 *     |mean_a - mean_b|^2 + trace( C_a + C_b - 2 (C_a C_b)^(1/2) ).
 *
 * At least 0, and 0 where means and covariances agree: what they do not see (a third moment), it
 * does not see. In the features' units squared. With few rows it is too large, as covariances are
 * estimated: compare sets of the same size, and show what two sets of the same kind get.
 *
 * @param a [n, dim], at least two rows. @param b [m, dim], at least two rows.
 * @throws on other shapes, and where the native engine is missing.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, tf } from 'dark-matter';
 *
 * const square = tf.tensor2d([[1, 1], [1, -1], [-1, 1], [-1, -1]]);
 * // Moved by (3, 4), and else the same.
 * const moved = tf.add(square, [3, 4]) as typeof square;
 * assert.ok(Math.abs(measure.frechetDistance(square, moved) - 25) < 1e-3);
 * ```
 */
export function frechetDistance(a: Tensor2D, b: Tensor2D): number {
  const { n, dim } = expectShape('a', a, ['n', 'dim']) as { n: number; dim: number };
  const { m } = expectShape('b', b, ['m', dim]) as { m: number };
  expectNumber('a: rows', n, { atLeast: 2 });
  expectNumber('b: rows', m, { atLeast: 2 });
  return read(() => {
    const [one, other] = [momentsOf(a), momentsOf(b)];
    const apart = one.mean.sub(other.mean).square().sum();
    // The eigenvalues of C_a C_b are those of the symmetric C_a^(1/2) C_b C_a^(1/2).
    const root = squareRoot(one.covariance);
    const product = tf.matMul(tf.matMul(root, other.covariance), root) as Tensor2D;
    const symmetric = product.add(product.transpose()).div(2) as Tensor2D;
    const shared = symmetricEigen(symmetric).values.relu().sqrt().sum();
    return apart.add(trace(one.covariance)).add(trace(other.covariance)).sub(shared.mul(2)).relu();
  });
}

/** Mean [dim] and covariance [dim, dim]. */
function momentsOf(rows: Tensor2D): { mean: Tensor; covariance: Tensor2D } {
  const mean = rows.mean(0);
  const centred = rows.sub(mean) as Tensor2D;
  const covariance = tf.matMul(centred, centred, true).div(rows.shape[0] - 1) as Tensor2D;
  return { mean, covariance };
}

function squareRoot(covariance: Tensor2D): Tensor2D {
  const { values, vectors } = symmetricEigen(covariance);
  return tf.matMul(vectors.mul(values.relu().sqrt()) as Tensor2D, vectors, false, true) as Tensor2D;
}

const trace = (matrix: Tensor2D): Tensor => matrix.mul(tf.eye(matrix.shape[0])).sum();

function read(compute: () => Tensor): number {
  const result = tf.tidy(compute);
  const [value] = result.dataSync();
  result.dispose();
  return value!;
}
