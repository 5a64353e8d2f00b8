/**
 * Singular values and eigenvectors in plain JavaScript, in double precision, where TensorFlow's
 * kernels are not there: on the fallback engine and in browsers.
 */

/** Sweeps over all pairs of columns; a handful settles them to double precision. */
const MOST_SWEEPS = 60;

/**
 * One-sided Jacobi (Hestenes 1958): pairs of columns are turned until all are orthogonal; their
 * lengths are the singular values. About 10 rows columns^2 operations a sweep.
 *
 * @param columns the matrix's columns, of one length; they are changed. Cheaper for few columns.
 * @returns the largest first.
 */
export function jacobiSingularValues(columns: readonly Float64Array[]): Float64Array {
  for (let sweep = 0, turned = true; turned && sweep < MOST_SWEEPS; sweep++) {
    turned = false;
    for (let i = 0; i < columns.length; i++)
      for (let j = i + 1; j < columns.length; j++)
        turned = makeOrthogonal(columns[i]!, columns[j]!) || turned;
  }
  return Float64Array.from(columns, (column) => Math.sqrt(dot(column, column)))
    .sort()
    .reverse();
}

/** @returns whether they had to be turned. */
function makeOrthogonal(a: Float64Array, b: Float64Array): boolean {
  const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)];
  if (ab === 0 || Math.abs(ab) <= Number.EPSILON * Math.sqrt(aa * bb)) return false;
  const slope = (bb - aa) / (2 * ab);
  const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.hypot(1, slope));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = cosine * tangent;
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[k]!, b[k]!];
    a[k] = cosine * x - sine * y;
    b[k] = sine * x + cosine * y;
  }
  return true;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

/** Eigenvalues, the largest first, and their eigenvectors, of length 1. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: readonly Float64Array[];
}

/**
 * Jacobi's method (1846) for a symmetric matrix: each element off the diagonal is turned to zero in
 * its turn, until all are. About 4 n^3 operations a sweep.
 *
 * @param rows of the matrix; they are changed. What is below the diagonal is not read.
 */
export function jacobiEigen(rows: readonly Float64Array[]): Eigen {
  const n = rows.length;
  const vectors = rows.map((_, i) => Float64Array.from(rows, (_, k) => (k === i ? 1 : 0)));
  for (let sweep = 0, turned = true; turned && sweep < MOST_SWEEPS; sweep++) {
    turned = false;
    for (let i = 0; i < n; i++)
      for (let j = i + 1; j < n; j++) turned = makeDiagonal(rows, vectors, i, j) || turned;
  }
  const order = rows.map((_, i) => i).sort((a, b) => rows[b]![b]! - rows[a]![a]!);
  return {
    values: Float64Array.from(order, (i) => rows[i]![i]!),
    vectors: order.map((i) => vectors[i]!),
  };
}

/** Turns axes i < j until their element is zero. @returns whether they had to be turned. */
function makeDiagonal(
  rows: readonly Float64Array[],
  vectors: readonly Float64Array[],
  i: number,
  j: number,
): boolean {
  const [ii, jj, ij] = [rows[i]![i]!, rows[j]![j]!, rows[i]![j]!];
  if (Math.abs(ij) <= Number.EPSILON * Math.sqrt(Math.abs(ii * jj)) || ij === 0) {
    rows[i]![j] = 0;
    return false;
  }
  const slope = (jj - ii) / (2 * ij);
  const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.hypot(1, slope));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = cosine * tangent;
  for (let k = 0; k < rows.length; k++) {
    // Of the two that are one element, the one above the diagonal.
    const [a, ka] = k < i ? [rows[k]!, i] : [rows[i]!, k];
    const [b, kb] = k < j ? [rows[k]!, j] : [rows[j]!, k];
    if (k !== i && k !== j) {
      const [x, y] = [a[ka]!, b[kb]!];
      a[ka] = cosine * x - sine * y;
      b[kb] = sine * x + cosine * y;
    }
    const [x, y] = [vectors[i]![k]!, vectors[j]![k]!];
    vectors[i]![k] = cosine * x - sine * y;
    vectors[j]![k] = sine * x + cosine * y;
  }
  rows[i]![i] = ii - tangent * ij;
  rows[j]![j] = jj + tangent * ij;
  rows[i]![j] = 0;
  return true;
}
