import { tf, type Scalar, type Tensor2D } from '../core/engine';
import { expectCompany, expectNumber, expectSameShape } from '../core/checks';
import { l2Normalize } from '../core/l2Normalize';

/**
 * NT-Xent, the normalised temperature-scaled cross entropy (SimCLR: Chen et al. 2020, equation 1).
 *
 * Of the 2n embeddings of a batch, each must pick out its twin among the other 2n - 1:
 *
 *     l(i, j) = -log  exp(cos(z_i, z_j) / t) / sum_{k != i} exp(cos(z_i, z_k) / t)
 *
 * and the loss is the mean of l over all 2n ordered pairs of twins. The numerator pushes the energy
 * of a compatible pair down; the denominator pushes the energy of every other pair up, the nearest
 * (most wrong) ones most. It is bounded below, and equals log(2n - 1) when all embeddings are the
 * same: collapse is worth nothing here.
 *
 * @param z1 [n, dim] embeddings of the first views; normalised inside.
 * @param z2 [n, dim] embeddings of the second views, row by row the twins of z1.
 * @param options.temperature above 0, default 0.5; smaller looks harder at the nearest negatives.
 * @returns the mean over the 2n rows, in nats.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, random } from 'dark-matter';
 * const [z1, z2] = [
 *   random.normal(random.key(0), [64, 16]),
 *   random.normal(random.key(1), [64, 16]),
 * ];
 * const [twins, strangers] = [contrastive.ntXentLoss(z1, z1), contrastive.ntXentLoss(z1, z2)];
 * assert.ok(twins.dataSync()[0] < strangers.dataSync()[0]);
 * ```
 */
export function ntXentLoss(
  z1: Tensor2D,
  z2: Tensor2D,
  { temperature = 0.5 }: { temperature?: number } = {},
): Scalar {
  expectSameShape('z1, z2', z1, z2);
  expectCompany(z1);
  expectNumber('temperature', temperature, { above: 0 });
  return tf.tidy(() => {
    const a = l2Normalize(z1);
    const b = l2Normalize(z2);
    const z = tf.concat([a, b], 0);
    const similarity = tf.matMul(z, z, false, true).div(temperature);
    // A row is not its own negative. Built from a range, not tf.eye: a compiled step keeps no [2n,
    // 2n] constant.
    const index = tf.range(0, z.shape[0], 1, 'int32');
    const self = tf.equal(index.expandDims(1), index.expandDims(0)).cast('float32');
    const logDenominator = tf.logSumExp(similarity.sub(self.mul(1e9)), 1);
    const twins = a.mul(b).sum(1).div(temperature);
    return logDenominator.mean().sub(twins.mean()) as Scalar;
  });
}
