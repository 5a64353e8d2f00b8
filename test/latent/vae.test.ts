import {
  latent,
  measure,
  nn,
  optim,
  random,
  schedule,
  tf,
  train,
  tree,
  type Tensor,
  type Tensor2D,
} from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const falling = (from: number, steps: number) =>
  optim.adam({ learningRate: schedule.cosine({ from, steps }) });

/**
 * Data in 5 dimensions with two strong directions, and everything about its probabilistic PCA
 * (Tipping and Bishop 1999).
 */
function probabilisticPca() {
  const [n, dim, k] = [1000, 5, 2];
  const [a, b, c] = random.split(random.key(0), 3);
  const mixing = random.normal(a, [k, dim], 0, 0.9) as Tensor2D;
  const x = tf
    .matMul(random.normal(b, [n, k]) as Tensor2D, mixing)
    .add(random.normal(c, [n, dim], 0, 0.5))
    .add(tf.tensor1d([1, -0.5, 0, 0.3, 0.5])) as Tensor2D;
  const axes = measure.pca(x, dim);
  const centred = x.sub(axes.mean) as Tensor2D;
  // The eigenvalues of the covariance with n in the denominator, which is the likelihood's own.
  const values = Array.from(tf.matMul(centred, axes.components).square().mean(0).dataSync());
  const noise = measure.mean(values.slice(k));
  const scales = tf.tensor1d(values.slice(0, k).map((v) => Math.sqrt(v - noise)));
  const w = axes.components.slice([0, 0], [dim, k]).mul(scales) as Tensor2D; // [dim, k]
  // At the maximum of the likelihood W^T W + noise is diagonal: the leading eigenvalues.
  const leading = tf.tensor1d(values.slice(0, k));
  const back = w.div(leading) as Tensor2D;
  const params = {
    encoder: {
      kernel: tf.concat([back, tf.zeros([dim, k])], 1),
      bias: tf.concat([
        tf
          .matMul(axes.mean.reshape([1, dim]), back)
          .reshape([k])
          .neg(),
        tf.div(noise, leading).log(),
      ]),
    },
    decoder: { kernel: w.transpose(), bias: axes.mean },
  };
  // In the axes' coordinates the model's covariance is diagonal.
  const variances = [...values.slice(0, k), ...values.slice(k).map(() => noise)];
  const logDet = variances.reduce((sum, v) => sum + Math.log(v), 0);
  const nll = tf
    .matMul(centred, axes.components)
    .square()
    .div(tf.tensor1d(variances))
    .sum(1)
    .add(logDet + dim * Math.log(2 * Math.PI))
    .div(2)
    .arraySync() as number[];
  const options = {
    encoder: nn.dense(dim, 2 * k),
    decoder: nn.dense(k, dim),
    likelihood: { kind: 'gaussian', std: Math.sqrt(noise) } as const,
  };
  return { x, k, nll, params, options };
}

describe('a linear VAE is probabilistic PCA', () => {
  const { x, k, nll, params, options } = probabilisticPca();
  const method = latent.vae(options);

  it('at the closed form its posterior is exact: one sample of any key gives -log p(x) of each point', () => {
    for (const seed of [1, 2]) {
      const free = method.freeEnergy(params, x, random.key(seed), 1).arraySync() as number[];
      free.forEach((value, i) => expect(value).toBeCloseTo(nll[i]!, 3));
    }
  });

  it('its loss there is the mean -log p(x), and moving any parameter raises it', () => {
    const mean = measure.mean(nll);
    const keys = Array.from({ length: 20 }, (_, i) => random.key(i));
    const lossOf = (p: typeof params) =>
      measure.mean(keys.map((key) => method.objective(p, { x }, key, {}).loss.dataSync()[0]!));
    const here = lossOf(params);
    expect(Math.abs(here - mean)).toBeLessThan(0.05);
    for (const sign of [-1, 1]) {
      const moved = {
        ...params,
        decoder: { ...params.decoder, kernel: params.decoder.kernel.mul(1 + 0.2 * sign) },
      };
      expect(lossOf(moved)).toBeGreaterThan(here + 0.02);
      const fuzzier = {
        ...params,
        encoder: {
          ...params.encoder,
          bias: params.encoder.bias.add(tf.tensor1d([0, 0, sign, sign])),
        },
      };
      expect(lossOf(fuzzier)).toBeGreaterThan(here + 0.1);
    }
  });

  it('training from a random start comes to the same likelihood', async () => {
    const trained = await train({
      method,
      data: { x },
      batch: 250,
      steps: 800,
      optimizer: falling(0.03, 800),
      display: 'none',
    });
    const free = measure.mean(
      method.freeEnergy(trained.params, x, random.key(5), 16).arraySync() as number[],
    );
    expect(free).toBeLessThan(measure.mean(nll) + 0.25);
    expect(free).toBeGreaterThan(measure.mean(nll) - 0.02); // no linear Gaussian model is better
    const q = method.posterior(trained.params, x);
    expect(latent.activeUnits(q.mean)).toBe(k);
    trained.dispose();
  });

  it('a latent more than there are directions says little', async () => {
    const wide = latent.vae({ ...options, encoder: nn.dense(5, 8), decoder: nn.dense(4, 5) });
    const trained = await train({
      method: wide,
      data: { x },
      batch: 250,
      steps: 1500,
      optimizer: falling(0.03, 1500),
      display: 'none',
    });
    const { mean, logVariance } = wide.posterior(trained.params, x);
    const rates = Array.from(latent.ratePerDimension(mean, logVariance)).sort((a, b) => b - a);
    expect(rates[1]!).toBeGreaterThan(0.8);
    expect(rates[2]!).toBeLessThan(rates[1]! / 2);
    trained.dispose();
  });
});

