import { tf, type Scalar, type Tensor2D } from '../core/engine';
import { expectNumber, expectSameShape, expectShape } from '../core/checks';
import { l2Normalize } from '../core/l2Normalize';

/**
 * InfoNCE against given negatives (van den Oord et al. 2018, equation 4; as MoCo uses it: He et al.
 * 2020, equation 1):
 *
 *     -log  exp(q.k+ / t) / ( exp(q.k+ / t) + sum_i exp(q.k_i / t) )
 *
 * @param query [batch, dim]; normalised inside.
 * @param positive [batch, dim]: each query's key; normalised inside.
 * @param negatives [count, dim]: the same for all queries, such as MoCo's queue; normalised inside.
 * Gradients flow into all three; where keys are targets (MoCo), the caller stops theirs.
 * @returns the mean over the batch, in nats; at most log(count + 1) plus what being wrong costs.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, tf } from 'dark-matter';
 * const [query, negatives] = [
 *   tf.tensor2d([[1, 0]]),
 *   tf.tensor2d([
 *     [-1, 0],
 *     [0, 1],
 *     [0, -1],
 *   ]),
 * ];
 * // Equal scores everywhere would give log 4; the twin is nearest, so it is less.
 * assert.ok(contrastive.infoNceLoss(query, query, negatives).dataSync()[0] < Math.log(4));
 * ```
 */
export function infoNceLoss(
  query: Tensor2D,
  positive: Tensor2D,
  negatives: Tensor2D,
  { temperature = 0.07 }: { temperature?: number } = {},
): Scalar {
  expectSameShape('query, positive', query, positive);
  expectShape('negatives', negatives, ['count', query.shape[1]]);
  expectNumber('temperature', temperature, { above: 0 });
  return tf.tidy(() => {
    const q = l2Normalize(query);
    const k = l2Normalize(positive);
    const others = l2Normalize(negatives);
    const ofPositive = q.mul(k).sum(1, true);
    const logits = tf.concat([ofPositive, tf.matMul(q, others, false, true)], 1).div(temperature);
    return tf.logSumExp(logits, 1).mean().sub(ofPositive.div(temperature).mean()) as Scalar;
  });
}
