/** Embeddings that nobody trained: what a method has to beat. */
import { tf, type Tensor, type Tensor2D } from '../core/engine';

/**
 * The inputs themselves, flattened: [n, ...] -> [n, dim]. The caller owns it.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, random } from 'dark-matter';
 * assert.deepEqual(
 *   measure.rawPixels(random.uniform(random.key(0), [5, 8, 8, 1])).shape,
 *   [5, 64],
 * );
 * ```
 */
export function rawPixels(inputs: Tensor): Tensor2D {
  const n = inputs.shape[0];
  if (!n)
    throw new Error(
      `inputs: shape [${inputs.shape.join(', ')}] given, [n, ...] with n of at least 1 expected`,
    );
  return tf.reshape(inputs, [n, inputs.size / n]) as Tensor2D;
}
