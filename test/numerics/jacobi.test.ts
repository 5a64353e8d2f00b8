import { describe, expect, it } from 'vitest';
import { random, tf } from 'dark-matter';
import { singularValues } from '../../lib/numerics/decompositions';
import { jacobiEigen, jacobiSingularValues } from '../../lib/numerics/jacobi';

const columns = (...lists: number[][]) => lists.map((list) => Float64Array.from(list));

describe('jacobiSingularValues', () => {
  it('are the lengths of orthogonal columns, the largest first', () => {
    expect([...jacobiSingularValues(columns([0, 2, 0], [3, 0, 0]))]).toEqual([3, 2]);
  });

  it('of [[1, 1], [0, 1]] are the golden ratio and its inverse', () => {
    const golden = (1 + Math.sqrt(5)) / 2;
    const [first, second] = jacobiSingularValues(columns([1, 0], [1, 1]));
    expect(first).toBeCloseTo(golden, 14);
    expect(second).toBeCloseTo(1 / golden, 14);
  });

  it('are zero where columns are repeated, or all zero', () => {
    const [first, second] = jacobiSingularValues(columns([1, 2, 2], [1, 2, 2]));
    expect(first).toBeCloseTo(Math.sqrt(18), 12);
    expect(Math.abs(second!)).toBeLessThan(1e-12);
    expect([...jacobiSingularValues(columns([0, 0], [0, 0]))]).toEqual([0, 0]);
  });

  it.each([
    [20, 6],
    [6, 20],
  ])('are those of TensorFlow, for a matrix of %i x %i', async (rows, dim) => {
    const of = () =>
      tf.tidy(
        () => [...singularValues(random.normal(random.key(1), [rows, dim]))] as never,
      ) as unknown as number[];
    const native = of();
    await tf.setBackend('cpu');
    try {
      const ours = of();
      expect(ours).toHaveLength(6);
      ours.forEach((value, i) => expect(value).toBeCloseTo(native[i]!, 4));
    } finally {
      await tf.setBackend('tensorflow');
    }
  });
});

describe('jacobiEigen', () => {
  it('turns [[2, 1], [1, 2]] by an eighth: 3 along the diagonal, 1 across', () => {
    const { values, vectors } = jacobiEigen(columns([2, 1], [1, 2]));
    expect(values[0]).toBeCloseTo(3, 14);
    expect(values[1]).toBeCloseTo(1, 14);
    expect(Math.abs(vectors[0]![0]! + vectors[0]![1]!)).toBeCloseTo(Math.SQRT2, 14);
    expect(vectors[1]![0]! + vectors[1]![1]!).toBeCloseTo(0, 14);
  });

  it('sorts what is diagonal already, zeros and negatives too', () => {
    const { values } = jacobiEigen(columns([-1, 0, 0], [0, 5, 0], [0, 0, 0]));
    expect([...values]).toEqual([5, 0, -1]);
  });

  it('A v = λ v, and the vectors are orthonormal, for a matrix of rank 20 and size 40', () => {
    const n = 40;
    const factors = Array.from({ length: n }, (_, i) =>
      Float64Array.from({ length: 20 }, (_, k) => Math.sin(3 * i + 7 * k + i * k)),
    );
    const dot = (a: Float64Array, b: Float64Array) =>
      a.reduce((sum, value, k) => sum + value * b[k]!, 0);
    const matrix = factors.map((a) => Float64Array.from(factors, (b) => dot(a, b)));
    const { values, vectors } = jacobiEigen(matrix.map((row) => row.slice()));
    vectors.forEach((v, i) => {
      matrix.forEach((row, k) => expect(dot(row, v)).toBeCloseTo(values[i]! * v[k]!, 9));
      vectors.forEach((w, j) => expect(dot(v, w)).toBeCloseTo(i === j ? 1 : 0, 12));
    });
    expect([...values]).toEqual([...values].sort((a, b) => b - a));
    expect(Math.abs(values[20]!)).toBeLessThan(1e-9);
  });
});
