/**
 * Standardised embeddings: what probes see, the same for every scale and offset of the embedding.
 */
import { tf, type Tensor1D, type Tensor2D } from '../core/engine';
import { largestSize } from '../numerics/scale';

/** Made from one set, applied to any. Needs no label. */
export interface Standardization {
  /** [m, dim] -> [m, dim], owned by the caller. */
  apply(features: Tensor2D): Tensor2D;
  dispose(): void;
}

/**
 * Centres, and divides all dimensions by one number, so that their variances are 1 on average.
 *
 * One number, and not one a dimension: a dimension that hardly varies then stays small instead of
 * being blown up to as much noise as the others have signal (as in raw pixels, and in all but the
 * first principal components), and a probe with a round penalty does not depend on how the
 * embedding is rotated.
 *
 * @param features [n, dim].
 */
export function standardization(features: Tensor2D): Standardization {
  const [mean, scale] = tf.tidy(() => {
    const centre = tf.mean(features, 0);
    const deviations = tf.sub(features, centre);
    const unit = largestSize(deviations); // in which no square overflows or underflows
    const variance = tf.mean(tf.square(tf.div(deviations, unit)));
    // Where nothing varies there is nothing to divide by.
    const deviation = tf.mul(tf.sqrt(tf.where(tf.greater(variance, 0), variance, 1)), unit);
    return [centre, tf.reciprocal(deviation)] as [Tensor1D, Tensor1D];
  });
  return {
    apply: (x) => tf.tidy(() => tf.mul(tf.sub(x, mean), scale) as Tensor2D),
    dispose: () => tf.dispose([mean, scale]),
  };
}
