/**
 * Singular values and eigenvectors: TensorFlow's kernels, for which tfjs has no name, and on the
 * other engines Jacobi's methods.
 */
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { executeMany, isNative, nativeBackend, typeAttribute } from '../core/native';
import { jacobiEigen, jacobiSingularValues } from './jacobi';

/**
 * The singular values of a matrix [rows, columns], the largest first, float32 [min(rows, columns)].
 */
export function singularValues(matrix: Tensor2D): Float32Array {
  if (!isNative()) return Float32Array.from(jacobiSingularValues(shortSide(matrix)));
  const { TF_ATTR_BOOL, TF_FLOAT } = nativeBackend().binding;
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
  if (!isNative()) return eigenOfRows(rowsOf(matrix));
  const { TF_ATTR_BOOL, TF_FLOAT } = nativeBackend().binding;
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

/** In double precision, which a sum of squares may need. */
function rowsOf(matrix: Tensor2D): Float64Array[] {
  const values = matrix.dataSync();
  const [n, width] = matrix.shape;
  return Array.from({ length: n }, (_, i) =>
    Float64Array.from(values.subarray(i * width, (i + 1) * width)),
  );
}

function eigenOfRows(rows: readonly Float64Array[]): { values: Tensor1D; vectors: Tensor2D } {
  const { values, vectors } = jacobiEigen(rows);
  const columns = Float32Array.from(
    rows.flatMap((_, row) => vectors.map((vector) => vector[row]!)),
  );
  return {
    values: tf.tensor1d(Float32Array.from(values)),
    vectors: tf.tensor2d(columns, [rows.length, rows.length]),
  };
}

function read(compute: () => Tensor): Float32Array {
  let values: Float32Array | undefined;
  tf.tidy(() => {
    values = compute().dataSync() as Float32Array;
  });
  return values!;
}
