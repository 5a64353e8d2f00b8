import { tf, type Tensor2D } from '../core/engine';
import { expectNumber, expectOneOf } from '../core/checks';
import { stopGradient } from '../core/stopGradient';
import { inverseCholesky } from './inverseCholesky';
import { largestSize } from './scale';

export interface WhitenOptions {
  /**
   * Which root of the inverse covariance: 'zca' (default), the symmetric one, or 'cholesky', the
   * triangular one. They differ by a rotation.
   */
  whitening?: 'zca' | 'cholesky';
  /**
   * In [0, 1): how far the covariance is moved towards a multiple of the identity of the same trace
   * before it is inverted. Default 0.001. Directions that hardly vary are then not blown up to pure
   * noise.
   */
  shrinkage?: number;
  /**
   * Of Newton's method; default 15, enough for a spectrum that spans four decades. Fewer whiten in
   * part. For 'zca' only.
   */
  iterations?: number;
}

/**
 * Whitening: the linear map of a batch after which its dimensions are uncorrelated and of variance
 * 1.
 *
 *     whiten(Z) = (Z - mean) W^T,      W S W^T = 1,      S = covariance of Z, divided by n - 1
 *
 * Of all such W, which differ by a rotation, the symmetric root S^(-1/2) is the one that moves the
 * batch least (ZCA). The inverse of S's Cholesky factor is triangular: the first dimension is only
 * scaled, each next one loses what those before it tell of it; the order of the dimensions matters,
 * their scales (without shrinkage) do not. The symmetric root is found by matrix products alone,
 * with Newton's coupled iteration (Higham 2008, equation 6.35; for whitening in a network: Huang et
 * al. 2019), so it can be differentiated and compiled.
 *
 * @param z [batch, dim]; batch above dim, or some directions have no variance to be whitened.
 * @returns [batch, dim], centred; all zeros when all rows are the same.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random, tf } from 'dark-matter';
 * const white = noncontrastive.whiten(random.normal(random.key(0), [500, 3], 7, 4));
 * const covariance = tf.matMul(white, white, true).div(499).arraySync() as number[][];
 * assert.ok(Math.abs(covariance[0]![0]! - 1) < 0.05 && Math.abs(covariance[0]![1]!) < 0.05);
 * ```
 */
export function whiten(
  z: Tensor2D,
  { whitening = 'zca', shrinkage = 0.001, iterations = 15 }: WhitenOptions = {},
): Tensor2D {
  expectOneOf('whitening', whitening, ['zca', 'cholesky']);
  expectNumber('shrinkage', shrinkage, { atLeast: 0, atMost: 0.999 });
  expectNumber('iterations', iterations, { atLeast: 1, integer: true });
  const [batch, dim] = z.shape;
  expectNumber('batch', batch, { above: dim });
  return tf.tidy(() => {
    const deviations = z.sub(z.mean(0, true)) as Tensor2D;
    // Whitening does not depend on the units, so they are chosen such that no square overflows.
    const centred = deviations.div(stopGradient(largestSize(deviations))) as Tensor2D;
    const covariance = tf.matMul(centred, centred, true, false).div(batch - 1);
    const trace = centred
      .square()
      .sum()
      .div(batch - 1);
    const identity = tf.eye(dim);
    const shrunk = covariance
      .mul(1 - shrinkage)
      .add(identity.mul(trace.mul(shrinkage / dim))) as Tensor2D;
    return whitening === 'zca'
      ? (tf.matMul(centred, inverseRoot(shrunk, iterations)) as Tensor2D)
      : (tf.matMul(centred, inverseCholesky(shrunk), false, true) as Tensor2D);
  });
}

/** S^(-1/2) of a symmetric positive definite matrix [dim, dim]. */
function inverseRoot(matrix: Tensor2D, iterations: number): Tensor2D {
  const identity = tf.eye(matrix.shape[0]);
  // By its norm all eigenvalues come into (0, 1], where the iteration converges.
  const size = matrix.square().sum().add(1e-24).sqrt();
  let root = matrix.div(size) as Tensor2D;
  let inverse = identity as Tensor2D;
  for (let i = 0; i < iterations; i++) {
    const step = identity.mul(1.5).sub(tf.matMul(inverse, root).mul(0.5)) as Tensor2D;
    [root, inverse] = [tf.matMul(root, step) as Tensor2D, tf.matMul(step, inverse) as Tensor2D];
  }
  return inverse.div(size.sqrt()) as Tensor2D;
}
