import { expect, test } from 'vitest';
import { lbfgs } from '../../lib/numerics/lbfgs';

/** sum_i c_i (x_i - i)^2 / 2, least at x_i = i. */
const bowl = (curvatures: readonly number[]) => (x: Float64Array) => ({
  value: x.reduce((sum, v, i) => sum + (curvatures[i]! * (v - i) ** 2) / 2, 0),
  gradient: x.map((v, i) => curvatures[i]! * (v - i)),
});

test('finds the least of a flat bowl in few steps: the first guess of the curvature is the last step’s', () => {
  // Curvatures from 1e-3 to 3e-3: with a guess of 1 each step would go a thousandth of the way.
  const flat = Array.from({ length: 20 }, (_, i) => 1e-3 * (1 + i / 10));
  const { x, iterations, converged } = lbfgs(bowl(flat), new Float64Array(20), {
    tolerance: 1e-7,
  });
  expect(converged).toBe(true);
  expect(iterations).toBeLessThan(30);
  x.forEach((v, i) => expect(v).toBeCloseTo(i, 3));
});

test('does not change where it starts, and says when it has not arrived', () => {
  const start = new Float64Array([5, 5]);
  const { converged, iterations } = lbfgs(bowl([1, 100]), start, { maxIterations: 1 });
  expect([...start]).toEqual([5, 5]);
  expect([converged, iterations]).toEqual([false, 1]);
});
