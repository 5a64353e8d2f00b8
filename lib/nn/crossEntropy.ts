/**
 * Cross-entropy of a softmax with one true class a row: by TensorFlow's own operation, two passes
 * over the logits where tfjs would make a dozen.
 */
import { expectShape } from '../core/checks';
import { isNested } from '../core/isNested';
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { executeMany, isNative, nativeBackend, typeAttribute } from '../core/native';

/**
 * -log softmax(logits)_label of each row, in nats, at least 0.
 *
 * @param logits [rows, classes].
 * @param labels int32 [rows], in [0, classes); no gradient flows into them.
 * @returns [rows]. Its gradient in the logits is softmax(logits) less 1 at the label.
 * @throws when a shape or the labels' type is another, and on a label that is out of range; where
 * TensorFlow's operation does not run (XLA, pure JavaScript, a second derivative) that gives NaN.
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const logits = tf.zeros([2, 4]) as ReturnType<typeof tf.tensor2d>;
 * const loss = nn.crossEntropyLoss(logits, tf.tensor1d([0, 3], 'int32'));
 * assert.ok(Math.abs(loss.dataSync()[0]! - Math.log(4)) < 1e-5);
 * ```
 */
export function crossEntropyLoss(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  const { rows } = expectShape('crossEntropyLoss: logits', logits, ['rows', 'classes']) as {
    rows: number;
  };
  expectShape('crossEntropyLoss: labels', labels, [rows]);
  if (labels.dtype !== 'int32')
    throw new Error(`crossEntropyLoss: labels: dtype ${labels.dtype} given, int32 expected`);
  return tf.tidy(() => (isNative() && !isNested() ? fused(logits, labels) : plain(logits, labels)));
}

/**
 * What the fused operation computes, for other backends and where a derivative of a derivative is
 * taken.
 */
function plain(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  const truth = tf.oneHot(labels, logits.shape[1]).toFloat();
  // 1, or NaN for a label out of range, of which tf.oneHot makes zeros: as in the fused operation.
  const one = truth.sum(1).div(truth.sum(1));
  return logits.logSumExp(1).sub(logits.mul(truth).sum(1)).mul(one) as Tensor1D;
}

function fused(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  const { TF_FLOAT, TF_INT32 } = nativeBackend().binding;
  const types = [typeAttribute('T', TF_FLOAT), typeAttribute('Tlabels', TF_INT32)];
  return tf.customGrad((given, save) => {
    const [loss, gradient] = executeMany(
      'SparseSoftmaxCrossEntropyWithLogits',
      types,
      [given as Tensor, labels],
      2,
    ) as [Tensor, Tensor];
    (save as unknown as (tensors: Tensor[]) => void)([gradient]);
    return {
      value: loss,
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(tf.expandDims(dy, 1), saved!),
    };
  })(logits) as Tensor1D;
}
