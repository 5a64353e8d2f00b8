/** Learning from labels: the baseline that a method without them is measured against. */
import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import type { Method, NoState } from '../core/method';
import * as random from '../core/random';
import { dense, type DenseParams } from '../nn/dense';
import type { Layer } from '../nn/layer';

export interface SupervisedParams<E> {
  readonly encoder: E;
  readonly head: DenseParams;
}

/** Inputs and their classes. */
export interface LabelledBatch {
  /** [batch, ...]. */
  readonly x: Tensor;
  /** [batch], int32, from 0. */
  readonly labels: Tensor1D;
}

/** A supervised network as a method, and what only it has: an opinion of each class. */
export interface Supervised<E> extends Method<SupervisedParams<E>, NoState, LabelledBatch> {
  /** [batch, ...] -> [batch, classes]. */
  logits(params: SupervisedParams<E>, x: Tensor): Tensor2D;
}

/**
 * A network with a linear head, and softmax cross-entropy on labels. Give it the encoder that the
 * other methods have, and augmented inputs, and it says what the labels alone would have bought.
 *
 * Energy: F(x, y) = -log softmax(logits(x))_y, for a class y. Labels say which y is compatible with
 * x, and by softmax, what goes down for one class goes up for the others: no further mechanism is
 * needed.
 */
export function supervised<E>(options: {
  /** [batch, ...] -> [batch, features]. */
  readonly encoder: Layer<E>;
  /** The width of the encoder's output. */
  readonly features: number;
  readonly classes: number;
  /**
   * The share of the target that is spread over all classes, in [0, 1] (Szegedy et al. 2016,
   * section 7); default 0.
   */
  readonly smoothing?: number;
}): Supervised<E> {
  const { encoder, features, classes, smoothing = 0 } = options;
  expectNumber('classes', classes, { atLeast: 2, integer: true });
  expectNumber('smoothing', smoothing, { atLeast: 0, atMost: 1 });
  const head = dense(features, classes);
  const embed = (params: SupervisedParams<E>, x: Tensor): Tensor2D =>
    encoder.apply(params.encoder, x) as Tensor2D;
  const logits = (params: SupervisedParams<E>, x: Tensor): Tensor2D =>
    head.apply(params.head, embed(params, x)) as Tensor2D;
  /** [batch] cross-entropies. */
  const surprise = (scores: Tensor2D, targets: Tensor): Tensor =>
    scores.logSumExp(1).sub(scores.mul(targets).sum(1));
  const oneHot = (labels: Tensor1D): Tensor => tf.oneHot(labels, classes).toFloat();
  return {
    name: 'Supervised',
    mechanism: 'supervised',
    init(key) {
      const [forEncoder, forHead] = random.split(key);
      const params = { encoder: encoder.init(forEncoder), head: head.init(forHead) };
      tf.dispose([forEncoder, forHead]);
      return { params, state: {} };
    },
    objective(params, { x, labels }, _key, state) {
      const scores = logits(params, x);
      const truth = oneHot(labels);
      const loss = surprise(
        scores,
        truth.mul(1 - smoothing).add(smoothing / classes),
      ).mean() as Scalar;
      const right = scores.argMax(1).equal(truth.argMax(1)).toFloat().mean() as Scalar;
      return { loss, metrics: { accuracy: right }, state };
    },
    energy: (params, x, y) =>
      tf.tidy(() => surprise(logits(params, x), oneHot(y as Tensor1D)) as Tensor1D),
    embed: (params, x) => tf.tidy(() => embed(params, x)),
    logits: (params, x) => tf.tidy(() => logits(params, x)),
    calibrate: (params, x) => ({
      ...params,
      encoder: encoder.calibrate ? encoder.calibrate(params.encoder, x) : params.encoder,
    }),
  };
}
