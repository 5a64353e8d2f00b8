/** The triangular root of an inverse, differentiable and traceable, for a few hundred dimensions. */
import { tf, type Tensor, type Tensor2D } from '../core/engine';
import { isNested } from '../core/isNested';

/** Below this share of its own variance what is left of a dimension is float32's rounding. */
const FLOOR = 1e-6;

/**
 * W = L^(-1) for S = L L^T: lower triangular, with a positive diagonal and W S W^T = 1.
 *
 * Where S is singular within float32's rounding, the pivot is held at a millionth of the diagonal:
 * a large number, not NaN.
 *
 * @param matrix S [dim, dim], symmetric and positive definite.
 * @returns W [dim, dim].
 */
export function inverseCholesky(matrix: Tensor2D): Tensor2D {
  if (isNested()) return tf.tidy(() => scaledInverse(matrix));
  // The slope written out, for a third of the operations. From W S W^T = 1 follows
  // dW = -half(W dS W^T) W, where half keeps what is below the diagonal, and half of it.
  return tf.customGrad((given, save) => {
    const inverse = tf.tidy(() => scaledInverse(given as Tensor2D));
    (save as unknown as (tensors: Tensor[]) => void)([inverse]);
    const gradFunc = (slope: Tensor, [saved]: Tensor[]): Tensor => {
      const w = saved as Tensor2D;
      const inner = lowerHalf(tf.matMul(slope as Tensor2D, w, false, true));
      const outer = tf.matMul(tf.matMul(w, inner, true, false), w);
      return outer.add(outer.transpose()).mul(-0.5);
    };
    return { value: inverse, gradFunc };
  })(matrix) as Tensor2D;
}

/** Of the matrix with a diagonal of ones, so that all pivots have one scale. */
function scaledInverse(matrix: Tensor2D): Tensor2D {
  const dim = matrix.shape[0];
  const diagonal = matrix.mul(tf.eye(dim)).sum(0);
  const scale = tf.where(diagonal.greater(0), diagonal, tf.onesLike(diagonal)).rsqrt();
  const correlation = matrix.mul(scale).mul(scale.expandDims(1)) as Tensor2D;
  return inverseOf(correlation).mul(scale) as Tensor2D;
}

/**
 * By halves, in matrix products. With S = [[A, B^T], [B, C]] and U = A's own W,
 *
 *     W = [[U, 0], [-V M U, V]],      M = B U^T,      V = the W of C - M M^T
 */
function inverseOf(matrix: Tensor2D): Tensor2D {
  const dim = matrix.shape[0];
  if (dim === 1) return tf.maximum(matrix, FLOOR).rsqrt() as Tensor2D;
  const first = dim >> 1;
  const rest = dim - first;
  const upper = inverseOf(matrix.slice([0, 0], [first, first]));
  const across = tf.matMul(matrix.slice([first, 0], [rest, first]), upper, false, true) as Tensor2D;
  const own = matrix.slice([first, first], [rest, rest]);
  const lower = inverseOf(own.sub(tf.matMul(across, across, false, true)) as Tensor2D);
  const below = tf.matMul(tf.matMul(lower, across), upper).neg();
  return tf.concat([
    tf.concat([upper, tf.zeros([first, rest])], 1),
    tf.concat([below, lower], 1),
  ]) as Tensor2D;
}

/** What is below the diagonal, and half of what is on it. */
function lowerHalf(matrix: Tensor): Tensor2D {
  const dim = matrix.shape[0]!;
  const share = (row: number, column: number): number =>
    row > column ? 1 : row === column ? 0.5 : 0;
  const mask = Array.from({ length: dim }, (_, i) =>
    Array.from({ length: dim }, (_unused, j) => share(i, j)),
  );
  return matrix.mul(tf.tensor2d(mask)) as Tensor2D;
}
