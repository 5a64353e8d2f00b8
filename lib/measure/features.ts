/** Embeddings that nobody trained: what a method has to beat. */
import { tf, type Tensor, type Tensor2D } from '../core/engine';

/** The inputs themselves, flattened: [n, ...] -> [n, dim]. The caller owns it. */
export function rawPixels(inputs: Tensor): Tensor2D {
  const n = inputs.shape[0];
  if (!n)
    throw new Error(
      `inputs: shape [${inputs.shape.join(', ')}] given, [n, ...] with n of at least 1 expected`,
    );
  return tf.reshape(inputs, [n, inputs.size / n]) as Tensor2D;
}
