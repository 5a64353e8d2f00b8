/** The linear probe: multinomial logistic regression on frozen embeddings, solved to convergence. */
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import { tidy } from '../core/pytree';
import { accuracyOf, expectFinite, labelArray, type Embedded } from './embed';
import { lbfgs } from './lbfgs';

export interface LinearProbeOptions {
  /**
   * The penalty l2 / 2 * |W|^2 beside the mean cross-entropy; the bias is free. Default 1 / n, a unit Gaussian prior
   * on the weights of standardised features (scikit-learn's C = 1). It is fixed beforehand: no label is spent on choosing it.
   */
  readonly l2?: number;
  /** The features whose mean and standard deviation standardise all others; their labels are not used. Default: the training features. */
  readonly standardizeBy?: Tensor2D;
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
  /** [dim, classes], row by row, for standardised features. */
  readonly weights: Float32Array;
  /** [classes]. */
  readonly bias: Float32Array;
  readonly iterations: number;
  /** Whether the gradient came below the tolerance within `maxIterations`. */
  readonly converged: boolean;
}

/**
 * Fits a linear classifier to the training embeddings and tests it on others. Deterministic: it has no seed.
 *
 * @param train features [n, dim] and labels [n]; at least two classes.
 * @param test features [m, dim] and labels [m].
 */
export function linearProbe(train: Embedded, test: Embedded, options: LinearProbeOptions = {}): LinearProbeResult {
  const labels = labelArray('train', train);
  const testLabels = labelArray('test', test);
  const [n, dim] = train.features.shape;
  const { l2 = 1 / n, tolerance = 1e-4, maxIterations = 500, standardizeBy = train.features } = options;
  expectNumber('l2', l2, { atLeast: 0 });
  expectNumber('tolerance', tolerance, { above: 0 });
  expectNumber('maxIterations', maxIterations, { atLeast: 1, integer: true });
  for (const [name, features] of [['test.features', test.features], ['standardizeBy', standardizeBy]] as const) {
    if (features.shape[1] !== dim) throw new Error(`${name}: shape [${features.shape.join(', ')}] given, [m, ${dim}] expected`);
  }
  const classes = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  if (new Set(labels).size < 2) throw new Error('train.labels: one class given, at least two expected');
  expectFinite('train.features', train.features);
  expectFinite('test.features', test.features);

  return tidy(() => {
    const { mean, scale } = standardization(standardizeBy);
    const x = tf.mul(tf.sub(train.features, mean), scale) as Tensor2D;
    const targets = tf.oneHot(tf.tensor1d(labels, 'int32'), classes).cast('float32') as Tensor2D;
    const fit = lbfgs((theta) => crossEntropy(x, targets, theta, l2), new Float64Array((dim + 1) * classes), { tolerance, maxIterations });

    const weights = Float32Array.from(fit.x.subarray(0, dim * classes));
    const bias = Float32Array.from(fit.x.subarray(dim * classes));
    const predict = (features: Tensor2D) => {
      const logits = tf.add(tf.matMul(features, tf.tensor2d(weights, [dim, classes])), tf.tensor1d(bias));
      return tf.argMax(logits, 1).dataSync() as Int32Array;
    };
    const predictions = predict(tf.mul(tf.sub(test.features, mean), scale));
    return {
      accuracy: accuracyOf(predictions, testLabels),
      trainAccuracy: accuracyOf(predict(x), labels),
      predictions, weights, bias, iterations: fit.iterations, converged: fit.converged,
    };
  });
}

/**
 * What brings each feature to mean 0 and standard deviation 1. A feature that varies less than a hundredth of the
 * average keeps its smallness: dead dimensions are not blown up to noise. The result does not change with the scale
 * of all features together.
 */
function standardization(features: Tensor2D): { mean: Tensor1D; scale: Tensor1D } {
  const { mean, variance } = tf.moments(features, 0);
  const floor = tf.maximum(tf.mul(tf.mean(variance), 1e-4), 1e-30);
  return { mean: mean as Tensor1D, scale: tf.rsqrt(tf.maximum(variance, floor)) as Tensor1D };
}

/** Mean cross-entropy plus l2 / 2 * |W|^2, and its gradient. theta: W [dim, classes] row by row, then the bias [classes]. */
function crossEntropy(x: Tensor2D, targets: Tensor2D, theta: Float64Array, l2: number): { value: number; gradient: Float64Array } {
  const [n, dim] = x.shape;
  const classes = targets.shape[1];
  const read = (tensor: Tensor) => tensor.dataSync();
  const at = tidy(() => {
    const w = tf.tensor2d(Float32Array.from(theta.subarray(0, dim * classes)), [dim, classes]);
    const b = tf.tensor1d(Float32Array.from(theta.subarray(dim * classes)));
    const logP = tf.logSoftmax(tf.add(tf.matMul(x, w), b) as Tensor2D);
    const error = tf.div(tf.sub(tf.exp(logP), targets), n) as Tensor2D;
    return {
      loss: read(tf.neg(tf.div(tf.sum(tf.mul(logP, targets)), n)))[0]!,
      w: read(tf.matMul(x, error, true, false)),
      b: read(tf.sum(error, 0)),
    };
  });
  const gradient = new Float64Array(theta.length);
  let squares = 0;
  for (let i = 0; i < dim * classes; i++) {
    gradient[i] = at.w[i]! + l2 * theta[i]!;
    squares += theta[i]! ** 2;
  }
  gradient.set(at.b, dim * classes);
  return { value: at.loss + (l2 / 2) * squares, gradient };
}
