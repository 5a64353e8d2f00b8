/**
 * Alignment and uniformity (Wang & Isola 2020): the two things a contrastive loss asks for,
 * measured apart. Both are tensors in and a scalar out, differentiable and traceable, so they serve
 * as losses too. Lower is better.
 */
import { tf, type Scalar, type Tensor, type Tensor2D } from '../core/engine';
import { expectNumber, expectSameShape, expectShape } from '../core/checks';
import { l2Normalize } from '../core/l2Normalize';

/**
 * How far apart the two views of an example are: the mean of |x_i - y_i|^alpha over the batch, on
 * the unit sphere (Wang & Isola 2020, section 4.1.1). From 0, perfect alignment, to 2^alpha.
 *
 * @param x [n, dim], rows of any length but 0; they are normalised here.
 * @param y [n, dim], row i the other view of x's row i.
 * @param alpha above 0, default 2; of 1 and less, the gradient at equal views is taken as 0.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, tf } from 'dark-matter';
 * const [x, y] = [tf.tensor2d([[1, 0]]), tf.tensor2d([[0, 1]])];
 * assert.ok(Math.abs(measure.alignment(x, y).dataSync()[0] - 2) < 1e-5);
 * ```
 */
export function alignment(x: Tensor2D, y: Tensor2D, alpha = 2): Scalar {
  expectShape('x', x, ['n', 'dim']);
  expectSameShape('x, y', x, y);
  expectNumber('alpha', alpha, { above: 0 });
  return tf.tidy(() => {
    const squares = tf.sum(tf.square(tf.sub(l2Normalize(x), l2Normalize(y))), 1);
    return tf.mean(alpha === 2 ? squares : powerAboveZero(squares, alpha / 2)) as Scalar;
  });
}

/**
 * x^exponent for x of at least 0, with the gradient 0 at 0, where equal views are: below an
 * exponent of 1 the slope there is infinite, and 0 times infinity would be NaN.
 */
function powerAboveZero(x: Tensor, exponent: number): Tensor {
  const positive = tf.greater(x, 0);
  const safe = tf.where(positive, x, tf.onesLike(x));
  return tf.where(positive, tf.pow(safe, exponent), tf.zerosLike(x));
}

/**
 * How evenly embeddings cover the unit sphere: log of the mean of exp(-t |x_i - x_j|^2) over the
 * pairs i < j (Wang & Isola 2020, section 4.1.2). 0 when all are the same point; the lower the more
 * even.
 *
 * @param x [n, dim], n of at least 2; rows are normalised here. Takes memory for n * n numbers.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, random, tf } from 'dark-matter';
 * const spread = random.normal(random.key(0), [500, 8]);
 * const [even, collapsed] = [
 *   measure.uniformity(spread),
 *   measure.uniformity(spread.mul(0.01).add(1).as2D(500, 8)),
 * ];
 * assert.ok(even.dataSync()[0] < collapsed.dataSync()[0]);
 * ```
 */
export function uniformity(x: Tensor2D, t = 2): Scalar {
  const { n } = expectShape('x', x, ['n', 'dim']) as { n: number };
  if (n < 2) throw new Error(`x: shape [${x.shape.join(', ')}] given, at least 2 rows expected`);
  expectNumber('t', t, { above: 0 });
  return tf.tidy(() => {
    const unit = l2Normalize(x);
    const distances = tf.sub(2, tf.mul(2, tf.matMul(unit, unit, false, true)));
    // The diagonal's n distances are 0; each pair stands twice. They get no weight instead of being
    // subtracted.
    const offDiagonal = tf.mul(tf.eye(n), -1e9);
    const all = tf.logSumExp(tf.add(tf.mul(distances, -t), offDiagonal));
    return tf.sub(all, Math.log(n * (n - 1))) as Scalar;
  });
}
