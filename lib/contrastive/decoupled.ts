import { tf, type Scalar, type Tensor, type Tensor2D } from '../core/engine';
import { expectCompany, expectNumber, expectSameShape } from '../core/checks';
import { l2Normalize } from '../core/l2Normalize';

/**
 * The decoupled contrastive loss (Yeh et al. 2022, equation 6): NT-Xent without the positive pair
 * in the denominator.
 *
 *     l_i = -cos(z_i, z_j)/t + log sum_{k is neither i nor its twin j} exp(cos(z_i, z_k)/t)
 *
 * In NT-Xent an easy positive makes the gradient on the negatives vanish (the negative-positive
 * coupling), the more so the smaller the batch; here it does not.
 *
 * @param z1 [n, dim] embeddings of the first views, n at least 2; normalised inside.
 * @param z2 [n, dim] embeddings of the second views.
 * @returns the mean over the 2n rows, in nats. It has no lower bound but -2/t + log(2n - 2).
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, random } from 'dark-matter';
 * const [z1, z2] = [
 *   random.normal(random.key(0), [64, 16]),
 *   random.normal(random.key(1), [64, 16]),
 * ];
 * const [twins, strangers] = [
 *   contrastive.decoupledContrastiveLoss(z1, z1),
 *   contrastive.decoupledContrastiveLoss(z1, z2),
 * ];
 * assert.ok(twins.dataSync()[0] < strangers.dataSync()[0]);
 * ```
 */
export function decoupledContrastiveLoss(
  z1: Tensor2D,
  z2: Tensor2D,
  { temperature = 0.1 }: { temperature?: number } = {},
): Scalar {
  expectSameShape('z1, z2', z1, z2);
  expectCompany(z1);
  expectNumber('temperature', temperature, { above: 0 });
  expectNumber('batch', z1.shape[0], { atLeast: 2 });
  return tf.tidy(() => {
    const [a, b] = [l2Normalize(z1), l2Normalize(z2)];
    const index = tf.range(0, a.shape[0], 1, 'int32');
    const twinOrSelf = tf.equal(index.expandDims(1), index.expandDims(0)).cast('float32').mul(1e9);
    const positive = a.mul(b).sum(1).div(temperature).mean();
    const negatives = (rows: Tensor, others: Tensor): Tensor =>
      tf.matMul(rows, others, false, true).div(temperature).sub(twinOrSelf);
    const ofFirst = tf.logSumExp(tf.concat([negatives(a, a), negatives(a, b)], 1), 1).mean();
    const ofSecond = tf.logSumExp(tf.concat([negatives(b, b), negatives(b, a)], 1), 1).mean();
    return ofFirst.add(ofSecond).div(2).sub(positive) as Scalar;
  });
}
