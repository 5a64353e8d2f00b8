/** Embeddings of a whole set, a chunk at a time, so that memory is bounded by the chunk. */
import { expectNumber } from './checks';
import { tf, type Tensor, type Tensor2D } from './engine';

/**
 * Applies an encoder to a set in chunks. Frees all that the encoder makes, but for the result.
 *
 * @param encoder [chunk, ...] -> [chunk, ...]; what follows the first axis is flattened.
 * @param inputs [n, ...].
 * @param chunk inputs a call. The last call gets what is left over.
 * @returns [n, dim], owned by the caller.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, nn, random } from 'dark-matter';
 * const encoder = nn.dense(4, 2);
 * const params = encoder.init(random.key(0));
 * const z = measure.embed(
 *   (x) => encoder.apply(params, x),
 *   random.normal(random.key(1), [1000, 4]),
 *   100,
 * );
 * assert.deepEqual(z.shape, [1000, 2]);
 * ```
 */
export function embed<X extends Tensor>(
  encoder: (batch: X) => Tensor,
  inputs: X,
  chunk = 500,
): Tensor2D {
  expectNumber('chunk', chunk, { atLeast: 1, integer: true });
  const n = inputs.shape[0] ?? 0;
  if (n === 0)
    throw new Error(
      `inputs: shape [${inputs.shape.join(', ')}] given, [n, ...] with n of at least 1 expected`,
    );
  return tf.tidy(() => {
    const parts: Tensor2D[] = [];
    for (let start = 0; start < n; start += chunk) {
      const size = Math.min(chunk, n - start);
      parts.push(
        tf.tidy(() => {
          const batch = tf.slice(inputs, [start], [size]) as X;
          const features = encoder(batch);
          if (features.shape[0] !== size) {
            throw new Error(
              `encoder: gave shape [${features.shape.join(', ')}] for ${size} inputs, [${size}, ...] expected`,
            );
          }
          return tf.reshape(features, [size, features.size / size]) as Tensor2D;
        }),
      );
    }
    return parts.length === 1 ? parts[0]!.clone() : tf.concat(parts, 0);
  });
}
