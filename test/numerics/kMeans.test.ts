import fc from 'fast-check';
import { expect, test } from 'vitest';
import { measure, random, tf, tree } from 'dark-matter';
import { expectNoLeak } from '../helpers/memory';
import { nearest } from '../../lib/numerics/kMeans';
import { blobs, gaussian } from '../measure/support';

type Matrix = ReturnType<typeof tf.tensor2d>;

test('finds blobs that are far apart: a centre at the mean of each', () => {
  tf.tidy(() => {
    const { features, labels } = blobs(400, 5, 4, { spread: 0.1 });
    const { centres } = measure.kMeans(features, 4, random.key(0));
    const means = [0, 1, 2, 3].map(
      (c) =>
        tf
          .gather(
            features,
            [...labels.keys()].filter((i) => labels[i] === c),
          )
          .mean(0)
          .arraySync() as number[],
    );
    const found = centres.arraySync();
    for (const mean of means) {
      const gap = Math.min(
        ...found.map((centre) => Math.hypot(...centre.map((v, d) => v - mean[d]!))),
      );
      expect(gap).toBeLessThan(1e-4);
    }
  });
});

/**
 * Lloyd's algorithm and k-means++ as one would write them down, on numbers in float64; the draws
 * are the library's.
 */
function plainKMeans(
  x: number[][],
  k: number,
  key: random.Key,
  iterations: number,
): { centres: number[][]; inertia: number[] } {
  const square = (a: number[], b: number[]) => a.reduce((sum, v, d) => sum + (v - b[d]!) ** 2, 0);
  const [first, others] = random.split(key);
  let centres = [x[random.randint(first, [1], 0, x.length).dataSync()[0]!]!];
  for (let i = 0; i < k - 1; i++) {
    const luck = random.gumbel(random.foldIn(others, i), [1, x.length]).dataSync();
    const score = x.map(
      (row, r) => Math.log(Math.min(...centres.map((centre) => square(row, centre)))) + luck[r]!,
    );
    centres.push(x[score.indexOf(Math.max(...score))]!);
  }
  const inertia: number[] = [];
  for (let i = 0; i <= iterations; i++) {
    const squares = x.map((row) => centres.map((centre) => square(row, centre)));
    inertia.push(squares.reduce((sum, row) => sum + Math.min(...row), 0) / x.length);
    if (i === iterations) break;
    const mine = squares.map((row) => row.indexOf(Math.min(...row)));
    centres = centres.map((centre, c) => {
      const own = x.filter((_, r) => mine[r] === c);
      return own.length === 0
        ? centre
        : centre.map((_, d) => own.reduce((sum, row) => sum + row[d]!, 0) / own.length);
    });
  }
  return { centres, inertia };
}

test('the compiled loops do what the algorithm does when it is written down plainly, from the same draws', () => {
  for (const [seed, k, iterations] of [
    [0, 1, 3],
    [1, 4, 12],
    [2, 7, 1],
    [3, 12, 25],
  ] as const) {
    tf.tidy(() => {
      const x = gaussian(90, 3, seed);
      const [given, expected] = [
        measure.kMeans(x, k, random.key(seed), { iterations }),
        plainKMeans(x.arraySync(), k, random.key(seed), iterations),
      ];
      expect(
        given.centres.sub(tf.tensor2d(expected.centres)).abs().max().dataSync()[0],
      ).toBeLessThan(1e-4);
      expected.inertia.forEach((value, i) => expect(given.inertia[i]).toBeCloseTo(value, 4));
    });
  }
});

test('the inertia never rises, and at the end every centre is the mean of its rows', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 6 }), (seed, k) => {
      tf.tidy(() => {
        const x = gaussian(40, 3, seed);
        const { centres, inertia } = measure.kMeans(x, k, random.key(seed), { iterations: 30 });
        expect(inertia).toHaveLength(31);
        for (let i = 1; i < inertia.length; i++)
          expect(inertia[i]!).toBeLessThan(inertia[i - 1]! + 1e-5);
        const near = x
          .expandDims(1)
          .sub(centres.expandDims(0))
          .square()
          .sum(2)
          .argMin(1)
          .dataSync();
        if (Math.abs(inertia[30]! - inertia[29]!) > 1e-9) return; // not yet at rest
        for (let c = 0; c < k; c++) {
          const rows = [...near.keys()].filter((i) => near[i] === c);
          if (rows.length === 0) continue;
          const gap = tf
            .gather(x, rows)
            .mean(0)
            .sub(centres.slice([c, 0], [1, 3]))
            .abs()
            .max()
            .dataSync()[0]!;
          expect(gap).toBeLessThan(1e-4);
        }
      });
    }),
    { numRuns: 10 },
  );
});

