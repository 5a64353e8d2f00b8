/**
 * Singular values and eigenvectors: TensorFlow's kernels, for which tfjs has no name. Singular
 * values are had on the other engines too.
 */
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { executeMany, isNative, nativeBackend, typeAttribute } from '../core/native';
import { jacobiSingularValues } from './jacobi';

/**
 * The singular values of a matrix [rows, columns], the largest first, float32 [min(rows, columns)].
 */
export function singularValues(matrix: Tensor2D): Float32Array {
  if (!isNative()) return Float32Array.from(jacobiSingularValues(shortSide(matrix)));
  const { TF_ATTR_BOOL, TF_FLOAT } = requireNative('singularValues').binding;
  const off = (name: string) => ({ name, type: TF_ATTR_BOOL, value: false });
  return read(
    () =>
      executeMany(
        'Svd',
        [off('compute_uv'), off('full_matrices'), typeAttribute('T', TF_FLOAT)],
        [matrix],
        3,
      )[0]!,
  );
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix [d, d], the largest first.
 *
 * @returns values [d], and vectors [d, d] with one eigenvector a column. The caller owns them.
 */
export function symmetricEigen(matrix: Tensor2D): { values: Tensor1D; vectors: Tensor2D } {
  const { TF_ATTR_BOOL, TF_FLOAT } = requireNative('symmetricEigen').binding;
  const attributes = [
    { name: 'compute_v', type: TF_ATTR_BOOL, value: true },
    typeAttribute('T', TF_FLOAT),
  ];
  const [values, vectors] = tf.tidy(() => {
    const [ascending, columns] = executeMany('SelfAdjointEigV2', attributes, [matrix], 2);
    return [tf.reverse(ascending as Tensor1D, 0), tf.reverse(columns as Tensor2D, 1)];
  });
  return { values: values as Tensor1D, vectors: vectors as Tensor2D };
}

/**
 * An orthonormal basis of the space that the rows of a matrix span, the direction that holds most
 * of them first: the right singular vectors. [n, dim] -> [dim, min(n, dim)], owned by the caller.
 * Columns without any weight are zeros.
 */
export function principalAxes(rows: Tensor2D): Tensor2D {
  const [n, dim] = rows.shape;
  return tf.tidy(() => {
    if (n >= dim) return symmetricEigen(tf.matMul(rows, rows, true, false)).vectors;
    // Fewer rows than dimensions: the eigenvectors of the small Gram matrix, carried over.
    const { values, vectors } = symmetricEigen(tf.matMul(rows, rows, false, true));
    const seen = tf.greater(values, tf.mul(tf.max(values), 1e-6));
    const inverse = tf.where(seen, tf.rsqrt(tf.maximum(values, 1e-30)), tf.zerosLike(values));
    return tf.mul(tf.matMul(rows, vectors, true, false), inverse) as Tensor2D;
  });
}

/** The columns of a matrix, or its rows where they are fewer: the singular values are the same. */
function shortSide(matrix: Tensor2D): Float64Array[] {
  const [rows, columns] = matrix.shape;
  const values = matrix.dataSync();
  const few = Math.min(rows, columns);
  const at = (i: number, k: number) =>
    columns <= rows ? values[k * columns + i] : values[i * columns + k];
  return Array.from({ length: few }, (_, i) =>
    Float64Array.from({ length: Math.max(rows, columns) }, (_, k) => at(i, k)!),
  );
}

function read(compute: () => Tensor): Float32Array {
  let values: Float32Array | undefined;
  tf.tidy(() => {
    values = compute().dataSync() as Float32Array;
  });
  return values!;
}

function requireNative(name: string) {
  if (!isNative())
    throw new Error(
      `${name}: the native TensorFlow engine is needed; \`npm run doctor\` says why it is missing`,
    );
  return nativeBackend();
}
