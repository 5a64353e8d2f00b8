import {
  latent,
  measure,
  nn,
  optim,
  random,
  schedule,
  tf,
  train,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const normal = (seed: number, shape: [number, number], std = 1) =>
  random.normal(random.key(seed), shape, 0, std) as Tensor2D;

describe('a linear Gaussian conditional VAE', () => {
  // z ~ N(c x, s^2), y = a x + w z + noise of 0.5: y given x is N((a + w c) x, w^2 s^2 + 0.25), and
  // z given both is known.
  const [a, w, c, s, std] = [0.8, 1.5, -0.6, 0.7, 0.5];
  const x = normal(1, [40, 1]);
  const y = normal(2, [40, 1], 2);
  const variance = w * w * s * s + std * std;
  const nll = (x.arraySync() as number[][]).map(
    ([at], i) =>
      (y.arraySync()[i]![0]! - (a + w * c) * at!) ** 2 / (2 * variance) +
      Math.log(2 * Math.PI * variance) / 2,
  );
  const method = latent.conditionalVae({
    encoder: nn.dense(2, 2),
    decoder: nn.dense(2, 1),
    prior: nn.dense(1, 2),
    dim: 1,
    likelihood: { kind: 'gaussian', std },
  });
  const precision = 1 / (s * s) + (w * w) / (std * std);
  const dense = (kernel: number[][], bias: number[]) => ({
    kernel: tf.tensor2d(kernel),
    bias: tf.tensor1d(bias),
  });
  const params = {
    prior: dense([[c, 0]], [0, 2 * Math.log(s)]),
    decoder: dense([[a], [w]], [0]),
    encoder: dense(
      [
        [(c / (s * s) - (w * a) / (std * std)) / precision, 0],
        [w / (std * std) / precision, 0],
      ],
      [0, -Math.log(precision)],
    ),
  };
  const bound = (p: typeof params) =>
    measure.mean(
      Array.from({ length: 200 }, (_, i) =>
        tf.tidy(() => method.objective(p, { x, y }, random.key(i), {}).loss.dataSync()[0]!),
      ),
    );

  it('at the true posterior is tight: one sample of any key gives -log p(y | x) of each pair', () => {
    for (const seed of [1, 2]) {
      (method.freeEnergy(params, x, y, random.key(seed), 1).arraySync() as number[]).forEach(
        (value, i) => expect(value).toBeCloseTo(nll[i]!, 3),
      );
    }
    expect(Math.abs(bound(params) - measure.mean(nll))).toBeLessThan(0.03);
  });

  it('with any other posterior pays more, by that posterior’s KL from the true one', () => {
    for (const shift of [-1, 1]) {
      const other = {
        ...params,
        encoder: {
          ...params.encoder,
          bias: params.encoder.bias.add(tf.tensor1d([0, shift])) as Tensor1D,
        },
      };
      const excess = (Math.exp(shift) - 1 - shift) / 2;
      expect(Math.abs(bound(other) - measure.mean(nll) - excess)).toBeLessThan(0.08);
      // With many samples even a wrong posterior comes near.
      expect(
        Math.abs(
          measure.mean(method.freeEnergy(other, x, y, random.key(3), 200).arraySync() as number[]) -
            measure.mean(nll),
        ),
      ).toBeLessThan(0.06);
    }
  });

  it('predicts, from x alone, y’s mean and the part of its variance that z stands for', () => {
    const drawn = method.predict(params, tf.tensor2d([[1], [-2]]), random.key(4), 8000);
    expect(drawn.shape).toEqual([2, 8000, 1]);
    const { mean, variance: spread } = tf.moments(drawn, 1);
    [1, -2].forEach((at, i) =>
      expect(Math.abs(mean.dataSync()[i]! - (a + w * c) * at)).toBeLessThan(0.06),
    );
    for (const v of spread.dataSync()) expect(Math.abs(v / (w * w * s * s) - 1)).toBeLessThan(0.08);
  });

  it('has the gradient of its finite differences in its encoder, decoder and prior', () => {
    const key = random.key(5);
    for (const part of ['encoder', 'decoder', 'prior'] as const) {
      const loss = (kernel: Tensor) =>
        method.objective(
          { ...params, [part]: { ...params[part], kernel: kernel as Tensor2D } },
          { x, y },
          key,
          {},
        ).loss;
      expectGradientMatchesFiniteDifferences(loss, params[part].kernel);
    }
  });
});

describe('a conditional VAE', () => {
  it('whose condition is always 0 is a VAE of y: the same loss, energy and free energy', () => {
    const plain = latent.vae({
      encoder: nn.dense(3, 4),
      decoder: nn.dense(2, 3),
      likelihood: { kind: 'bernoulli' },
      beta: 2,
    });
    const conditional = latent.conditionalVae({
      encoder: nn.dense(4, 4),
      decoder: nn.dense(3, 3),
      dim: 2,
      likelihood: { kind: 'bernoulli' },
      beta: 2,
    });
    const own = plain.init(random.key(0)).params;
    const { params } = conditional.init(random.key(1));
    const below = (kernel: Tensor, under: Tensor) =>
      tf.concat([kernel.slice([0, 0], [1, -1]), under]);
    const same = {
      encoder: {
        kernel: below(params.encoder.kernel, own.encoder.kernel),
        bias: own.encoder.bias!,
      },
      decoder: {
        kernel: below(params.decoder.kernel, own.decoder.kernel),
        bias: own.decoder.bias!,
      },
      prior: {},
    };
    const [x, y, key] = [
      tf.zeros([6, 1]) as Tensor2D,
      random.uniform(random.key(2), [6, 3]) as Tensor2D,
      random.key(3),
    ];
    expect(conditional.objective(same, { x, y }, key, {}).loss.dataSync()[0]).toBeCloseTo(
      plain.objective(own, { x: y }, key, {}).loss.dataSync()[0]!,
      4,
    );
    const close = (a: Tensor, b: Tensor) =>
      expect(a.sub(b).abs().max().dataSync()[0]).toBeLessThan(1e-4);
    close(conditional.energy(same, x, y), plain.energy(own, y, y));
    close(conditional.freeEnergy(same, x, y, key, 4), plain.freeEnergy(own, y, key, 4));
  });

  it('predicts both answers of one x, and other ones of another x', async () => {
    // y is x + 1 or x - 1, by a coin.
    const x = random.uniform(random.key(1), [2000, 1], -1, 1) as Tensor2D;
    const y = x.add(
      random.bernoulli(random.key(2), 0.5, [2000, 1]).toFloat().mul(2).sub(1),
    ) as Tensor2D;
    const method = latent.conditionalVae({
      encoder: nn.mlp([2, 32, 2], { activation: nn.silu }),
      decoder: nn.mlp([2, 32, 1], { activation: nn.silu }),
      dim: 1,
      likelihood: { kind: 'gaussian', std: 0.2 },
    });
    const trained = await train({
      method,
      data: { x, y },
      batch: 128,
      steps: 600,
      optimizer: optim.adam({ learningRate: schedule.cosine({ from: 0.02, steps: 600 }) }),
      display: 'none',
    });
    for (const at of [-0.7, 0.6]) {
      const drawn = Array.from(
        method.predict(trained.params, tf.tensor2d([[at]]), random.key(3), 500).dataSync(),
      );
      for (const answer of [at - 1, at + 1])
        expect(drawn.filter((v) => Math.abs(v - answer) < 0.3).length / 500).toBeGreaterThan(0.25);
      const between = drawn.filter((v) => Math.abs(v - at) < 0.4).length / 500;
      expect(between).toBeLessThan(0.25);
    }
    trained.dispose();
  });

  it('refuses what does not fit, and leaks nothing', () => {
    const networks = {
      encoder: nn.dense(5, 4),
      decoder: nn.dense(4, 3),
      dim: 2,
      likelihood: { kind: 'bernoulli' } as const,
    };
    const method = latent.conditionalVae(networks);
    const { params } = method.init(random.key(0));
    const [x, y, key] = [
      normal(1, [6, 2]),
      random.uniform(random.key(2), [6, 3]) as Tensor2D,
      random.key(3),
    ];
    expect(() => method.energy(params, x, tf.zeros([5, 3]))).toThrow(
      /y: shape \[5, 3\] given, \[6, dimY\] expected/,
    );
    expect(() => latent.conditionalVae({ ...networks, dim: 1 }).energy(params, x, y)).toThrow(
      /encoder: output: shape \[6, 4\] given, \[batch, 2\] expected/,
    );
    expect(() => latent.conditionalVae({ ...networks, beta: -1 })).toThrow(/beta: -1 given/);
    expectNoLeak(() =>
      tf.dispose([
        method.energy(params, x, y),
        method.predict(params, x, key, 3),
        method.freeEnergy(params, x, y, key, 3),
        ...Object.values(method.posterior(params, x, y)),
      ]),
    );
  });
});
