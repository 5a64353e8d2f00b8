import {
  latent,
  nn,
  optim,
  random,
  schedule,
  tf,
  train,
  type Tensor2D,
  type Tensor3D,
} from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const normal = (seed: number, shape: number[], std = 1) =>
  random.normal(random.key(seed), shape, 0, std);
const mixtureOf = (batch: number, components: number, dim: number, seed = 0): latent.Mixture => ({
  logits: normal(seed, [batch, components]) as Tensor2D,
  means: normal(seed + 1, [batch, components, dim]) as Tensor3D,
  logScales: normal(seed + 2, [batch, components], 0.4) as Tensor2D,
});
const y = normal(9, [5, 2]) as Tensor2D;

describe('the energy of a mixture', () => {
  it('of one component is the Gaussian’s -log density', () => {
    const one = mixtureOf(5, 1, 2);
    const [means, logScales, at] = [
      one.means.arraySync(),
      one.logScales.arraySync(),
      y.arraySync(),
    ];
    (latent.mixtureEnergy(one, y).arraySync() as number[]).forEach((value, i) => {
      const s = Math.exp(logScales[i]![0]!);
      const squared = [0, 1].reduce((sum, j) => sum + (at[i]![j]! - means[i]![0]![j]!) ** 2, 0);
      expect(value).toBeCloseTo(squared / (2 * s * s) + 2 * Math.log(s) + Math.log(2 * Math.PI), 4);
    });
  });

  it('does not depend on the order of the components, nor on what is added to all logits', () => {
    const mixture = mixtureOf(5, 3, 2);
    const order = tf.tensor1d([2, 0, 1], 'int32');
    const shuffled: latent.Mixture = {
      logits: tf.gather(mixture.logits, order, 1).add(7),
      means: tf.gather(mixture.means, order, 1),
      logScales: tf.gather(mixture.logScales, order, 1),
    };
    const [a, b] = [mixture, shuffled].map(
      (m) => latent.mixtureEnergy(m, y).arraySync() as number[],
    );
    a!.forEach((value, i) => expect(value).toBeCloseTo(b![i]!, 4));
  });

  it('is that of a density: it adds up to one over a fine grid', () => {
    const one = mixtureOf(1, 3, 1, 4);
    const [n, low, high] = [4000, -12, 12];
    const grid = tf.linspace(low, high, n).reshape([n, 1]) as Tensor2D;
    const everywhere: latent.Mixture = {
      logits: tf.tile(one.logits, [n, 1]),
      means: tf.tile(one.means, [n, 1, 1]),
      logScales: tf.tile(one.logScales, [n, 1]),
    };
    const total = latent
      .mixtureEnergy(everywhere, grid)
      .neg()
      .exp()
      .sum()
      .mul((high - low) / (n - 1))
      .dataSync()[0]!;
    expect(total).toBeCloseTo(1, 3);
  });

  it('has the gradient of its finite differences in logits, means, scales and y', () => {
    const m = mixtureOf(5, 3, 2);
    expectGradientMatchesFiniteDifferences(
      (v) => latent.mixtureEnergy({ ...m, logits: v as Tensor2D }, y).mean(),
      m.logits,
    );
    expectGradientMatchesFiniteDifferences(
      (v) => latent.mixtureEnergy({ ...m, means: v as Tensor3D }, y).mean(),
      m.means,
    );
    expectGradientMatchesFiniteDifferences(
      (v) => latent.mixtureEnergy({ ...m, logScales: v as Tensor2D }, y).mean(),
      m.logScales,
    );
    expectGradientMatchesFiniteDifferences((v) => latent.mixtureEnergy(m, v as Tensor2D).mean(), y);
  });

  it('and its gradient are finite, and grow, for a y very far out', () => {
    const m = mixtureOf(1, 3, 2);
    const energyAt = (far: number) =>
      latent.mixtureEnergy(m, tf.fill([1, 2], far) as Tensor2D).dataSync()[0]!;
    const values = [1, 1e2, 1e4, 1e8, 1e12].map(energyAt);
    values.forEach((value, i) => {
      expect(Number.isFinite(value)).toBe(true);
      if (i > 0) expect(value).toBeGreaterThan(values[i - 1]!);
    });
    const slope = tf.grad((v) =>
      latent.mixtureEnergy({ ...m, means: v as Tensor3D }, tf.fill([1, 2], 1e8) as Tensor2D).sum(),
    )(m.means);
    expect(Array.from(slope.dataSync()).every(Number.isFinite)).toBe(true);
  });
});

