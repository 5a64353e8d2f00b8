import { energy, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';

/** F(u) = |u - centre|^2 / (2 s^2): an unnormalised Gaussian, whose Z is 2 pi s^2. */
const quadratic =
  (s: number, centre = 0) =>
  (u: ReturnType<typeof tf.tensor2d>) =>
    tf.tidy(
      () =>
        u
          .sub(centre)
          .square()
          .sum(1)
          .div(2 * s * s) as ReturnType<typeof tf.tensor1d>,
    );

describe('energies on a grid', () => {
  it('rows go up in y, columns to the right in x, at the cells’ centres', () => {
    const grid = energy.energyOnGrid(
      (u) => tf.tidy(() => u.mul([[1, 10]]).sum(1) as ReturnType<typeof tf.tensor1d>),
      [0, 2, 0, 4],
      2,
    );
    expect(grid.energy).toEqual([
      [10.5, 11.5],
      [30.5, 31.5],
    ]);
    expect([grid.x, grid.y, grid.cell]).toEqual([[0.5, 1.5], [1, 3], 2]);
  });

  it('the partition function of a Gaussian’s energy is 2 pi s^2', () => {
    const grid = energy.energyOnGrid(quadratic(0.5), [-4, 4, -4, 4], 120);
    expect(energy.logPartition(grid)).toBeCloseTo(Math.log(2 * Math.PI * 0.25), 5);
  });

  it('a constant added to the energy moves log Z by its negative, and no KL', () => {
    const at = (c: number) =>
      energy.energyOnGrid((u) => tf.tidy(() => quadratic(1)(u).add(c)), [-5, 5, -5, 5], 60);
    expect(energy.logPartition(at(700))).toBeCloseTo(energy.logPartition(at(0)) - 700, 3);
    expect(energy.klOnGrid(at(0), at(30))).toBeCloseTo(0, 5);
  });

  it('KL of two Gaussians is that of the formula', () => {
    const [p, q] = [quadratic(0.7), quadratic(1, 0.5)].map((f) =>
      energy.energyOnGrid(f, [-6, 6, -6, 6], 150),
    );
    // For 2 dimensions: log(sq^2/sp^2) + (2 sp^2 + |mp - mq|^2) / (2 sq^2) - 1.
    const formula = Math.log(1 / 0.49) + (2 * 0.49 + 2 * 0.25) / 2 - 1;
    expect(energy.klOnGrid(p!, q!)).toBeCloseTo(formula, 4);
  });

  it('leaks no tensor, and says which rectangle is wrong', () => {
    const before = tf.memory().numTensors;
    energy.energyOnGrid(quadratic(1), [-1, 1, -1, 1]);
    expect(tf.memory().numTensors).toBe(before);
    expect(() => energy.energyOnGrid(quadratic(1), [1, -1, -1, 1])).toThrow(
      'bounds: [1, -1, -1, 1] given',
    );
  });
});
