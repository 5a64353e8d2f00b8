/** Embeddings of a whole set, a chunk at a time, so that memory is bounded by the chunk. */
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';

/** Embeddings with the class of each: what k-NN and the probes read. */
export interface Embedded {
  /** [n, dim], float32. */
  readonly features: Tensor2D;
  /** [n], whole numbers from 0; a tensor or an array. */
  readonly labels: Tensor1D | ArrayLike<number>;
}

/**
 * Applies an encoder to a set in chunks. Frees all that the encoder makes, but for the result.
 *
 * @param encoder [chunk, ...] -> [chunk, ...]; what follows the first axis is flattened.
 * @param inputs [n, ...].
 * @param chunk inputs a call. The last call gets what is left over.
 * @returns [n, dim], owned by the caller.
 */
export function embed<X extends Tensor>(encoder: (batch: X) => Tensor, inputs: X, chunk = 500): Tensor2D {
  expectNumber('chunk', chunk, { atLeast: 1, integer: true });
  const n = inputs.shape[0] ?? 0;
  if (n === 0) throw new Error(`inputs: shape [${inputs.shape.join(', ')}] given, [n, ...] with n of at least 1 expected`);
  return tf.tidy(() => {
    const parts: Tensor2D[] = [];
    for (let start = 0; start < n; start += chunk) {
      const size = Math.min(chunk, n - start);
      parts.push(tf.tidy(() => {
        const batch = tf.slice(inputs, [start], [size]) as X;
        const features = encoder(batch);
        if (features.shape[0] !== size) {
          throw new Error(`encoder: gave shape [${features.shape.join(', ')}] for ${size} inputs, [${size}, ...] expected`);
        }
        return tf.reshape(features, [size, features.size / size]) as Tensor2D;
      }));
    }
    return parts.length === 1 ? parts[0]!.clone() : tf.concat(parts, 0);
  });
}

/** The labels as an array, checked to be one whole number from 0 a row. */
export function labelArray(name: string, set: Embedded): Int32Array {
  const { features, labels } = set;
  if (features.shape.length !== 2) {
    throw new Error(`${name}.features: shape [${(features.shape as number[]).join(', ')}] given, [n, dim] expected`);
  }
  const values: ArrayLike<number> = labels instanceof tf.Tensor ? labels.dataSync() : labels;
  if (values.length !== features.shape[0]) {
    throw new Error(`${name}.labels: ${values.length} given, ${features.shape[0]} expected, one a row of features`);
  }
  const array = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const label = values[i]!;
    if (!Number.isInteger(label) || label < 0) throw new Error(`${name}.labels[${i}]: ${label} given, a whole number from 0 expected`);
    array[i] = label;
  }
  return array;
}

/** The share of equal entries, in [0, 1]. */
export function accuracyOf(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (predictions[i] === labels[i]) right++;
  return right / labels.length;
}

/** @throws when an embedding holds NaN or infinity: no measure of it would mean anything. */
export function expectFinite(name: string, x: Tensor): void {
  const finite = tf.tidy(() => tf.all(tf.isFinite(x)).dataSync()[0] === 1);
  if (!finite) throw new Error(`${name}: NaN or infinity found, finite values expected (did the training diverge?)`);
}