describe('samples of a mixture', () => {
  it('of one component are draws of that Gaussian', () => {
    const [logits, means, logScales] = [tf.zeros([1, 1]), tf.fill([1, 1, 1], 3), tf.zeros([1, 1])];
    const mixture = { logits, means, logScales } as latent.Mixture;
    const drawn = latent.sampleMixture(mixture, random.key(0), 5000);
    const { mean, variance } = tf.moments(drawn);
    expect(Math.abs(mean.dataSync()[0]! - 3)).toBeLessThan(0.06);
    expect(Math.abs(variance.dataSync()[0]! - 1)).toBeLessThan(0.08);
  });

  it('have its mean and its second moment, and the same key gives the same ones', () => {
    const m = mixtureOf(2, 3, 1, 20);
    const n = 20_000;
    const drawn = latent.sampleMixture(m, random.key(1), n);
    expect(drawn.shape).toEqual([2, n, 1]);
    const [weights, means, scales] = [
      tf.softmax(m.logits).arraySync() as number[][],
      m.means.arraySync(),
      m.logScales.exp().arraySync() as number[][],
    ];
    const rows = drawn.squeeze([2]).arraySync() as number[][];
    rows.forEach((row, i) => {
      const mean = weights[i]!.reduce((sum, w, k) => sum + w * means[i]![k]![0]!, 0);
      const second = weights[i]!.reduce(
        (sum, w, k) => sum + w * (means[i]![k]![0]! ** 2 + scales[i]![k]! ** 2),
        0,
      );
      expect(Math.abs(row.reduce((a, b) => a + b, 0) / n - mean)).toBeLessThan(
        5 * Math.sqrt((second - mean ** 2) / n),
      );
      expect(Math.abs(row.reduce((a, b) => a + b * b, 0) / n / second - 1)).toBeLessThan(0.08);
    });
    expect(latent.sampleMixture(m, random.key(1), 7).arraySync()).toEqual(
      latent.sampleMixture(m, random.key(1), 7).arraySync(),
    );
  });
});

describe('a mixture density network', () => {
  it('learns both answers where there are two, and how sure it can be of each', async () => {
    // y is x + 1 or x - 1 by a coin, and a little noise of 0.1.
    const x = random.uniform(random.key(1), [2000, 1], -1, 1) as Tensor2D;
    const answers = x
      .add(random.bernoulli(random.key(2), 0.5, [2000, 1]).toFloat().mul(2).sub(1))
      .add(normal(3, [2000, 1], 0.1)) as Tensor2D;
    const method = latent.mixtureDensity({
      network: nn.mlp([1, 32, 6], { activation: nn.silu }),
      components: 2,
      dim: 1,
    });
    const trained = await train({
      method,
      data: { x, y: answers },
      batch: 128,
      steps: 600,
      optimizer: optim.adam({ learningRate: schedule.cosine({ from: 0.02, steps: 600 }) }),
      display: 'none',
    });
    const at = tf.tensor2d([[0.3]]);
    const { logits, means, logScales } = method.mixture(trained.params, at);
    const found = Array.from(means.dataSync()).sort((a, b) => a - b);
    expect(Math.abs(found[0]! + 0.7)).toBeLessThan(0.15);
    expect(Math.abs(found[1]! - 1.3)).toBeLessThan(0.15);
    for (const weight of tf.softmax(logits).dataSync())
      expect(Math.abs(weight - 0.5)).toBeLessThan(0.15);
    for (const scale of logScales.exp().dataSync())
      expect(Math.abs(scale - 0.1)).toBeLessThan(0.06);
    // The truth: log 2 for the coin, and the noise's entropy.
    const truth = Math.log(2) + Math.log(0.1) + Math.log(2 * Math.PI * Math.E) / 2;
    const energy = method.energy(trained.params, x, answers).mean().dataSync()[0]!;
    expect(energy).toBeLessThan(truth + 0.25);
    expect(energy).toBeGreaterThan(truth - 0.1);
    trained.dispose();
  });

  it('has no scale below the least one, and leaves larger ones as they are', () => {
    const method = latent.mixtureDensity({
      network: nn.dense(1, 3),
      components: 1,
      dim: 1,
      leastScale: 0.01,
    });
    const scaleAt = (raw: number) =>
      method
        .mixture({ kernel: tf.zeros([1, 3]), bias: tf.tensor1d([0, raw, 0]) }, tf.zeros([1, 1]))
        .logScales.exp()
        .dataSync()[0]!;
    expect(scaleAt(-100)).toBeCloseTo(0.01, 6);
    expect(scaleAt(1)).toBeCloseTo(Math.E + 0.01, 4);
  });

  it('refuses what does not fit, and leaks nothing', () => {
    const method = latent.mixtureDensity({ network: nn.dense(3, 8), components: 2, dim: 2 });
    const { params } = method.init(random.key(0));
    const x = normal(1, [5, 3]) as Tensor2D;
    expect(() => method.energy(params, x, tf.zeros([5, 3]))).toThrow(
      /y: shape \[5, 3\] given, \[5, 2\] expected/,
    );
    const narrow = latent.mixtureDensity({ network: nn.dense(3, 7), components: 2, dim: 2 });
    expect(() => narrow.energy(narrow.init(random.key(0)).params, x, y)).toThrow(
      /network: output: shape \[5, 7\] given, \[5, 8\] expected/,
    );
    expect(() => latent.mixtureDensity({ network: nn.dense(3, 8), components: 0, dim: 2 })).toThrow(
      /components: 0 given/,
    );
    const key = random.key(2);
    expectNoLeak(() =>
      tf.dispose([
        method.energy(params, x, y),
        method.sample(params, x, key, 3),
        ...Object.values(method.mixture(params, x)),
      ]),
    );
  });
});
