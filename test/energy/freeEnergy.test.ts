import { energy, tf, tree } from 'dark-matter';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectNoLeak } from '../helpers/memory';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { evenly } from '../helpers/numbers';

type Matrix = ReturnType<typeof tf.tensor2d>;
type Vector = ReturnType<typeof tf.tensor1d>;
const rows = fc.array(fc.array(evenly(-20, 20), { minLength: 4, maxLength: 4 }), {
  minLength: 1,
  maxLength: 5,
});
const values = (x: ReturnType<typeof tf.tensor>) => [...x.dataSync()];

describe('free energy', () => {
  it('at beta = Infinity is the minimum, and comes near it as beta grows: within log(latents) / beta', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 200 }), (energies, beta) => {
        tf.tidy(() => {
          const table = tf.tensor2d(energies);
          const least = values(energy.freeEnergy(table));
          least.forEach((f, i) => expect(f).toBeCloseTo(Math.min(...energies[i]!), 4));
          values(energy.freeEnergy(table, beta)).forEach((f, i) => {
            expect(f).toBeGreaterThan(least[i]! - 1e-4);
            expect(f).toBeLessThan(least[i]! + Math.log(4) / beta + 1e-4);
          });
        });
      }),
    );
  });

  it('near beta = 0 is the mean, and never rises with beta', () => {
    fc.assert(
      fc.property(rows, (energies) => {
        tf.tidy(() => {
          const table = tf.tensor2d(energies);
          const mean = values(table.mean(1));
          values(energy.freeEnergy(table, 1e-4)).forEach((f, i) =>
            expect(Math.abs(f - mean[i]!)).toBeLessThan(0.03),
          );
          const [hot, warm, cold] = [0.1, 1, 10].map((beta) =>
            values(energy.freeEnergy(table, beta)),
          ) as [number[], number[], number[]];
          warm.forEach((f, i) => {
            expect(f).toBeLessThan(hot[i]! + 1e-3);
            expect(f).toBeGreaterThan(cold[i]! - 1e-3);
          });
        });
      }),
    );
  });

  it('of E = k z^2 / 2 over z uniform on [-L, L] is -1/beta log( sqrt(2 pi / (beta k)) / 2L ) where L is wide', () => {
    const [k, L, n] = [3, 8, 4000];
    for (const beta of [0.5, 1, 4]) {
      tf.tidy(() => {
        const z = tf
          .range(0, n)
          .add(0.5)
          .div(n)
          .mul(2 * L)
          .sub(L);
        const f = values(
          energy.freeEnergy(
            z
              .square()
              .mul(k / 2)
              .expandDims(0) as Matrix,
            beta,
          ),
        )[0]!;
        expect(f).toBeCloseTo(-Math.log(Math.sqrt((2 * Math.PI) / (beta * k)) / (2 * L)) / beta, 4);
      });
    }
  });

  it('its gradient is the Gibbs distribution over the latents', () => {
    const table = tf.tensor2d([
      [0.3, -0.5, 1.1],
      [2, 0.1, -0.4],
    ]);
    expectGradientMatchesFiniteDifferences((x) => energy.freeEnergy(x as Matrix, 1.5).sum(), table);
    const slope = tf.grad((x) => energy.freeEnergy(x as Matrix, 1.5).sum())(table);
    const gibbs = tf.softmax(table.mul(-1.5));
    values(slope.sub(gibbs)).forEach((difference) =>
      expect(Math.abs(difference)).toBeLessThan(1e-6),
    );
  });

  it('says what it was given', () => {
    expect(() => energy.freeEnergy(tf.zeros([2, 3]), 0)).toThrow('beta: 0 given');
    expect(() => energy.freeEnergy(tf.zeros([2] as never) as Matrix)).toThrow(
      'energies: shape [2] given',
    );
  });
});

describe('the minimum over a latent', () => {
  const start = tf.zeros([2, 2]) as Matrix;
  const target = tf.tensor2d([
    [1, 2],
    [-3, 0.5],
  ]);
  const bowl = (z: Matrix) =>
    z
      .sub(target)
      .square()
      .mul([[1, 4]])
      .sum(1)
      .div(2)
      .add(7) as Vector;

  it('of a quadratic is its bottom, and k steps leave (1 - stepSize curvature)^k of the way', () => {
    const found = energy.minimumOverLatent(bowl, start, { steps: 200, stepSize: 0.2 });
    values(found.energy).forEach((f) => expect(f).toBeCloseTo(7, 5));
    values(found.z.sub(target)).forEach((gap) => expect(Math.abs(gap)).toBeLessThan(1e-4));
    const { z } = energy.minimumOverLatent(bowl, start, { steps: 3, stepSize: 0.1 });
    const expected = [1 - 0.9 ** 3, 1 - 0.6 ** 3];
    values(z.div(target)).forEach((part, i) => expect(part).toBeCloseTo(expected[i % 2]!, 5));
  });

  it('leaks no tensor, and names a wrong option', () => {
    expectNoLeak(() =>
      tree.dispose(energy.minimumOverLatent(bowl, start, { steps: 3, stepSize: 0.1 })),
    );
    expect(() => energy.minimumOverLatent(bowl, start, { steps: 0, stepSize: 0.1 })).toThrow(
      'steps: 0 given',
    );
  });
});
