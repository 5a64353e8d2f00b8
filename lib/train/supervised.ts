/** Learning from labels: the baseline that a method without them is measured against. */
import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectShape, expectWidth } from '../core/checks';
import type { EmbeddingMethod, EnergyMethod, NoState } from '../core/method';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { dense, type DenseParams } from '../nn/dense';
import { calibrate, inInference, inTraining, type Layer } from '../nn/layer';

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
export interface Supervised<E>
  extends
    EnergyMethod<SupervisedParams<E>, NoState, LabelledBatch>,
    EmbeddingMethod<SupervisedParams<E>, NoState, LabelledBatch> {
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
 *
 * @throws where labels are not int32 [batch] in [0, classes); compiled by XLA, which checks no
 * bounds, the loss is NaN instead.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { nn, random, supervised, tf } from 'dark-matter';
 *
 * const method = supervised({ encoder: nn.dense(2, 4), features: 4, classes: 3 });
 * const { params } = method.init(random.key(0));
 * assert.deepEqual(method.logits(params, tf.ones([5, 2])).shape, [5, 3]);
 * ```
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
  const embed = (params: SupervisedParams<E>, x: Tensor, how = inInference): Tensor2D =>
    encoder.apply(params.encoder, x, how) as Tensor2D;
  const logits = (params: SupervisedParams<E>, x: Tensor, how = inInference): Tensor2D => {
    const embedding = embed(params, x, how);
    expectWidth('features', features, embedding, "the encoder's");
    return head.apply(params.head, embedding) as Tensor2D;
  };
  /** [batch] cross-entropies. */
  const surprise = (scores: Tensor2D, targets: Tensor): Tensor =>
    scores.logSumExp(1).sub(scores.mul(targets).sum(1));
  const oneHot = (labels: Tensor1D): Tensor => classTargets(labels, classes);
  return {
    name: 'Supervised',
    mechanism: 'supervised',
    options,
    init(key) {
      const [forEncoder, forHead] = random.split(key);
      const params = { encoder: encoder.init(forEncoder), head: head.init(forHead) };
      tf.dispose([forEncoder, forHead]);
      return { params, state: {} };
    },
    objective(params, { x, labels }, key, state) {
      const scores = logits(params, x, inTraining(encoder, key));
      const truth = oneHot(labels);
      const loss = surprise(
        scores,
        truth.mul(1 - smoothing).add(smoothing / classes),
      ).mean() as Scalar;
      const right = truth
        .mul(tf.oneHot(scores.argMax(1).toInt(), classes))
        .sum(1)
        .mean() as Scalar;
      return { loss, metrics: { accuracy: right }, state };
    },
    energy: (params, x, y) =>
      tf.tidy(() => surprise(logits(params, x), oneHot(y as Tensor1D)) as Tensor1D),
    embed: (params, x) => embed(params, x),
    logits: (params, x) => tf.tidy(() => logits(params, x)),
    calibrate: (params, x) => ({
      encoder: calibrate(encoder, params.encoder, x),
      head: tree.clone(params.head),
    }),
  };
}

/**
 * One-hot rows, [batch, classes]. `tf.oneHot` makes zeros of a label out of range, under which every
 * loss is 0 or a constant. `tf.gather` throws, also in a compiled graph, but not under XLA, which
 * takes the nearest class: so there the row is made NaN.
 */
function classTargets(labels: Tensor1D, classes: number): Tensor {
  expectShape('labels', labels, ['batch']);
  if (labels.dtype !== 'int32')
    throw new Error(`labels: ${labels.dtype} given, int32 expected (toInt() converts)`);
  const inRange = labels.greaterEqual(0).logicalAnd(labels.less(classes)).toFloat().expandDims(1);
  return rowsOfIdentity(labels, classes).mul(inRange.div(inRange));
}

function rowsOfIdentity(labels: Tensor1D, classes: number): Tensor {
  try {
    return tf.gather(tf.eye(classes), labels);
  } catch (error) {
    // TensorFlow found which one, and a traced function may not look itself.
    const [, at, label] = /indices\[(\d+)\] = (-?\d+)/.exec((error as Error).message) ?? [];
    if (at === undefined) throw error;
    throw new Error(
      `labels[${at}]: ${label} given, a whole number from 0 to ${classes - 1} expected`,
      { cause: error },
    );
  }
}