test('one centre is the mean, and with as many as rows nothing is left', () => {
  tf.tidy(() => {
    const x = gaussian(12, 3);
    expect(
      measure.kMeans(x, 1, random.key(0)).centres.sub(x.mean(0)).abs().max().dataSync()[0],
    ).toBeLessThan(1e-6);
    // k-means++ never takes a row twice
    expect(measure.kMeans(x, 12, random.key(0)).inertia[0]).toBeLessThan(1e-5);
  });
});

test('the triangle code is positive for centres nearer than the average one, and 0 for the others', () => {
  tf.tidy(() => {
    const centres = tf.tensor2d([
      [0, 0],
      [3, 4],
      [0, 1],
    ]);
    const [code] = measure.triangleCode(tf.tensor2d([[0, 0]]), centres).arraySync() as [number[]];
    // Distances 0, 5, 1: their mean is 2.
    [2, 0, 1].forEach((expected, i) => expect(code[i]).toBeCloseTo(expected, 5));
  });
});

test('is the same for the same key, leaks no tensor, and says what it was given', () => {
  const x = gaussian(30, 4);
  const [a, b] = [0, 0].map((seed) => measure.kMeans(x, 3, random.key(seed)).centres.arraySync());
  expect(a).toEqual(b);
  const key = random.key(0);
  expectNoLeak(() => measure.kMeans(x, 3, key).dispose());
  expect(() => measure.kMeans(x, 31, key)).toThrow('k: 31 given');
  expect(() => measure.kMeans(x.toInt() as Matrix, 1, key)).toThrow('x: int32 given');
  expect(() => measure.kMeans(x, 0, key)).toThrow('k: 0 given');
  expect(() => measure.kMeans(tf.zeros([3]) as unknown as Matrix, 1, key)).toThrow(
    'x: shape [3] given',
  );
  tree.dispose([x, key]);
});

test('far from the origin it does what it does there: the centres move with the data', () => {
  tf.tidy(() => {
    const x = gaussian(200, 3, 1).mul(512).round().div(512) as Matrix; // exact, moved or not
    const far = x.add(4096) as Matrix;
    const [near, moved] = [x, far].map((rows) => measure.kMeans(rows, 5, random.key(2))) as [
      measure.KMeans,
      measure.KMeans,
    ];
    expect(moved.centres.sub(4096).sub(near.centres).abs().max().dataSync()[0]).toBeLessThan(1e-3);
    moved.inertia.forEach((value, i) => expect(value).toBeCloseTo(near.inertia[i]!, 4));
  });
});

test('the inertia never rises, and is that of float64, where clusters are 4,000 apart', () => {
  tf.tidy(() => {
    const around = gaussian(300, 2, 3);
    const places = tf.tensor2d(Array.from({ length: 300 }, (_, i) => [i % 2 ? 2000 : -2000, 0]));
    const x = around.add(places) as Matrix;
    const { centres, inertia } = measure.kMeans(x, 6, random.key(1));
    for (let i = 1; i < inertia.length; i++)
      expect(inertia[i]!).toBeLessThanOrEqual(inertia[i - 1]! * (1 + 1e-6));
    const [rows, ends] = [x.arraySync(), centres.arraySync()];
    const squares = rows.map((row) =>
      Math.min(...ends.map((end) => (row[0]! - end[0]!) ** 2 + (row[1]! - end[1]!) ** 2)),
    );
    const exact = squares.reduce((sum, square) => sum + square, 0) / 300;
    expect(inertia.at(-1)).toBeCloseTo(exact, 3);
  });
});

test('of four candidates the nearest is the one with the least exact distance', () => {
  tf.tidy(() => {
    // Near centres, 3,000 from the origin of the centres: products in float32 are off by about 1.
    const centres = tf.tensor2d([
      [3000, 0.3],
      [3000, -0.2],
      [3000, 0.9],
      [-3000, 0],
    ]);
    const { index, squares } = nearest(tf.tensor2d([[3000, 0]]), centres);
    expect(index.dataSync()[0]).toBe(1);
    expect(squares.dataSync()[0]).toBeCloseTo(0.04, 5);
    expect(index.dtype).toBe('int32');
  });
});
