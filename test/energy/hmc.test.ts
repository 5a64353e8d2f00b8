import { compile, energy, random, tf, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';

type Tensor = ReturnType<typeof tf.tensor>;
type Vector = ReturnType<typeof tf.tensor1d>;
/** N((1, -2), diag(1, 0.25)). */
const gaussian = (u: Tensor) =>
  u
    .sub([[1, -2]])
    .square()
    .mul([[1, 4]])
    .sum(1)
    .div(2) as Vector;
const numbers = (x: Tensor) => [...x.dataSync()];

describe('Hamiltonian Monte Carlo', () => {
  it('recovers a Gaussian’s moments at a step where the integrator is far from exact', () => {
    const { position, acceptance } = energy.hmc(gaussian, tf.zeros([20_000, 2]), random.key(1), {
      steps: 15,
      stepSize: 0.7,
      leapfrog: 3,
    });
    const { mean, variance } = tf.moments(position, 0);
    // Five standard errors; a walk that never rejected would have a variance of 1 / (1 - 0.7^2) =
    // 1.96 times 0.25 in the second.
    expect(Math.abs(numbers(mean)[0]! - 1)).toBeLessThan(5 / Math.sqrt(20_000));
    expect(Math.abs(numbers(mean)[1]! + 2)).toBeLessThan(2.5 / Math.sqrt(20_000));
    expect(Math.abs(numbers(variance)[0]! - 1)).toBeLessThan(0.05);
    expect(Math.abs(numbers(variance)[1]! / 0.25 - 1)).toBeLessThan(0.05);
    const accepted = numbers(acceptance.mean())[0]!;
    expect(accepted).toBeGreaterThan(0.5);
    expect(accepted).toBeLessThan(0.95);
  });

  it('the energy is nearly conserved, with an error that falls as the square of the step', () => {
    const run = (stepSize: number) =>
      energy.hmc(gaussian, tf.zeros([2000, 2]), random.key(2), {
        steps: 5,
        stepSize,
        leapfrog: Math.round(1.5 / stepSize),
      });
    const [coarse, fine] = [run(0.1), run(0.05)].map(
      ({ energyError }) => numbers(energyError.mean())[0]!,
    ) as [number, number];
    expect(fine).toBeLessThan(0.01);
    expect(coarse / fine).toBeGreaterThan(3.5);
    expect(coarse / fine).toBeLessThan(4.5);
    expect(numbers(run(0.05).acceptance.min())[0]).toBeGreaterThan(0.9);
  });

  it('rejects what flies off, and stays where it was', () => {
    const start = tf.ones([3, 2]);
    const { position, acceptance } = energy.hmc(
      (u) => u.square().square().sum(1) as Vector,
      start,
      random.key(0),
      { steps: 2, stepSize: 50 },
    );
    expect(numbers(position)).toEqual(numbers(start));
    expect(numbers(acceptance)).toEqual([0, 0, 0]);
  });

  it('walks images, compiled as it does eagerly', () => {
    const start = tf.zeros([4, 3, 3, 1]);
    const key = random.key(7);
    const f = (u: Tensor) => u.square().sum([1, 2, 3]).div(2) as Vector;
    const walk = (u: Tensor, k: Tensor) =>
      energy.hmc(f, u, k, { steps: 4, stepSize: 0.2, leapfrog: 3 }).position;
    const compiled = compile(walk, { mode: 'graph' });
    const [a, b] = [walk(start, key), compiled(start, key)].map(numbers) as [number[], number[]];
    a.forEach((value, i) => expect(Math.abs(value - b[i]!)).toBeLessThan(1e-5));
    compiled.dispose();
  });

  it('is the same for the same key, leaks no tensor, and names a wrong option', () => {
    const options = { steps: 3, stepSize: 0.1 };
    const [start, key] = [tf.zeros([4, 2]), random.key(5)];
    const walk = () => energy.hmc(gaussian, start, key, options);
    expect(walk().position.arraySync()).toEqual(walk().position.arraySync());
    const before = tf.memory().numTensors;
    tree.dispose(walk());
    expect(tf.memory().numTensors).toBe(before);
    expect(() => energy.hmc(gaussian, start, key, { ...options, stepSize: 0 })).toThrow(
      'stepSize: 0 given',
    );
    expect(() => energy.hmc(gaussian, start, key, { ...options, leapfrog: 0 })).toThrow(
      'leapfrog: 0 given',
    );
  });
});
