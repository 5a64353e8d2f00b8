import { data, energy, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const F = {
  curvature: [
    [2, 0.5],
    [0.5, 1],
  ],
  slope: [1, -1],
  offset: 0.3,
};

describe('the quadratic energy', () => {
  it('is 1/2 u.A u - b.u + c', () => {
    const at = energy
      .quadraticEnergy(
        F,
        tf.tensor2d([
          [0, 0],
          [1, 2],
        ]),
      )
      .arraySync();
    expect(at[0]).toBeCloseTo(0.3, 6);
    expect(at[1]).toBeCloseTo((2 + 2 * 0.5 * 2 + 4) / 2 - (1 - 2) + 0.3, 5);
  });

  it('has the log partition that quadrature finds, and none where it falls for ever', () => {
    const grid = energy.energyOnGrid((u) => energy.quadraticEnergy(F, u), [-8, 8, -10, 8], 300);
    expect(energy.quadraticLogPartition(F)).toBeCloseTo(energy.logPartition(grid), 4);
    expect(
      energy.quadraticLogPartition({
        ...F,
        curvature: [
          [1, 2],
          [2, 1],
        ],
      }),
    ).toBe(Infinity);
  });

  it('has the KL of Gaussians: 0 to itself whatever the offset, quadrature’s to another, Infinity to none', () => {
    const other = {
      curvature: [
        [1, -0.2],
        [-0.2, 1.5],
      ],
      slope: [0, 0.5],
      offset: -1,
    };
    const on = (q: typeof F) =>
      energy.energyOnGrid((u) => energy.quadraticEnergy(q, u), [-9, 9, -9, 9], 300);
    expect(energy.quadraticKl(F, { ...F, offset: 7 })).toBeCloseTo(0, 10);
    expect(energy.quadraticKl(F, other)).toBeCloseTo(energy.klOnGrid(on(F), on(other)), 4);
    expect(
      energy.quadraticKl(F, {
        ...F,
        curvature: [
          [1, 2],
          [2, 1],
        ],
      }),
    ).toBe(Infinity);
    expect(() =>
      energy.quadraticKl(
        {
          ...F,
          curvature: [
            [1, 2],
            [2, 1],
          ],
        },
        F,
      ),
    ).toThrow('p: a curvature that is not positive definite');
    expect(() => energy.quadraticKl(F, { curvature: [[1]], slope: [0], offset: 0 })).toThrow(
      'q: 1 dimensions given',
    );
  });

  it('matched by its score is the inverse covariance, normalised; its error falls as parameters / 2n', () => {
    const { precision, sample } = data.gaussian({ dim: 4, rank: 1, narrow: 0.5 });
    const truth = { curvature: precision, slope: [0, 0, 0, 0], offset: 0 };
    const points = sample(random.key(3), 2000);
    const matched = energy.scoreMatchedQuadratic(points);
    expect(energy.quadraticLogPartition(matched)).toBeCloseTo(0, 9);
    // 14 parameters: chi squared / 2n, so between a third and three times its mean.
    const kl = energy.quadraticKl(truth, matched);
    expect(kl).toBeGreaterThan(14 / 4000 / 3);
    expect(kl).toBeLessThan((14 / 4000) * 3);
    // It minimises Hyvarinen's objective: any other curvature is worse.
    const objective = (a: number[][]) => {
      const slopes = tf.matMul(points.sub(points.mean(0)), tf.tensor2d(a));
      return (
        slopes.square().sum(1).mean().dataSync()[0]! / 2 -
        a.reduce((sum, row, i) => sum + row[i]!, 0)
      );
    };
    const best = matched.curvature.map((row) => Array.from(row));
    for (const [i, j] of [
      [0, 0],
      [1, 2],
      [3, 3],
    ] as const) {
      const moved = best.map((row) => [...row]);
      moved[i]![j]! += 0.1;
      if (i !== j) moved[j]![i]! += 0.1;
      expect(objective(moved)).toBeGreaterThan(objective(best));
    }
  });

  it('has curvature ratios of 1 to itself; r in the one direction that was scaled by r, in the truth’s own coordinates', () => {
    expect(energy.curvatureRatios(F, F).ratios.every((r) => Math.abs(r - 1) < 1e-5)).toBe(true);
    const truth = {
      ...F,
      curvature: [
        [4, 0],
        [0, 1],
      ],
    };
    const { ratios, directions } = energy.curvatureRatios(truth, {
      ...F,
      curvature: [
        [-2, 0],
        [0, 3],
      ],
    });
    expect(ratios[0]).toBeCloseTo(-0.5, 5);
    expect(ratios[1]).toBeCloseTo(3, 5);
    expect(Math.abs(directions[0]![0]!)).toBeCloseTo(1, 5);
    expect(() => energy.curvatureRatios({ ...F, curvature: [[-1]] }, F)).toThrow(
      'truth: a curvature',
    );
  });

  it('leaks nothing, and names what is wrong', () => {
    const points = random.normal(random.key(0), [50, 2]) as ReturnType<typeof tf.tensor2d>;
    expectNoLeak(() => {
      energy.scoreMatchedQuadratic(points);
      energy.quadraticEnergy(F, points).dispose();
      energy.curvatureRatios(F, F);
    });
    expect(() => energy.quadraticEnergy(F, tf.zeros([3, 5]))).toThrow(
      'u: shape [3, 5] given, [batch, 2] expected',
    );
    expect(() => energy.scoreMatchedQuadratic(tf.zeros([2, 2]))).toThrow('points: 2 given');
    expect(() => energy.scoreMatchedQuadratic(tf.ones([5, 2]))).toThrow('singular');
  });
});
