/**
 * Small symmetric systems in float64, on the host: what Newton's method and Gaussians of a few
 * dozen dimensions need.
 */

/** A symmetric positive-definite matrix as L L^T; `lower` is L [n, n], row by row. */
export interface Cholesky {
  readonly lower: readonly Float64Array[];
  /** The logarithm of the determinant. */
  readonly logDeterminant: number;
  /** The x of L x = b. */
  solveLower(b: ArrayLike<number>): Float64Array;
  /** The x of A x = b. */
  solve(b: ArrayLike<number>): Float64Array;
}

/**
 * The Cholesky factor of a symmetric matrix, of which the lower triangle is read.
 *
 * @param matrix [n, n].
 * @returns undefined when the matrix is not positive definite (within rounding).
 */
export function cholesky(matrix: readonly ArrayLike<number>[]): Cholesky | undefined {
  const n = matrix.length;
  const lower = matrix.map(() => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    const row = lower[i]!;
    for (let j = 0; j <= i; j++) {
      const other = lower[j]!;
      let rest = matrix[i]![j]!;
      for (let k = 0; k < j; k++) rest -= row[k]! * other[k]!;
      if (j < i) row[j] = rest / other[j]!;
      else if (rest > 1e-14 * Math.abs(matrix[i]![i]!)) row[i] = Math.sqrt(rest);
      else return undefined;
    }
  }
  const solveLower = (b: ArrayLike<number>): Float64Array => {
    const x = Float64Array.from(b);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) x[i]! -= lower[i]![k]! * x[k]!;
      x[i]! /= lower[i]![i]!;
    }
    return x;
  };
  return {
    lower,
    solveLower,
    logDeterminant: lower.reduce((sum, row, i) => sum + 2 * Math.log(row[i]!), 0),
    solve: (b) => {
      const x = solveLower(b);
      for (let i = n - 1; i >= 0; i--) {
        for (let k = i + 1; k < n; k++) x[i]! -= lower[k]![i]! * x[k]!;
        x[i]! /= lower[i]![i]!;
      }
      return x;
    },
  };
}

/**
 * The inverse of a symmetric positive-definite matrix; undefined when it is not positive definite.
 */
export function inverseOf(matrix: readonly ArrayLike<number>[]): Float64Array[] | undefined {
  const factor = cholesky(matrix);
  return factor && matrix.map((_, j) => factor.solve(matrix.map((_row, i) => (i === j ? 1 : 0))));
}
