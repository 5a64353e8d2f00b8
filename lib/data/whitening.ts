/**
 * Whitening: data turned and scaled so that no two coordinates are correlated, and all vary as
 * much.
 */
import { tf, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import { tidy } from '../core/pytree';
import { symmetricEigen } from '../numerics/decompositions';
import { largestSize } from '../numerics/scale';

/** A fitted whitening. The caller owns its tensors: `whitening.dispose()`. */
export interface Whitening {
  /** [n, dim] -> [n, dim], the caller's. */
  apply(x: Tensor2D): Tensor2D;
  /** Back again, up to what `apply` damped: [n, dim] -> [n, dim]. */
  invert(x: Tensor2D): Tensor2D;
  dispose(): void;
}

/**
 * ZCA whitening (Bell and Sejnowski 1997): of all that make the covariance the identity, the one
 * that changes the data least, so that a whitened patch still looks like its picture.
 *
 *     (x - mean) V diag( 1 / sqrt(lambda + epsilon) ) V^T
 *
 * @param x [n, dim], n above dim.
 * @param epsilon above 0, as a part of the mean eigenvalue; directions that vary less than it are
 * damped, not blown up. In photographs those are the finest grain, mostly noise. Default 0.1.
 * @example
 * ```ts
 * import { data, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const x = random.normal(random.key(0), [50, 3]);
 * const whitening = data.zca(x, { epsilon: 1e-3 });
 * const back = whitening.invert(whitening.apply(x));
 * assert.ok(back.sub(x).abs().max().dataSync()[0]! < 1e-3);
 * ```
 */
export function zca(x: Tensor2D, { epsilon = 0.1 }: { readonly epsilon?: number } = {}): Whitening {
  const { n, dim } = expectShape('x', x, ['n', 'dim']) as { n: number; dim: number };
  if (n <= dim) throw new Error(`x: shape [${n}, ${dim}] given, more rows than columns expected`);
  expectNumber('epsilon', epsilon, { above: 0 });
  const fitted = tidy(() => {
    const mean = x.mean(0) as Tensor1D;
    const deviations = x.sub(mean) as Tensor2D;
    const unit = largestSize(deviations); // in which no square overflows
    const centred = deviations.div(unit) as Tensor2D;
    const { values, vectors } = symmetricEigen(
      tf.matMul(centred, centred, true).div(n - 1) as Tensor2D,
    );
    const scale = tf.relu(values).add(values.mean().mul(epsilon)).sqrt();
    const around = (diagonal: Tensor1D) =>
      tf.matMul(vectors.mul(diagonal) as Tensor2D, vectors, false, true);
    return {
      mean,
      forward: around(scale.mul(unit).reciprocal() as Tensor1D),
      backward: around(scale.mul(unit) as Tensor1D),
    };
  });
  return {
    apply: (rows) => tf.tidy(() => tf.matMul(rows.sub(fitted.mean) as Tensor2D, fitted.forward)),
    invert: (rows) => tf.tidy(() => tf.matMul(rows, fitted.backward).add(fitted.mean) as Tensor2D),
    dispose: () => tf.dispose(fitted),
  };
}
