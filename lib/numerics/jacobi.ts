/**
 * Singular values in plain JavaScript, in double precision, where TensorFlow's kernel is not there:
 * on the fallback engine and in browsers.
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