describe('a VAE', () => {
  const networks = { encoder: nn.dense(4, 4), decoder: nn.dense(2, 4) };
  const x = random.uniform(random.key(1), [6, 4]) as Tensor2D;

  it('of coins pays -x log s - (1 - x) log(1 - s) a pixel', () => {
    const method = latent.vae({ ...networks, likelihood: { kind: 'bernoulli' } });
    const { params } = method.init(random.key(2));
    const z = random.normal(random.key(3), [6, 2]) as Tensor2D;
    const s = method.decode(params, z).arraySync() as number[][];
    const expected = (x.arraySync() as number[][]).map((row, i) =>
      row.reduce(
        (sum, v, j) => sum - v * Math.log(s[i]![j]!) - (1 - v) * Math.log(1 - s[i]![j]!),
        0,
      ),
    );
    (method.distortion(params, x, z).arraySync() as number[]).forEach((value, i) =>
      expect(value).toBeCloseTo(expected[i]!, 4),
    );
  });

  it('has a loss of distortion + beta rate, and a free energy that does not rise, in the mean, with more samples', () => {
    const method = latent.vae({ ...networks, likelihood: { kind: 'gaussian', std: 0.3 }, beta: 3 });
    const { params } = method.init(random.key(2));
    const { loss, metrics } = method.objective(params, { x }, random.key(4), {});
    expect(loss.dataSync()[0]).toBeCloseTo(
      metrics['distortion']!.dataSync()[0]! + 3 * metrics['rate']!.dataSync()[0]!,
      4,
    );
    const free = (samples: number) =>
      measure.mean(
        Array.from(
          { length: 8 },
          (_, i) => method.freeEnergy(params, x, random.key(i), samples).mean().dataSync()[0]!,
        ),
      );
    const [one, ten] = [free(1), free(10)];
    expect(ten).toBeLessThan(one);
    expect(free(40)).toBeLessThan(ten + 0.05);
  });

  it('has the gradient of its finite differences in its encoder and its decoder, through the drawn latent', () => {
    for (const likelihood of [{ kind: 'gaussian', std: 0.7 }, { kind: 'bernoulli' }] as const) {
      const method = latent.vae({ ...networks, likelihood, beta: 2 });
      const { params } = method.init(random.key(2));
      for (const part of ['encoder', 'decoder'] as const) {
        const loss = (kernel: Tensor) =>
          method.objective(
            { ...params, [part]: { ...params[part], kernel: kernel as Tensor2D } },
            { x },
            random.key(5),
            {},
          ).loss;
        expectGradientMatchesFiniteDifferences(loss, params[part].kernel);
      }
    }
  });

  it('has a free energy with the gradient of its finite differences', () => {
    const method = latent.vae({ ...networks, likelihood: { kind: 'gaussian', std: 0.7 } });
    const { params } = method.init(random.key(2));
    for (const part of ['encoder', 'decoder'] as const)
      expectGradientMatchesFiniteDifferences((kernel) => {
        const moved = { ...params, [part]: { ...params[part], kernel: kernel as Tensor2D } };
        return method.freeEnergy(moved, x, random.key(5), 3).mean();
      }, params[part].kernel);
  });

  it('refuses an encoder of odd width and a decoder of another size, and leaks nothing', () => {
    const method = latent.vae({
      encoder: nn.dense(4, 3),
      decoder: nn.dense(1, 4),
      likelihood: { kind: 'bernoulli' },
    });
    expect(() => method.embed(method.init(random.key(0)).params, x)).toThrow(
      /encoder: output of shape \[6, 3\] given, \[batch, 2 dim\] expected/,
    );
    const short = latent.vae({
      ...networks,
      decoder: nn.dense(2, 3),
      likelihood: { kind: 'bernoulli' },
    });
    expect(() => short.energy(short.init(random.key(0)).params, x, x)).toThrow(/decoder: output/);
    const fine = latent.vae({ ...networks, likelihood: { kind: 'bernoulli' } });
    const { params } = fine.init(random.key(0));
    const key = random.key(1);
    const z = fine.embed(params, x);
    expectNoLeak(() =>
      tf.dispose([
        fine.energy(params, x, x),
        fine.embed(params, x),
        fine.freeEnergy(params, x, key, 4),
        fine.decode(params, z),
      ]),
    );
    expectNoLeak(() =>
      tree.dispose([
        fine.posterior(params, x),
        fine.distortion(params, x, z),
        tf.tidy(() => fine.objective(params, { x }, key, {}).loss),
      ]),
    );
  });
});

