/**
 * The few-label probe: what the embedding is worth when only a handful of examples carry a label.
 */
import { tf, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import { isNative } from '../core/native';
import { tidy } from '../core/pytree';
import { fewLabels } from '../data/fewLabels';
import { principalAxes } from '../numerics/decompositions';
import { accuracyOf, type Embedded } from './embedded';
import { expectProblem } from './linearProbe';
import { fitLogistic, predict } from './logisticRegression';
import { standardization } from './standardize';
import { mean, standardDeviationOf } from './statistics';

export interface FewLabelProbeOptions {
  /** Labelled examples of each class. Default 10. */
  readonly perClass?: number;
  /** How many random choices of the labelled examples are averaged. Default 5. */
  readonly repeats?: number;
  /**
   * Repeat r labels the examples `fewLabels(labels, perClass, seed + r)`: the same for every
   * encoder compared. Default 0.
   */
  readonly seed?: number;
  /**
   * Standardises by these features, [n, dim], instead of by all that the labels are drawn from: where
   * a class is new, by those that the encoder was trained on.
   */
  readonly standardizeBy?: Tensor2D;
  /** The penalty l2 / 2 * |W|^2 beside the mean cross-entropy. Default 1 / (classes * perClass). */
  readonly l2?: number;
  /** Stops when every entry of the gradient is at most this. Default 1e-4. */
  readonly tolerance?: number;
  /** Default 500. */
  readonly maxIterations?: number;
}

export interface FewLabelProbeResult {
  /** Mean test accuracy over the repeats, in [0, 1]. */
  readonly mean: number;
  /**
   * Standard deviation over the repeats (n - 1); NaN for one repeat. It measures the choice of
   * labels, not of seeds.
   */
  readonly std: number;
  /** The test accuracy of each repeat. */
  readonly accuracies: readonly number[];
}

/**
 * Linear probes on a few labels a class, on several random choices of them.
 *
 * Features are standardised by all training features (or by `standardizeBy`), of which no label is needed. l2 is 1 /
 * (number of labels) unless given, a unit Gaussian prior on the weights: fixed beforehand, as there
 * are no labels to spare for choosing it.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, tf } from 'dark-matter';
 * const features = tf.tensor2d([
 *   [0, 0],
 *   [0, 1],
 *   [9, 0],
 *   [9, 1],
 * ]);
 * const set = { features, labels: [0, 0, 1, 1] };
 * assert.equal(measure.fewLabelProbe(set, set, { perClass: 1, repeats: 3 }).mean, 1);
 * ```
 */
export function fewLabelProbe(
  train: Embedded,
  test: Embedded,
  options: FewLabelProbeOptions = {},
): FewLabelProbeResult {
  const {
    perClass = 10,
    repeats = 5,
    seed = 0,
    standardizeBy = train.features,
    l2,
    tolerance = 1e-4,
    maxIterations = 500,
  } = options;
  expectNumber('perClass', perClass, { atLeast: 1, integer: true });
  expectNumber('repeats', repeats, { atLeast: 1, integer: true });
  if (l2 !== undefined) expectNumber('l2', l2, { atLeast: 0 });
  const { labels, testLabels, classes } = expectProblem(train, test);
  const dim = train.features.shape[1];
  if (standardizeBy.shape[1] !== dim)
    throw new Error(
      `standardizeBy: shape [${standardizeBy.shape.join(', ')}] given, [n, ${dim}] expected`,
    );
  const standard = standardization(standardizeBy);
  const [all, others] = [standard.apply(train.features), standard.apply(test.features)];
  try {
    const accuracies = Array.from({ length: repeats }, (_, repeat) => {
      const chosen = fewLabels(labels, perClass, seed + repeat);
      return tidy(() => {
        const few = tf.gather(all, tf.tensor1d(chosen, 'int32')) as Tensor2D;
        // The penalty keeps the weights within the span of the few labelled rows: solve there, it
        // is small.
        const axes = isNative() ? principalAxes(few) : tf.eye(few.shape[1]);
        const settings = { l2: l2 ?? 1 / chosen.length, tolerance, maxIterations };
        const fit = fitLogistic(
          tf.matMul(few, axes),
          chosen.map((i) => labels[i]!),
          classes,
          settings,
        );
        return { accuracy: accuracyOf(predict(fit, tf.matMul(others, axes)), testLabels) };
      }).accuracy;
    });
    return { mean: mean(accuracies), std: standardDeviationOf(accuracies), accuracies };
  } finally {
    tf.dispose([all, others]);
    standard.dispose();
  }
}
