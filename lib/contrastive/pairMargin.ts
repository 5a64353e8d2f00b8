import { tf, type Scalar, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectSameShape } from '../core/checks';
import { distance } from '../energy/distance';

/**
 * The first contrastive loss (Hadsell, Chopra and LeCun 2006, equation 4). With d the distance of a
 * pair's embeddings:
 *
 *     same:       d^2 / 2                      a spring that pulls together
 *     different:  max(0, margin - d)^2 / 2     a spring that pushes apart, up to the margin
 *
 * @param zx [pairs, dim] embeddings.
 * @param zy [pairs, dim] embeddings.
 * @param same [pairs], 1 where the pair is compatible, 0 where not.
 * @returns the mean over the pairs.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, tf } from 'dark-matter';
 * const [x, y] = [
 *   tf.tensor2d([
 *     [0, 0],
 *     [0, 0],
 *   ]),
 *   tf.tensor2d([
 *     [0, 0],
 *     [9, 0],
 *   ]),
 * ];
 * // Twins at one place, strangers beyond the margin: nothing to pay.
 * assert.ok(
 *   contrastive.pairMarginLoss(x, y, tf.tensor1d([1, 0]), { margin: 1 }).dataSync()[0] < 1e-6,
 * );
 * ```
 */
export function pairMarginLoss(
  zx: Tensor2D,
  zy: Tensor2D,
  same: Tensor1D,
  { margin = 1 }: { margin?: number } = {},
): Scalar {
  expectSameShape('zx, zy', zx, zy);
  expectNumber('margin', margin, { above: 0 });
  if (same.shape[0] !== zx.shape[0])
    throw new Error(`same: shape [${same.shape}] given, [${zx.shape[0]}] expected, one a pair`);
  return tf.tidy(() => {
    const d = distance(zx, zy);
    const attraction = d.square().mul(same);
    const repulsion = tf.relu(tf.sub(margin, d)).square().mul(tf.sub(1, same));
    return attraction.add(repulsion).mean().div(2) as Scalar;
  });
}
