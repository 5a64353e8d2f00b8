/** Principal components. */
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import { symmetricEigen } from './decompositions';
import { largestSize } from './scale';

/** Principal components, fitted. The caller owns its tensors: `pca.dispose()`. */
export interface Pca {
  /** [dim], the mean of the training inputs. */
  readonly mean: Tensor1D;
  /** [dim, dims], orthonormal columns, the direction of the largest variance first. */
  readonly components: Tensor2D;
  /** [dims], the share of the variance along each, in [0, 1]. */
  readonly explained: Float32Array;
  /** [n, ...] -> [n, dims], the coordinates along the components. */
  embed(inputs: Tensor): Tensor2D;
  dispose(): void;
}

/**
 * The principal components of a training set (Pearson 1901), exactly, by the eigenvectors of its
 * covariance.
 *
 * @param inputs [n, ...], flattened to [n, dim]; n of at least 2.
 * @param dims how many components, at most dim.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, tf } from 'dark-matter';
 * const line = tf.tensor2d([
 *   [-1, -1],
 *   [0, 0],
 *   [1, 1],
 * ]);
 * const axes = measure.pca(line, 1);
 * assert.ok(axes.explained[0]! > 0.999);
 * ```
 */
export function pca(inputs: Tensor, dims: number): Pca {
  const n = inputs.shape[0] ?? 0;
  if (n < 2)
    throw new Error(
      `inputs: shape [${inputs.shape.join(', ')}] given, [n, ...] with n of at least 2 expected`,
    );
  const dim = inputs.size / n;
  expectNumber('dims', dims, { atLeast: 1, atMost: dim, integer: true });
  const [mean, components, explainedTensor] = tf.tidy(() => {
    const x = tf.reshape(inputs, [n, dim]) as Tensor2D;
    const centre = tf.mean(x, 0) as Tensor1D;
    const deviations = tf.sub(x, centre) as Tensor2D;
    // Neither axes nor shares depend on the units: in these no square overflows.
    const centred = tf.div(deviations, largestSize(deviations)) as Tensor2D;
    const { values, vectors } = symmetricEigen(
      tf.div(tf.matMul(centred, centred, true, false), n - 1) as Tensor2D,
    );
    const share = tf.div(values, tf.maximum(tf.sum(values), 1e-30)) as Tensor1D;
    return [centre, tf.slice(vectors, [0, 0], [dim, dims]), tf.slice(tf.relu(share), 0, dims)] as [
      Tensor1D,
      Tensor2D,
      Tensor1D,
    ];
  });
  const explained = explainedTensor.dataSync() as Float32Array;
  explainedTensor.dispose();
  return {
    mean,
    components,
    explained,
    embed: (batch) => {
      const rows = batch.shape[0] ?? 0;
      if (rows < 1 || batch.size !== rows * dim) {
        throw new Error(
          `inputs: shape [${batch.shape.join(', ')}] given, [n, ...] with ${dim} values each expected`,
        );
      }
      return tf.tidy(() =>
        tf.matMul(tf.sub(tf.reshape(batch, [rows, dim]), mean) as Tensor2D, components),
      );
    },
    dispose: () => tf.dispose([mean, components]),
  };
}
