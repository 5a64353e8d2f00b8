/** Points drawn from the density that an energy on a grid stands for. */
import { expectNumber } from '../core/checks';
import { tf, type Tensor2D } from '../core/engine';
import * as random from '../core/random';
import type { EnergyGrid } from './grid';

/**
 * n points with the density exp(-F) / Z of an energy on a grid: a cell is drawn by its probability,
 * and a point of it evenly. Exact but for the cells' size; what lies outside of the grid is never
 * drawn. In the plane this makes samples of any energy, where a chain would have to walk.
 *
 * @returns [n, 2]; the same key gives the same points.
 * @throws where an energy is NaN or -Infinity, or none is finite. (Infinity is a place where nothing is.)
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, random, type Tensor1D } from 'dark-matter';
 *
 * const bowl = energy.energyOnGrid((u) => u.square().sum(1).div(2) as Tensor1D, [-5, 5, -5, 5]);
 * const points = energy.sampleGrid(bowl, random.key(0), 1000);
 * // A standard normal.
 * assert.ok(Math.abs(points.square().mean().dataSync()[0]! - 1) < 0.15);
 * ```
 */
export function sampleGrid(grid: EnergyGrid, key: random.Key, n: number): Tensor2D {
  expectNumber('n', n, { atLeast: 1, integer: true });
  const columns = grid.energy[0]!.length;
  const energies = grid.energy.flat();
  const lowest = Math.min(...energies);
  if (!Number.isFinite(lowest))
    throw new Error(`grid: a least energy of ${lowest} given, a finite one expected`);
  const upTo = new Float64Array(energies.length);
  let mass = 0;
  energies.forEach((value, i) => (upTo[i] = mass += Math.exp(lowest - value)));
  const uniform = random.uniform(key, [n, 3]);
  const draws = uniform.dataSync();
  uniform.dispose();
  const [dx, dy] = [step(grid.x, columns), step(grid.y, grid.energy.length)];
  const points = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const cell = firstAbove(upTo, draws[3 * i]! * mass);
    const [row, column] = [Math.floor(cell / columns), cell % columns];
    points[2 * i] = grid.x[0] + (column + draws[3 * i + 1]! - 0.5) * dx;
    points[2 * i + 1] = grid.y[0] + (row + draws[3 * i + 2]! - 0.5) * dy;
  }
  return tf.tensor2d(points, [n, 2]);
}

/** The width of a cell; the interval runs from the first cell's centre to the last one's. */
const step = ([first, last]: readonly [number, number], cells: number): number =>
  (last - first) / (cells - 1);

/** The index of the first value above a threshold, of values that rise. */
function firstAbove(values: Float64Array, threshold: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! > threshold) high = middle;
    else low = middle + 1;
  }
  return low;
}
