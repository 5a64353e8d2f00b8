import { tf, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';

/**
 * Sinkhorn-Knopp: soft assignments of a batch to prototypes that use all prototypes equally (Cuturi
 * 2013; in SwAV, Caron et al. 2020, equation 3).
 *
 *     Q = Diag(u) exp(S / epsilon) Diag(v)
 *
 * alternately scaled so that each prototype gets the same share and each row sums to one. It
 * solves, up to the entropy's weight epsilon, the problem of finding the assignment of the highest
 * score among those that are balanced. Without the balance the best answer would be one prototype
 * for all: collapse.
 *
 * Computed in logarithms, so that no score overflows.
 *
 * @param scores [batch, prototypes].
 * @param options.epsilon above 0, default 0.05: smaller is closer to a hard assignment.
 * @param options.iterations at least 1, default 3, SwAV's.
 * @returns [batch, prototypes]; rows sum to 1 exactly, columns to batch / prototypes the better the
 * more iterations. No gradient flows through it when its caller stops it; the function itself is
 * differentiable.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const assignments = noncontrastive.sinkhorn(random.uniform(random.key(0), [12, 3]));
 * // Each example is one example, shared out.
 * for (const share of assignments.sum(1).dataSync()) assert.ok(Math.abs(share - 1) < 1e-5);
 * ```
 */
export function sinkhorn(
  scores: Tensor2D,
  { epsilon = 0.05, iterations = 3 }: { epsilon?: number; iterations?: number } = {},
): Tensor2D {
  expectNumber('epsilon', epsilon, { above: 0 });
  expectNumber('iterations', iterations, { atLeast: 1, integer: true });
  return tf.tidy(() => {
    let logQ = scores.div(epsilon);
    for (let i = 0; i < iterations; i++) {
      logQ = logQ.sub(tf.logSumExp(logQ, 0, true)); // each prototype the same share
      logQ = logQ.sub(tf.logSumExp(logQ, 1, true)); // each row a distribution
    }
    return logQ.exp() as Tensor2D;
  });
}
