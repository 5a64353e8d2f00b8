/**
 * The heart of the normalisations, with gradients written out: a third of the operations that tfjs
 * would record.
 */
import { tf, type Tensor } from '../core/engine';
import { isNested } from '../core/isNested';
import {
  executeMany,
  isNative,
  nativeBackend,
  typeAttribute,
  type Attribute,
} from '../core/native';

const centre = (x: Tensor, axes: number[]): Tensor => tf.sub(x, tf.mean(x, axes, true));
const inverseStd = (centred: Tensor, axes: number[], epsilon: number): Tensor =>
  tf.rsqrt(tf.add(tf.mean(tf.square(centred), axes, true), epsilon));

/**
 * Zero mean, unit variance over `axes`: (x - mean) / sqrt(variance + epsilon), variance divided by
 * n.
 */
export function standardize(x: Tensor, axes: number[], epsilon: number): Tensor {
  if (isNested()) {
    const centred = centre(x, axes);
    return tf.mul(centred, inverseStd(centred, axes, epsilon));
  }
  return tf.customGrad((input, save) => {
    const centred = centre(input as Tensor, axes);
    const rate = inverseStd(centred, axes, epsilon);
    const y = tf.mul(centred, rate);
    (save as (tensors: Tensor[]) => void)([y, rate]);
    // The part of dy that would change the mean or the variance has no effect, and is taken out.
    const gradFunc = (dy: Tensor, [saved, savedRate]: Tensor[]): Tensor =>
      tf.mul(
        savedRate!,
        tf.sub(centre(dy, axes), tf.mul(saved!, tf.mean(tf.mul(dy, saved!), axes, true))),
      );
    return { value: y, gradFunc };
  })(x);
}

/**
 * Batch normalisation of all axes but the last, with the batch's statistics, by TensorFlow's own
 * operation: one each way, where tfjs would take a dozen. [batch, ..., features] -> the same.
 */
export function batchStandardize(
  x: Tensor,
  scale: Tensor,
  offset: Tensor,
  epsilon: number,
): Tensor {
  if (!isNative() || isNested()) {
    const axes = x.shape.slice(0, -1).map((_, axis) => axis);
    return tf.add(tf.mul(standardize(x, axes, epsilon), scale), offset);
  }
  const features = x.shape[x.rank - 1]!;
  const images = x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, features]);
  const y = fused(images, scale, offset, epsilon);
  return x.rank === 4 ? y : tf.reshape(y, x.shape);
}

function fused(x: Tensor, scale: Tensor, offset: Tensor, epsilon: number): Tensor {
  const { TF_FLOAT, TF_ATTR_BOOL, TF_ATTR_FLOAT, TF_ATTR_STRING } = nativeBackend().binding;
  const attributes: Attribute[] = [
    typeAttribute('T', TF_FLOAT),
    typeAttribute('U', TF_FLOAT),
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: TF_ATTR_BOOL, value: true },
  ];
  return tf.customGrad((input, gain, shift, save) => {
    const none = tf.tensor1d([], 'float32');
    // Outputs: y, the mean and variance for an average over time, and three that only the gradient
    // understands.
    const averaging: Attribute = { name: 'exponential_avg_factor', type: TF_ATTR_FLOAT, value: 1 };
    const outputs = executeMany(
      'FusedBatchNormV3',
      [...attributes, averaging],
      [input, gain, shift, none, none] as Tensor[],
      6,
    );
    (save as unknown as (tensors: Tensor[]) => void)([
      input as Tensor,
      gain as Tensor,
      ...outputs.slice(3),
    ]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] =>
      executeMany('FusedBatchNormGradV3', attributes, [dy, ...saved], 5).slice(0, 3);
    return { value: outputs[0]!, gradFunc };
  })(x, scale, offset);
}
