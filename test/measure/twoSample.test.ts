import { measure, nn, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';

const network = nn.mlp([2, 16, 1], { activation: nn.silu });
const normals = (seed: number, mean = 0) =>
  random.normal(random.key(seed), [600, 2]).add([mean, 0]);
const options = { network, steps: 100, batch: 64 };

describe('the classifier two-sample test', () => {
  it('guesses where both samples are from one distribution: 50% is in the interval', async () => {
    const { accuracy, low, high, pValue, tested } = await measure.twoSampleTest(
      normals(1),
      normals(2),
      options,
    );
    expect(tested).toBe(600);
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
    expect(accuracy).toBeGreaterThanOrEqual(low);
    expect(accuracy).toBeLessThanOrEqual(high);
    expect(pValue).toBeGreaterThan(0.01);
  });

  it('comes near Bayes’ accuracy, Phi(1) = 0.841, for unit Gaussians two apart', async () => {
    const { accuracy, pValue } = await measure.twoSampleTest(normals(1), normals(2, 2), options);
    expect(Math.abs(accuracy - 0.841)).toBeLessThan(0.06);
    expect(pValue).toBeLessThan(1e-6);
  });

  it('tells as much far from the origin and in other units', async () => {
    const near = await measure.twoSampleTest(normals(1), normals(2, 2), options);
    const far = (x: ReturnType<typeof normals>) => x.mul(100).add(3e4);
    const moved = await measure.twoSampleTest(far(normals(1)), far(normals(2, 2)), options);
    expect(Math.abs(moved.accuracy - near.accuracy)).toBeLessThan(0.02);
    expect(moved.pValue).toBeLessThan(1e-6);
  });

  it('cuts the larger set, frees all but the arguments, and names what is wrong', async () => {
    const [a, b] = [normals(1), normals(2).slice([0, 0], [100, 2])];
    await measure.twoSampleTest(a, b, { ...options, steps: 3 });
    const before = tf.memory().numTensors;
    expect((await measure.twoSampleTest(a, b, { ...options, steps: 3 })).tested).toBe(100);
    expect(tf.memory().numTensors).toBe(before);
    await expect(measure.twoSampleTest(a, tf.zeros([50, 3]), options)).rejects.toThrow(
      'a, b: shapes [600, 2] and [50, 3] given',
    );
    await expect(measure.twoSampleTest(a, tf.zeros([5, 2]), options)).rejects.toThrow(
      'a, b: samples: 5 given',
    );
  });
});
