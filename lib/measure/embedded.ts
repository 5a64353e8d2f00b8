/** A labelled set of embeddings, and what is checked of it before it is measured. */
import { expectFloat } from '../core/checks';
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';

/** Embeddings with the class of each: what k-NN and the probes read. */
export interface Embedded {
  /** [n, dim], float32. */
  readonly features: Tensor2D;
  /** [n], whole numbers from 0; a tensor or an array. */
  readonly labels: Tensor1D | ArrayLike<number>;
}

/**
 * The labels as an array, checked to be one whole number from 0 a row.
 *
 * @throws also where there is no row, and where the features are not float32 [n, dim].
 */
export function labelArray(name: string, set: Embedded): Int32Array {
  const { features, labels } = set;
  if (features.shape.length !== 2) {
    throw new Error(
      `${name}.features: shape [${(features.shape as number[]).join(', ')}] given, [n, dim] expected`,
    );
  }
  expectFloat(`${name}.features`, features);
  if (features.shape[0] === 0)
    throw new Error(
      `${name}.features: shape [${features.shape.join(', ')}] given, at least one row expected`,
    );
  const values: ArrayLike<number> = labels instanceof tf.Tensor ? labels.dataSync() : labels;
  if (values.length !== features.shape[0]) {
    throw new Error(
      `${name}.labels: ${values.length} given, ${features.shape[0]} expected, one a row of features`,
    );
  }
  const array = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const label = values[i]!;
    if (!Number.isInteger(label) || label < 0)
      throw new Error(`${name}.labels[${i}]: ${label} given, a whole number from 0 expected`);
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
  if (!finite)
    throw new Error(
      `${name}: NaN or infinity found, finite values expected (did the training diverge?)`,
    );
}
