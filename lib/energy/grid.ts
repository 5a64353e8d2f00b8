/**
 * Energies over the plane, evaluated on a grid: what can be drawn, and integrated.
 *
 * In two dimensions the partition function that makes a density of an energy,
 *
 *     p(u) = exp(-F(u)) / Z,      Z = integral of exp(-F(u)) du,
 *
 * is a sum over a fine grid. In more it is out of reach, which is why most methods avoid it.
 */
import { tf, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';

/** A rectangle of the plane: [xmin, xmax, ymin, ymax]. */
export type Bounds = readonly [number, number, number, number];

/** Energies at the centres of a grid's cells. */
export interface EnergyGrid {
  /** The first and the last column's x. */
  readonly x: readonly [number, number];
  /** The first and the last row's y. */
  readonly y: readonly [number, number];
  /** `energy[row][column]`; the first row has the lowest y. */
  readonly energy: readonly (readonly number[])[];
  /** The area of a cell. */
  readonly cell: number;
}

/**
 * Evaluates an energy at the centres of `resolution` x `resolution` cells that tile a rectangle.
 *
 * @param energy [n, 2] -> [n].
 * @param bounds [xmin, xmax, ymin, ymax].
 * @param resolution cells a side, default 60.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, type Tensor1D } from 'dark-matter';
 * const grid = energy.energyOnGrid(
 *   (u) => u.square().sum(1).div(2) as Tensor1D,
 *   [-5, 5, -5, 5],
 *   50,
 * );
 * assert.equal(grid.energy.length, 50);
 * ```
 */
export function energyOnGrid(
  energy: (points: Tensor2D) => Tensor1D,
  bounds: Bounds,
  resolution = 60,
): EnergyGrid {
  expectBounds(bounds);
  expectNumber('resolution', resolution, { atLeast: 2, integer: true });
  const [left, right, bottom, top] = bounds;
  const [dx, dy] = [(right - left) / resolution, (top - bottom) / resolution];
  const points = new Float32Array(2 * resolution ** 2);
  for (let row = 0, i = 0; row < resolution; row++) {
    for (let column = 0; column < resolution; column++) {
      points[i++] = left + (column + 0.5) * dx;
      points[i++] = bottom + (row + 0.5) * dy;
    }
  }
  const input = tf.tensor2d(points, [resolution ** 2, 2]);
  const output = energy(input);
  const values = output.dataSync();
  tf.dispose([input, output]);
  return {
    x: [left + dx / 2, right - dx / 2],
    y: [bottom + dy / 2, top - dy / 2],
    energy: Array.from({ length: resolution }, (_, row) =>
      Array.from(values.subarray(row * resolution, (row + 1) * resolution)),
    ),
    cell: dx * dy,
  };
}

/**
 * log Z of an energy by the midpoint rule on its grid, in nats; what lies outside the rectangle is
 * not counted.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, type Tensor1D } from 'dark-matter';
 * const grid = energy.energyOnGrid((u) => u.square().sum(1).div(2) as Tensor1D, [-6, 6, -6, 6]);
 * // The energy of a standard normal in the plane.
 * assert.ok(Math.abs(energy.logPartition(grid) - Math.log(2 * Math.PI)) < 0.01);
 * ```
 */
export function logPartition({ energy, cell }: EnergyGrid): number {
  const lowest = Math.min(...energy.map((row) => Math.min(...row)));
  let sum = 0;
  for (const row of energy) for (const value of row) sum += Math.exp(lowest - value);
  return Math.log(sum * cell) - lowest;
}

/**
 * KL(p || q) of two energies' densities on the same grid, in nats: at least 0, and 0 where they
 * agree.
 *
 * @throws when the grids differ in size.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, type Tensor1D } from 'dark-matter';
 * const bowl = (width: number) =>
 *   energy.energyOnGrid(
 *     (u) =>
 *       u
 *         .square()
 *         .sum(1)
 *         .div(2 * width ** 2) as Tensor1D,
 *     [-9, 9, -9, 9],
 *   );
 * assert.ok(Math.abs(energy.klOnGrid(bowl(1), bowl(1))) < 1e-6);
 * assert.ok(energy.klOnGrid(bowl(1), bowl(2)) > 0.5);
 * ```
 */
export function klOnGrid(p: EnergyGrid, q: EnergyGrid): number {
  const [rows, columns] = [p.energy.length, p.energy[0]!.length];
  if (q.energy.length !== rows || q.energy[0]!.length !== columns) {
    throw new Error(
      `q: a grid of ${q.energy.length} x ${q.energy[0]!.length} given, ${rows} x ${columns} expected, as p's`,
    );
  }
  const [logZp, logZq] = [logPartition(p), logPartition(q)];
  let kl = 0;
  p.energy.forEach((row, i) =>
    row.forEach((fp, j) => {
      const logP = -fp - logZp;
      const mass = Math.exp(logP) * p.cell;
      // Where p has no mass nothing is lost, whatever q is there.
      if (mass > 0) kl += mass * (logP + q.energy[i]![j]! + logZq);
    }),
  );
  return kl;
}

/** @throws when a rectangle is empty or not finite. */
export function expectBounds(bounds: Bounds): void {
  const [left, right, bottom, top] = bounds;
  if (bounds.every(Number.isFinite) && left < right && bottom < top) return;
  throw new Error(
    `bounds: [${bounds.join(', ')}] given, [xmin, xmax, ymin, ymax] with xmin < xmax and ymin < ymax expected`,
  );
}