describe('measures of a latent', () => {
  it('tell active units and the rate of each', () => {
    const mean = tf.tensor2d([
      [1, 0, 0.01],
      [-1, 0, -0.01],
    ]);
    expect(latent.activeUnits(mean)).toBe(1);
    const rates = latent.ratePerDimension(mean, tf.zeros([2, 3]));
    expect(rates[0]).toBeCloseTo(0.5, 6);
    expect(rates[1]).toBe(0);
  });

  it('give log k for k codes used alike, 0 for one', () => {
    expect(latent.codeEntropy([0, 1, 2, 3, 0, 1, 2, 3], 16)).toBeCloseTo(Math.log(4), 10);
    expect(latent.codeEntropy([5, 5, 5], 8)).toBeCloseTo(0, 10);
    expect(() => latent.codeEntropy([8], 8)).toThrow(/codes\[0\]: 8 given/);
  });

  it('give the capacity of a channel: of each direction by itself, however the axes lie', () => {
    const square = tf.tensor2d([
      [3, 1],
      [3, -1],
      [-3, 1],
      [-3, -1],
    ]);
    const expected = (Math.log(1 + 9 / 4) + Math.log(1 + 1 / 4)) / 2;
    expect(latent.noiseCapacity(square, 2)).toBeCloseTo(expected, 5);
    const turned: Tensor2D = tf.matMul(
      square,
      tf.tensor2d([
        [0.6, 0.8],
        [-0.8, 0.6],
      ]),
    );
    expect(latent.noiseCapacity(turned, 2)).toBeCloseTo(expected, 5);
    // The same number sent twice is no more than one of twice the power.
    const twice = tf.tensor2d([
      [1, 1],
      [-1, -1],
    ]);
    expect(latent.noiseCapacity(twice, 1)).toBeCloseTo(Math.log(3) / 2, 5);
    expect(() => latent.noiseCapacity(twice, 0)).toThrow(/std: 0 given/);
    expectNoLeak(() => latent.noiseCapacity(square, 1));
  });

  it("give Shannon's lower bound: the rate-distortion function of a round Gaussian", () => {
    const [dim, variance] = [3, 4];
    const entropy = (dim / 2) * Math.log(2 * Math.PI * Math.E * variance);
    for (const error of [0.1, 1, 5])
      expect(latent.leastInformation(entropy, error, dim)).toBeCloseTo(
        (dim / 2) * Math.log((dim * variance) / error),
        10,
      );
    expect(latent.leastInformation(entropy, 2 * dim * variance, dim)).toBe(0);
    expect(() => latent.leastInformation(entropy, 0, dim)).toThrow(/error: 0 given/);
  });

  it('give a flat energy all of the space, and a perfect one the volume of the data', () => {
    expect(latent.volumeOfLowEnergy([1, 1, 1], [1, 1, 1, 1])).toBe(1);
    // Data evenly in [0, 1), energy |x|, space [0, 10): 95% of the data fill a tenth of it, less a
    // twentieth.
    const data = Array.from({ length: 1000 }, (_, i) => i / 1000);
    const space = Array.from({ length: 10_000 }, (_, i) => i / 1000);
    expect(latent.volumeOfLowEnergy(data, space)).toBeCloseTo(0.095, 3);
    expect(latent.volumeOfLowEnergy(data, space, { coverage: 1, margin: 1 })).toBeCloseTo(0.2, 3);
    expect(() => latent.volumeOfLowEnergy([NaN], [1])).toThrow(/data\[0\]: NaN/);
  });
});
