import { expectShape } from '../core/checks';
import { tf, type Scalar, type Tensor2D } from '../core/engine';

/**
 * InfoNCE's lower bound on the mutual information of x and y (van den Oord et al. 2018, section 2.3;
 * Poole et al. 2019, equation 10):
 *
 *     I(x; y)  >=  log m  -  mean over i of  [ F(x_i, y_i) + log sum_j exp(-F(x_i, y_j)) ]
 *
 * The bracket is InfoNCE's loss: how badly the energy picks each x's own y among m. The loss is at
 * least 0, so the bound never exceeds log m, however much x tells about y.
 *
 * @param energies [n, m] with n <= m: entry (i, j) is F(x_i, y_j), in nats; (i, i) is compatible.
 * @returns a scalar, in nats, at most log m.
 * @throws where there are fewer columns than rows.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, tf } from 'dark-matter';
 * // Nothing is told apart: no information. Everything is: log 4.
 * const [blind, sharp] = [tf.zeros([4, 4]).as2D(4, 4), tf.eye(4).mul(-50).as2D(4, 4)];
 * assert.ok(Math.abs(contrastive.infoNceBound(blind).dataSync()[0]) < 1e-6);
 * assert.ok(Math.abs(contrastive.infoNceBound(sharp).dataSync()[0] - Math.log(4)) < 1e-6);
 * ```
 */
export function infoNceBound(energies: Tensor2D): Scalar {
  const { n, m } = expectShape('energies', energies, ['n', 'm']) as { n: number; m: number };
  if (n > m)
    throw new Error(`energies: [${n}, ${m}] given, at least as many columns as rows expected`);
  return tf.tidy(() => {
    const compatible = energies.slice([0, 0], [n, n]).mul(tf.eye(n)).sum(1);
    const loss = compatible.add(tf.logSumExp(energies.neg(), 1)).mean();
    return tf.scalar(Math.log(m)).sub(loss) as Scalar;
  });
}
