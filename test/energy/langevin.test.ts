import { compile, energy, grad, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';

type Tensor = ReturnType<typeof tf.tensor>;
type Vector = ReturnType<typeof tf.tensor1d>;
const quadratic = (u: Tensor) => u.square().sum(1).div(2) as Vector;
const start = (n: number) => tf.zeros([n, 2]);

describe('Langevin walks', () => {
  it('recover a Gaussian’s moments, with the variance 1 / (1 - step / 2) of a finite step', () => {
    const stepSize = 0.2;
    const u = energy.langevin(quadratic, start(20_000), random.key(1), { steps: 40, stepSize });
    const { mean, variance } = tf.moments(u, 0);
    const expected = 1 / (1 - stepSize / 2);
    for (const m of mean.dataSync()) expect(Math.abs(m)).toBeLessThan(0.04); // 5 standard errors
    for (const v of variance.dataSync()) expect(Math.abs(v / expected - 1)).toBeLessThan(0.05);
  });

  it('after k steps from 0 have the variance of the recursion, 2 step (1 - r^k) / (1 - r), r = (1 - step)^2', () => {
    const [stepSize, k] = [0.1, 3];
    const r = (1 - stepSize) ** 2;
    const u = energy.langevin(quadratic, start(50_000), random.key(2), { steps: k, stepSize });
    const expected = (2 * stepSize * (1 - r ** k)) / (1 - r);
    expect(tf.moments(u).variance.dataSync()[0]! / expected).toBeCloseTo(1, 1);
  });

  it('without noise are gradient descent: (1 - step)^k of the start', () => {
    const u = energy.langevin(quadratic, tf.ones([1, 2]), random.key(0), {
      steps: 5,
      stepSize: 0.3,
      noise: 0,
    });
    for (const value of u.dataSync()) expect(value).toBeCloseTo(0.7 ** 5, 6);
  });

  it('keep to the range, and go no further than the clipped slope lets them', () => {
    const steep = (u: Tensor) => u.sum(1).mul(-1000) as Vector;
    const clipped = energy.langevin(steep, start(1), random.key(0), {
      steps: 1,
      stepSize: 1,
      noise: 0,
      clipSlope: 0.5,
    });
    expect(clipped.square().sum().sqrt().dataSync()[0]).toBeCloseTo(0.5, 5);
    const ranged = energy.langevin(steep, start(1), random.key(0), {
      steps: 3,
      stepSize: 1,
      noise: 0,
      range: [-1, 1],
    });
    expect([...ranged.dataSync()]).toEqual([1, 1]);
  });

  it('are the same for the same key, leak no tensor, and name a wrong option', () => {
    const options = { steps: 3, stepSize: 0.1 };
    const [from, key] = [start(4), random.key(5)];
    const walk = () => energy.langevin(quadratic, from, key, options);
    expect(walk().arraySync()).toEqual(walk().arraySync());
    const before = tf.memory().numTensors;
    walk().dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(() => energy.langevin(quadratic, from, key, { steps: 0, stepSize: 0.1 })).toThrow(
      'steps: 0 given',
    );
    expect(() => energy.langevin(quadratic, from, key, { steps: 1, stepSize: -1 })).toThrow(
      'stepSize: -1 given',
    );
  });

  it('are one loop of a compiled step, also where a loss uses the samples, and the same as walked outside of it', () => {
    const walk = (from: Tensor, key: Tensor) =>
      energy.langevin(quadratic, from, key, { steps: 50, stepSize: 0.1, clipSlope: 2 });
    // mean(w x): the gradient at w is the samples' mean, if none flows through the walk from w *
    // start.
    const slope = (w: Tensor, key: Tensor) =>
      grad((v: Tensor) =>
        walk(v.mul(start(4)), key)
          .mul(v)
          .sum()
          .asScalar(),
      )(w);
    const [w, key] = [tf.ones([4, 2]), random.key(6)];
    for (const mode of ['graph', 'xla'] as const) {
      const compiled = compile(slope, { mode });
      const [inside, outside] = [compiled(w, key).dataSync(), walk(start(4), key).dataSync()];
      inside.forEach((value, i) => expect(value).toBeCloseTo(outside[i]!, 4));
      // 50 rounds written out are thousands
      expect(compiled.report().traces[0]!.nodes).toBeLessThan(200);
      compiled.dispose();
    }
  });
});
