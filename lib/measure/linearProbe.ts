/**
 * The linear probe: how much of the class can be read off frozen embeddings by a linear classifier.
 */
import { tf, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import { isNative } from '../core/native';
import { tidy } from '../core/pytree';
import { stratifiedSplit } from '../data/labelled';
import { principalAxes } from '../numerics/decompositions';
import { accuracyOf, expectFinite, labelArray, type Embedded } from './embedded';
import {
  fitLogistic,
  logits,
  meanCrossEntropy,
  predict,
  type LogisticFit,
  type LogisticOptions,
} from './logisticRegression';
import { standardization } from './standardize';

export interface LinearProbeOptions {
  /**
   * The penalty l2 / 2 * |W|^2 beside the mean cross-entropy, on standardised features; the bias is
   * free. 'validated', the default: of 0.1, 0.01, 0.001 and 0.0001 the one with the least
   * cross-entropy on a fifth of the *training* labels, held out for it; then all of them are
   * fitted. No test label is used.
   */
  readonly l2?: number | 'validated';
  /** Stops when every entry of the gradient is at most this. Default 1e-4. */
  readonly tolerance?: number;
  /** Default 500. */
  readonly maxIterations?: number;
}

export interface LinearProbeResult {
  /** The share of test rows whose class is predicted, in [0, 1]. */
  readonly accuracy: number;
  /** The same on the training rows. */
  readonly trainAccuracy: number;
  /** [test rows], the predicted classes. */
  readonly predictions: Int32Array;
  /** The penalty that was used. */
  readonly l2: number;
  /** [dim, classes], row by row: the logits of features x are x W + bias. */
  readonly weights: Float32Array;
  /** [classes]. */
  readonly bias: Float32Array;
  readonly iterations: number;
  /** Whether the gradient came below the tolerance within `maxIterations`. */
  readonly converged: boolean;
}

const candidates = [0.1, 0.01, 0.001, 0.0001];

/**
 * Fits multinomial logistic regression to the training embeddings and tests it on others.
 * Deterministic. The accuracy does not change when all embeddings are scaled, moved or rotated
 * together.
 *
 * @param train features [n, dim] and labels [n]; at least two classes.
 * @param test features [m, dim] and labels [m].
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
 * assert.equal(measure.linearProbe(set, set, { l2: 0.01 }).accuracy, 1);
 * ```
 */
export function linearProbe(
  train: Embedded,
  test: Embedded,
  options: LinearProbeOptions = {},
): LinearProbeResult {
  const { l2 = 'validated', tolerance = 1e-4, maxIterations = 500 } = options;
  const { labels, testLabels, classes } = expectProblem(train, test);
  if (l2 !== 'validated') expectNumber('l2', l2, { atLeast: 0 });
  expectNumber('tolerance', tolerance, { above: 0 });
  expectNumber('maxIterations', maxIterations, { atLeast: 1, integer: true });

  const standard = standardization(train.features);
  const all = standard.apply(train.features);
  const axes = isNative() ? principalAxes(all) : (tf.eye(all.shape[1]) as Tensor2D);
  const turned = (features: Tensor2D): Tensor2D =>
    tf.tidy(() => tf.matMul(standard.apply(features), axes) as Tensor2D);
  const x = tf.matMul(all, axes) as Tensor2D;
  try {
    const settings = { tolerance, maxIterations };
    const chosen = l2 === 'validated' ? validated(x, labels, classes, settings) : { l2 };
    const fit = fitLogistic(x, labels, classes, { ...settings, ...chosen });
    const predictions = tf.tidy(() => predict(fit, turned(test.features)));
    return {
      accuracy: accuracyOf(predictions, testLabels),
      trainAccuracy: accuracyOf(predict(fit, x), labels),
      predictions,
      l2: chosen.l2,
      iterations: fit.iterations,
      converged: fit.converged,
      ...inGivenFeatures(fit, turned, train.features.shape[1]),
    };
  } finally {
    tf.dispose([all, axes, x]);
    standard.dispose();
  }
}

/** The arguments of a probe, checked. */
export function expectProblem(
  train: Embedded,
  test: Embedded,
): { labels: Int32Array; testLabels: Int32Array; classes: number } {
  const labels = labelArray('train', train);
  const testLabels = labelArray('test', test);
  const dim = train.features.shape[1];
  if (test.features.shape[1] !== dim)
    throw new Error(
      `test.features: shape [${test.features.shape.join(', ')}] given, [m, ${dim}] expected`,
    );
  if (new Set(labels).size < 2)
    throw new Error('train.labels: one class given, at least two expected');
  expectFinite('train.features', train.features);
  expectFinite('test.features', test.features);
  return {
    labels,
    testLabels,
    classes: labels.reduce((most, label) => Math.max(most, label), 0) + 1,
  };
}

/** The candidate with the least held-out cross-entropy, and its fit to begin the last one from. */
function validated(
  x: Tensor2D,
  labels: Int32Array,
  classes: number,
  settings: Omit<LogisticOptions, 'l2'>,
): { l2: number; start: LogisticFit } {
  const held = Math.floor(labels.length / 5);
  if (held < 1)
    throw new Error(
      `l2: 'validated' given with ${labels.length} labels, a number expected where there are fewer than 5`,
    );
  const [keptAt, heldAt] = stratifiedSplit(labels, [labels.length - held, held], 0) as [
    Int32Array,
    Int32Array,
  ];
  const part = (at: Int32Array) => ({
    x: tf.tidy(() => tf.gather(x, tf.tensor1d(at, 'int32'))),
    labels: at.map((i) => labels[i]!),
  });
  const [kept, out] = [part(keptAt), part(heldAt)];
  let best: { l2: number; start: LogisticFit; loss: number } | undefined;
  let start: LogisticFit | undefined;
  try {
    // From the stiffest on, each fit begins at the one before; once it gets worse, looser ones get
    // worse still.
    for (const l2 of candidates) {
      start = fitLogistic(kept.x, kept.labels, classes, {
        ...settings,
        tolerance: Math.max(settings.tolerance, 1e-3),
        l2,
        start,
      });
      const loss = meanCrossEntropy(start, out.x, out.labels);
      if (best && loss > best.loss) break;
      best = { l2, start, loss };
    }
  } finally {
    tf.dispose([kept.x, out.x]);
  }
  return { l2: best!.l2, start: best!.start };
}

/**
 * Weights and bias for the features as they were given: the fit is linear, so its values at 0 and
 * the unit vectors tell.
 */
function inGivenFeatures(
  fit: LogisticFit,
  turned: (features: Tensor2D) => Tensor2D,
  dim: number,
): Pick<LogisticFit, 'weights' | 'bias'> {
  const { values } = tidy(() => {
    const probes = tf.concat([tf.zeros([1, dim]), tf.eye(dim)]) as Tensor2D;
    return { values: logits(fit, turned(probes)).dataSync() as Float32Array };
  });
  const classes = fit.bias.length;
  const bias = values.slice(0, classes);
  return { bias, weights: values.slice(classes).map((v, i) => v - bias[i % classes]!) };
}
