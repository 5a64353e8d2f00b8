/**
 * Multinomial logistic regression, solved to convergence: full batch, no learning rate, no seed.
 */
import { tf, type Tensor1D, type Tensor2D } from '../core/engine';
import { tidy } from '../core/pytree';
import { lbfgs } from '../numerics/lbfgs';

export interface LogisticOptions {
  /** The penalty l2 / 2 * |W|^2 beside the mean cross-entropy; the bias is free. */
  readonly l2: number;
  /** Stops when every entry of the (preconditioned) gradient is at most this. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Where to begin. Default: zeros. */
  readonly start?: LogisticFit;
}

export interface LogisticFit {
  /** [dim, classes], row by row. */
  readonly weights: Float32Array;
  /** [classes]. */
  readonly bias: Float32Array;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * @param x [n, dim]. Any will do; features that are uncorrelated (along principal axes) make the
 * solver several times faster.
 * @param labels [n], whole numbers below `classes`.
 */
export function fitLogistic(
  x: Tensor2D,
  labels: Int32Array,
  classes: number,
  options: LogisticOptions,
): LogisticFit {
  const { l2, tolerance, maxIterations, start } = options;
  const [n, dim] = x.shape;
  return tidy(() => {
    // The Hessian is at most half the features' second moments plus l2 (Boehning 1992). In units of
    // the root of its diagonal it is round, or nearly so.
    const unitTensor = tf.rsqrt(
      tf.add(tf.mul(tf.mean(tf.square(x), 0), 0.5), Math.max(l2, 1e-6)),
    ) as Tensor1D;
    const unit = unitTensor.dataSync() as Float32Array;
    const rounded = tf.mul(x, unitTensor) as Tensor2D;
    const targets = tf.cast(
      tf.oneHot(tf.tensor1d(labels, 'int32'), classes),
      'float32',
    ) as Tensor2D;

    // One entry a weight, in the order of the weights.
    const size = dim * classes;
    const units = new Float64Array(size);
    for (let row = 0; row < dim; row++) units.fill(unit[row]!, row * classes, (row + 1) * classes);
    const theta = new Float64Array(size + classes);
    if (start) {
      for (let i = 0; i < size; i++) theta[i] = start.weights[i]! / units[i]!;
      theta.set(start.bias, size);
    }
    const fit = lbfgs(
      (at) => {
        const { value, w, b } = crossEntropy(rounded, targets, n, at);
        const gradient = new Float64Array(at.length);
        let penalty = 0;
        for (let i = 0; i < size; i++) {
          const pull = l2 * units[i]! * units[i]! * at[i]!;
          gradient[i] = w[i]! + pull;
          penalty += 0.5 * pull * at[i]!;
        }
        gradient.set(b, size);
        return { value: value + penalty, gradient };
      },
      theta,
      { tolerance, maxIterations },
    );
    return {
      weights: new Float32Array(units.map((u, i) => u * fit.x[i]!)),
      bias: new Float32Array(fit.x.subarray(size)),
      iterations: fit.iterations,
      converged: fit.converged,
    };
  });
}

/** The logits [n, classes] of a fit. The caller owns them. */
export function logits(fit: LogisticFit, x: Tensor2D): Tensor2D {
  const classes = fit.bias.length;
  return tf.tidy(
    () =>
      tf.add(
        tf.matMul(x, tf.tensor2d(fit.weights, [x.shape[1], classes])),
        tf.tensor1d(fit.bias),
      ) as Tensor2D,
  );
}

/** The class with the largest logit for each row. */
export function predict(fit: LogisticFit, x: Tensor2D): Int32Array {
  return tidy(() => ({ classes: tf.argMax(logits(fit, x), 1).dataSync() as Int32Array })).classes;
}

/** The mean cross-entropy of a fit, in nats. */
export function meanCrossEntropy(fit: LogisticFit, x: Tensor2D, labels: Int32Array): number {
  return tidy(() => {
    const targets = tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), fit.bias.length), 'float32');
    const total = tf.sum(tf.mul(tf.logSoftmax(logits(fit, x)), targets));
    return { value: -total.dataSync()[0]! / labels.length };
  }).value;
}

/** The mean cross-entropy at theta (W row by row, then the bias), and its gradient. */
function crossEntropy(x: Tensor2D, targets: Tensor2D, n: number, theta: Float64Array) {
  const dim = x.shape[1];
  const classes = targets.shape[1];
  return tidy(() => {
    const w = tf.tensor2d(new Float32Array(theta.subarray(0, dim * classes)), [dim, classes]);
    const b = tf.tensor1d(new Float32Array(theta.subarray(dim * classes)));
    const logP = tf.logSoftmax(tf.add(tf.matMul(x, w), b) as Tensor2D);
    const error = tf.div(tf.sub(tf.exp(logP), targets), n) as Tensor2D;
    return {
      value: -tf.sum(tf.mul(logP, targets)).dataSync()[0]! / n,
      w: tf.matMul(x, error, true, false).dataSync(),
      b: tf.sum(error, 0).dataSync(),
    };
  });
}
