import { tf, type Scalar, type Tensor, type Tensor2D } from '../core/engine';
import { expectNumber, expectSameShape } from '../core/checks';
import { stopGradient } from '../core/stopGradient';
import type { TwoViews } from '../energy/jointEmbedding';

/** Two large crops of each example, and any number of small ones: multi-crop. */
export interface Crops extends TwoViews {
  /** Each [batch, ...], of a size that the encoder takes. They predict, and are not predicted. */
  readonly small?: readonly Tensor[];
}

/**
 * Predicting the group that another crop of the same image falls into: what SwAV and DINO have in
 * common. They differ in where the targets come from.
 *
 *     mean over targets s of  mean over crops v != s of  -sum_k q_s,k log softmax(scores_v / temperature)_k
 *
 * @param scores one [batch, prototypes] a crop.
 * @param targets one [batch, prototypes] for each of the first crops; rows sum to 1. No gradient
 * flows into them.
 * @param temperature of the softmax that predicts, above 0.
 * @returns the mean over the batch, in nats.
 */
export function swappedPredictionLoss(
  scores: readonly Tensor2D[],
  targets: readonly Tensor2D[],
  temperature: number,
): Scalar {
  expectNumber('temperature', temperature, { above: 0 });
  expectNumber('crops', scores.length, { atLeast: 2 });
  scores.forEach((crop, i) => expectSameShape(`scores[0], scores[${i}]`, scores[0]!, crop));
  return tf.tidy(() => {
    const logPredictions = scores.map((crop) => tf.logSoftmax(crop.div(temperature)));
    const losses = targets.flatMap((given, s) => {
      const target = stopGradient(given);
      return logPredictions
        .filter((_, v) => v !== s)
        .map((logP) => target.mul(logP).sum(1).mean().neg());
    });
    return tf.addN(losses).div(losses.length) as Scalar;
  });
}
