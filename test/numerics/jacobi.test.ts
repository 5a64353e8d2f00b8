import { describe, expect, it } from 'vitest';
import { random, tf } from 'dark-matter';
import { singularValues } from '../../lib/numerics/decompositions';
import { jacobiSingularValues } from '../../lib/numerics/jacobi';

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
