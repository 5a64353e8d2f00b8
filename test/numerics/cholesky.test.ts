import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cholesky, inverseOf } from '../../lib/numerics/cholesky';
import { evenly } from '../helpers/numbers';

const matrixOf = (rows: number[][]): number[][] =>
  rows.map((a, i) =>
    rows.map((b, j) => a.reduce((sum, x, k) => sum + x * b[k]!, 0) + (i === j ? 0.5 : 0)),
  );
const positive = fc.integer({ min: 1, max: 6 }).chain((n) =>
  fc
    .array(fc.array(evenly(-2, 2), { minLength: n, maxLength: n }), {
      minLength: n,
      maxLength: n,
    })
    .map(matrixOf),
);

describe('cholesky', () => {
  it('of [[4, 2], [2, 3]] is [[2, 0], [1, sqrt 2]], with determinant 8', () => {
    const { lower, logDeterminant } = cholesky([
      [4, 2],
      [2, 3],
    ])!;
    expect(Array.from(lower[1]!)).toEqual([1, Math.SQRT2]);
    expect(logDeterminant).toBeCloseTo(Math.log(8), 12);
  });

  it('solves A x = b, and inverts, for any positive-definite A', () => {
    fc.assert(
      fc.property(positive, (a) => {
        const b = a.map((_, i) => i + 1);
        const x = cholesky(a)!.solve(b);
        a.forEach((row, i) =>
          expect(row.reduce((sum, v, j) => sum + v * x[j]!, 0)).toBeCloseTo(b[i]!, 8),
        );
        const inverse = inverseOf(a)!;
        a.forEach((row, i) =>
          a.forEach((_, j) =>
            expect(row.reduce((sum, v, k) => sum + v * inverse[k]![j]!, 0)).toBeCloseTo(
              i === j ? 1 : 0,
              8,
            ),
          ),
        );
      }),
    );
  });

  it('says so when a matrix is singular or indefinite', () => {
    expect(
      cholesky([
        [1, 1],
        [1, 1],
      ]),
    ).toBeUndefined();
    expect(
      cholesky([
        [1, 2],
        [2, 1],
      ]),
    ).toBeUndefined();
    expect(inverseOf([[-1]])).toBeUndefined();
  });
});
