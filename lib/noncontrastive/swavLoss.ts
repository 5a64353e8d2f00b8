import { tf, type Scalar, type Tensor2D } from '../core/engine';
import { expectNumber, expectSameShape } from '../core/checks';
import { stopGradient } from '../core/stopGradient';
import { sinkhorn } from './sinkhorn';

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
 * Each large crop s is assigned to prototypes, q_s, in balance over the batch; every other crop v of the same image has to
 * predict that assignment from its own scores:
 *
 *     loss = mean over large s of  mean over v != s of  -sum_k q_s,k log softmax(scores_v / temperature)_k
 *
 * @param scores one [batch, prototypes] a crop: cosines of embeddings and prototypes. The large crops come first.
 * @param large how many of them are large, at least 1; only these make targets. No gradient flows through a target.
 * @returns the mean over the batch, in nats.
 */
export function swavLoss(scores: readonly Tensor2D[], large: number, options: SwavLossOptions = {}): Scalar {
  const { temperature = 0.1, epsilon = 0.05, iterations = 3 } = options;
  expectNumber('large', large, { atLeast: 1, atMost: scores.length, integer: true });
  return tf.tidy(() => {
    const targets = scores.slice(0, large).map((crop) => sinkhorn(crop, { epsilon, iterations }));
    return swappedPrediction(scores, targets, temperature);
  });
}

/**
 * The same with targets that are given.
 *
 * @param scores one [batch, prototypes] a crop. @param targets one [batch, prototypes] for each of the first crops; rows
 * sum to 1. No gradient flows into them. @param temperature above 0.
 */
export function swappedPrediction(scores: readonly Tensor2D[], targets: readonly Tensor2D[], temperature: number): Scalar {
  expectNumber('temperature', temperature, { above: 0 });
  expectNumber('crops', scores.length, { atLeast: 2 });
  scores.forEach((crop, i) => expectSameShape(`scores[0], scores[${i}]`, scores[0]!, crop));
  return tf.tidy(() => {
    const logPredictions = scores.map((crop) => tf.logSoftmax(crop.div(temperature)));
    const losses = targets.flatMap((given, s) => {
      const target = stopGradient(given);
      return logPredictions.filter((_, v) => v !== s).map((logP) => target.mul(logP).sum(1).mean().neg());
    });
    return tf.addN(losses).div(losses.length) as Scalar;
  });
}
