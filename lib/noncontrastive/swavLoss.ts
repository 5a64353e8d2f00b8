import { tf, type Scalar, type Tensor2D } from '../core/engine';
import { expectCompany, expectNumber } from '../core/checks';
import { sinkhorn } from './sinkhorn';
import { swappedPredictionLoss } from './swappedPrediction';

export interface SwavLossOptions {
  /** Of the softmax that predicts; default 0.1. */
  temperature?: number;
  /** Of Sinkhorn-Knopp; default 0.05. */
  epsilon?: number;
  /** Of Sinkhorn-Knopp; default 3. */
  iterations?: number;
}

/**
 * SwAV's swapped prediction (Caron et al. 2020, equations 1-2, with multi-crop as in section 3.3).
 *
 * Each large crop s is assigned to prototypes, q_s, in balance over the batch; every other crop v
 * of the same image has to predict that assignment from its own scores:
 *
 *     loss = mean over large s of  mean over v != s of  -sum_k q_s,k log softmax(scores_v / temperature)_k
 *
 * @param scores one [batch, prototypes] a crop: cosines of embeddings and prototypes. The large
 * crops come first.
 * @param large how many of them are large, at least 1; only these make targets. No gradient flows
 * through a target.
 * @returns the mean over the batch, in nats.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const scores = [0, 1].map((seed) => random.uniform(random.key(seed), [12, 3], -1, 1));
 * assert.ok(noncontrastive.swavLoss(scores, 2).dataSync()[0] > 0);
 * ```
 */
export function swavLoss(
  scores: readonly Tensor2D[],
  large: number,
  options: SwavLossOptions = {},
): Scalar {
  const { temperature = 0.1, epsilon = 0.05, iterations = 3 } = options;
  expectNumber('large', large, { atLeast: 1, atMost: scores.length, integer: true });
  scores.forEach(expectCompany);
  return tf.tidy(() => {
    const targets = scores.slice(0, large).map((crop) => sinkhorn(crop, { epsilon, iterations }));
    return swappedPredictionLoss(scores, targets, temperature);
  });
}
