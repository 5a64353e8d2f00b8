import { data, energy, random, tf, type Tensor1D, type Tensor2D } from 'dark-matter';
import { expect, test } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const grid = (values: number[][]): energy.EnergyGrid => ({
  x: [0.5, values[0]!.length - 0.5],
  y: [0.5, values.length - 0.5],
  energy: values,
  cell: 1,
});

test('each cell is drawn as often as its probability says, and points are spread evenly in it', () => {
  // Probabilities 1/2, 1/4; 1/4, 0 in unit cells.
  const points = energy.sampleGrid(
    grid([
      [0, Math.LN2],
      [Math.LN2, Infinity],
    ]),
    random.key(0),
    8000,
  );
  const rows = points.arraySync() as [number, number][];
  const share = (column: number, row: number) =>
    rows.filter(([x, y]) => Math.floor(x) === column && Math.floor(y) === row).length / rows.length;
  // Three standard errors are 0.017.
  expect(Math.abs(share(0, 0) - 0.5)).toBeLessThan(0.017);
  expect(Math.abs(share(1, 0) - 0.25)).toBeLessThan(0.015);
  expect(Math.abs(share(0, 1) - 0.25)).toBeLessThan(0.015);
  expect(share(1, 1)).toBe(0);
  const within = rows.map(([x]) => x - Math.floor(x));
  expect(Math.abs(within.reduce((a, b) => a + b) / within.length - 0.5)).toBeLessThan(0.01);
});

test('points of a known density have its mean and its covariance', () => {
  const normal = data.gaussian({ dim: 2, rank: 1, wide: 1.5, narrow: 0.5, seed: 3 });
  const surface = energy.energyOnGrid(
    (u) => normal.logDensity(u).neg() as Tensor1D,
    [-7, 7, -7, 7],
    140,
  );
  const points = energy.sampleGrid(surface, random.key(1), 20_000);
  const covariance = tf.matMul(points, points, true).div(20_000).arraySync() as number[][];
  const [[a, b], [, c]] = normal.precision as [[number, number], [number, number]];
  const determinant = a * c - b * b;
  const expected = [
    [c / determinant, -b / determinant],
    [-b / determinant, a / determinant],
  ];
  for (const i of [0, 1])
    for (const j of [0, 1])
      expect(Math.abs(covariance[i]![j]! - expected[i]![j]!)).toBeLessThan(0.06);
});

test('the same key gives the same points; nothing leaks; a least energy has to be finite', () => {
  const surface = grid([
    [0, 1],
    [2, 3],
  ]);
  const drawn = (seed: number) => {
    const key = random.key(seed);
    const points: Tensor2D = energy.sampleGrid(surface, key, 5);
    const values = Array.from(points.dataSync());
    tf.dispose([points, key]);
    return values;
  };
  expect(drawn(4)).toEqual(drawn(4));
  expect(drawn(4)).not.toEqual(drawn(5));
  expectNoLeak(() => void drawn(4));
  for (const bad of [NaN, -Infinity])
    expect(() =>
      energy.sampleGrid(
        grid([
          [0, bad],
          [0, 0],
        ]),
        random.key(0),
        5,
      ),
    ).toThrow('grid: a least energy of');
});
