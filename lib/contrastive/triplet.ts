import { tf, type Scalar, type Tensor2D } from '../core/engine';
import { expectNumber, expectSameShape } from '../core/checks';
import { distance } from '../energy/distance';

/**
 * The triplet loss (Weinberger and Saul 2009; Schroff et al. 2015, equation 2, with distances, not
 * their squares):
 *
 *     max(0, d(anchor, positive) - d(anchor, negative) + margin)
 *
 * It compares energies instead of fixing them: the compatible pair's has to be lower than the
 * other's by the margin. A triplet that is won by more than that teaches nothing, which is why
 * people search for hard ones.
 *
 * @param anchor [batch, dim] embeddings; positive and negative have the same shape.
 * @returns the mean over the batch.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, tf } from 'dark-matter';
 * const [anchor, far] = [tf.tensor2d([[0, 0]]), tf.tensor2d([[9, 0]])];
 * assert.equal(contrastive.tripletLoss(anchor, anchor, far, { margin: 1 }).dataSync()[0], 0);
 * ```
 */
export function tripletLoss(
  anchor: Tensor2D,
  positive: Tensor2D,
  negative: Tensor2D,
  { margin = 1 }: { margin?: number } = {},
): Scalar {
  expectSameShape('anchor, positive', anchor, positive);
  expectSameShape('anchor, negative', anchor, negative);
  expectNumber('margin', margin, { above: 0 });
  return tf.tidy(
    () =>
      tf
        .relu(distance(anchor, positive).sub(distance(anchor, negative)).add(margin))
        .mean() as Scalar,
  );
}
