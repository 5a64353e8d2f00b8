import { measure, random, tf, type Tensor2D } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const normal = (seed: number, n: number, dim: number): Tensor2D =>
  random.normal(random.key(seed), [n, dim]);

/** The definition, in float64, row by row. */
function ranksByHand(queries: number[][], gallery: number[][], center: boolean): number[] {
  const without = (rows: number[][]): number[][] => {
    if (!center) return rows;
    const mean = rows[0]!.map((_, d) => rows.reduce((sum, row) => sum + row[d]!, 0) / rows.length);
    return rows.map((row) => row.map((value, d) => value - mean[d]!));
  };
  const dot = (a: number[], b: number[]): number => a.reduce((sum, v, d) => sum + v * b[d]!, 0);
  const cosine = (a: number[], b: number[]): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const [q, g] = [without(queries), without(gallery)];
  return q.map((row, i) => g.filter((other) => cosine(row, other) >= cosine(row, g[i]!)).length);
}

describe('retrieval', () => {
  it.each([true, false])('ranks as its definition does in float64, centred: %s', (center) => {
    const queries = normal(0, 40, 6);
    const gallery = queries
      .mul(0.5)
      .add(normal(1, 40, 6))
      .add(1.5) as Tensor2D;
    const { ranks, top } = measure.retrieval(queries, gallery, { center });
    const expected = ranksByHand(queries.arraySync(), gallery.arraySync(), center);
    expect([...ranks]).toEqual(expected);
    for (const k of [1, 5, 40])
      expect(top(k)).toBeCloseTo(expected.filter((rank) => rank <= k).length / 40, 12);
  });

  it('passes over others of the right group: as if each query were asked without them', () => {
    const queries = normal(14, 12, 3);
    const gallery = queries.add(normal(15, 12, 3)) as Tensor2D;
    const groups = [0, 0, 0, 1, 1, 2, 3, 3, 3, 3, 4, 5];
    const { ranks } = measure.retrieval(queries, gallery, { center: false, groups });
    const [q, g] = [queries.arraySync(), gallery.arraySync()];
    const expected = groups.map((group, i) => {
      const left = groups.flatMap((other, j) => (j === i || other !== group ? [j] : []));
      const at = left.indexOf(i);
      return ranksByHand(
        left.map((j) => q[j]!),
        left.map((j) => g[j]!),
        false,
      )[at];
    });
    expect([...ranks]).toEqual(expected);
    expect([...ranks]).not.toEqual([
      ...measure.retrieval(queries, gallery, { center: false }).ranks,
    ]);
    const apart = groups.map((_, i) => `own ${i}`);
    expect(measure.retrieval(queries, gallery, { groups: apart }).ranks).toEqual(
      measure.retrieval(queries, gallery).ranks,
    );
    expect(() => measure.retrieval(queries, gallery, { groups: [1] })).toThrow(
      /groups: 1 given, 12 expected/,
    );
  });

  it('does not see scales, turns of both, or, centred, what all rows share', () => {
    const queries = normal(2, 30, 5);
    const gallery = queries.add(normal(3, 30, 5)) as Tensor2D;
    const { ranks } = measure.retrieval(queries, gallery);
    const [turn] = tf.linalg.qr(normal(4, 5, 5));
    const moved = measure.retrieval(
      queries
        .matMul(turn as Tensor2D)
        .mul(3)
        .add(2) as Tensor2D,
      gallery
        .matMul(turn as Tensor2D)
        .mul(0.1)
        .sub(7) as Tensor2D,
    );
    expect(moved.ranks).toEqual(ranks);
  });

  it('finds nothing where all rows are one point, and everything where the views agree', () => {
    const same = tf.ones([20, 3]) as Tensor2D;
    for (const center of [true, false])
      expect(measure.retrieval(same, same, { center }).top(19)).toBe(0);
    const rows = normal(5, 20, 8);
    expect(measure.retrieval(rows, rows).top(1)).toBe(1);
  });

  it('is at chance where the views have nothing to do with each other', () => {
    const n = 500;
    const { top, ranks } = measure.retrieval(normal(6, n, 16), normal(7, n, 16));
    // Each rank is uniform over 1..n: the share among the first hundred is 0.2 within 5 deviations.
    expect(Math.abs(top(100) - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / n));
    expect(Math.min(...ranks)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...ranks)).toBeLessThanOrEqual(n);
  });

  it('between views goes both ways, each its own', () => {
    const a = normal(8, 25, 4);
    const views = { a, b: a.add(normal(9, 25, 4)) as Tensor2D, c: normal(10, 25, 4) };
    const rows = measure.retrievalBetween(views);
    expect(rows.map(({ from, to }) => `${from}${to}`)).toEqual([
      'ab',
      'ac',
      'ba',
      'bc',
      'ca',
      'cb',
    ]);
    for (const { from, to, top1, top5 } of rows) {
      const { top } = measure.retrieval(views[from as 'a'], views[to as 'a']);
      expect([top1, top5]).toEqual([top(1), top(5)]);
    }
  });

  it('refuses what has no right answer for each query, and what is not finite', () => {
    const x = normal(11, 5, 3);
    expect(() => measure.retrieval(x, normal(0, 4, 3))).toThrow(
      /gallery: shape \[4, 3\] given, \[5, 3\] expected/,
    );
    expect(() => measure.retrieval(x, x.mul(NaN))).toThrow(/gallery: NaN or infinity/);
    expect(() => measure.retrieval(x.toInt(), x)).toThrow(/queries: int32 given/);
    expect(() => measure.retrieval(tf.zeros([0, 3]), tf.zeros([0, 3]))).toThrow(/at least 1/);
    expect(() => measure.retrieval(x, x).top(0)).toThrow(/k: 0 given/);
    expect(() => measure.retrievalBetween({ x })).toThrow(/views: \[x\] given, two or more/);
  });

  it('leaves no tensor behind', () => {
    const [a, b] = [normal(12, 6, 3), normal(13, 6, 3)];
    expectNoLeak(() => void measure.retrievalBetween({ a, b }));
  });
});
