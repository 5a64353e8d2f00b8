import {
  latent,
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

const z = tf.tensor2d([
  [0.5, -1],
  [2, 3],
  [0, 0],
]);
const most = (x: { abs(): { max(): { dataSync(): ArrayLike<number> } } }) =>
  x.abs().max().dataSync()[0]!;
const gradientOf = (limit: latent.Limit<latent.Codebook>, state: latent.Codebook) =>
  tf
    .grad((v) => limit.pass(v as Tensor2D, random.key(0), state).latent.sum())(z)
    .arraySync();

describe('limits of a latent', () => {
  it('none lets everything through, at no price', () => {
    const { latent: through, price } = latent.noLimit().pass(z, random.key(0), {});
    expect(through.arraySync()).toEqual(z.arraySync());
    expect(most(price)).toBe(0);
  });

  it('sparse: positive, of length at most 1, at alpha times the sum', () => {
    const { latent: through, price } = latent.sparseLimit({ alpha: 2 }).settle(z, {});
    const length = Math.hypot(2, 3);
    const expected = [
      [0.5, 0],
      [2 / length, 3 / length],
      [0, 0],
    ];
    through
      .arraySync()
      .forEach((row, i) =>
        row.forEach((value, j) => expect(value).toBeCloseTo(expected[i]![j]!, 6)),
      );
    (price.arraySync() as number[]).forEach((value, i) =>
      expect(value).toBeCloseTo(2 * (expected[i]![0]! + expected[i]![1]!), 5),
    );
  });

  it('sparse: a gradient also where nothing is active', () => {
    const slope = tf.grad((v) =>
      latent
        .sparseLimit({ alpha: 1 })
        .settle(v as Tensor2D, {})
        .latent.sum(),
    )(tf.fill([2, 3], -1));
    expect(most(slope)).toBe(0);
  });

  it('noisy: noise of the given size in training, none afterwards', () => {
    const limit = latent.noisyLimit({ std: 0.5 });
    const zeros = tf.zeros([4000, 2]) as Tensor2D;
    expect(most(limit.settle(zeros, {}).latent)).toBe(0);
    const { variance } = tf.moments(limit.pass(zeros, random.key(1), {}).latent);
    expect(variance.dataSync()[0]).toBeCloseTo(0.25, 1);
    expect(most(limit.settle(tf.fill([1, 2], 50) as Tensor2D, {}).latent)).toBeLessThanOrEqual(1);
  });

  it('KL-regularised: half mean, half log variance, at beta times the KL', () => {
    const { latent: through, price } = latent
      .gaussianLimit({ beta: 3 })
      .settle(tf.tensor2d([[2, 0]]), {});
    expect(through.arraySync()).toEqual([[2]]);
    expect(price.dataSync()[0]).toBeCloseTo(6, 5);
    expect(() => latent.gaussianLimit({ beta: 1 }).settle(tf.zeros([1, 3]), {})).toThrow(
      /z: shape \[1, 3\]/,
    );
  });
});

describe('quantised', () => {
  const codes = tf.tensor2d([
    [0, 0],
    [2, 2],
    [-5, 5],
  ]);
  const book = { codes, count: tf.ones([3]), sum: codes.clone() } as latent.Codebook;

  it('takes the nearest code, and its price is the commitment times the squared distance', () => {
    expect(Array.from(latent.nearestCode(z, codes).dataSync())).toEqual([0, 1, 0]);
    const { latent: through, price } = latent
      .quantised({ codes: 3, dim: 2, commitment: 0.5 })
      .settle(z, book);
    expect(through.arraySync()).toEqual([
      [0, 0],
      [2, 2],
      [0, 0],
    ]);
    expect(price.arraySync()).toEqual([0.625, 0.5, 0]);
  });

  it('lets the gradient straight through, as if nothing had been replaced', () => {
    expect(gradientOf(latent.quantised({ codes: 3, dim: 2 }), book)).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  });

  it('moves each code to the mean of what takes it, and leaves the others where they are', () => {
    const limit = latent.quantised({ codes: 3, dim: 2, decay: 0, restart: 0 });
    const { state } = limit.pass(z, random.key(0), book);
    const expected = [
      [0.25, -0.5],
      [2, 3],
      [-5, 5],
    ];
    state.codes
      .arraySync()
      .forEach((row, i) =>
        row.forEach((value, j) => expect(value).toBeCloseTo(expected[i]![j]!, 4)),
      );
  });

  it('restarts a dead code at a row of the batch', () => {
    const { state } = latent
      .quantised({ codes: 3, dim: 2, decay: 0, restart: 0.1 })
      .pass(z, random.key(0), book);
    expect(z.arraySync()).toContainEqual(state.codes.arraySync()[2]);
  });

  it('uses nearly all codes where dead ones restart, and few where they do not', async () => {
    const [forX] = random.split(random.key(3), 1);
    const x = random.normal(forX, [2000, 2], 0, 0.3) as Tensor2D;
    const perplexity = async (restart: number) => {
      const method = latent.limitedAutoencoder({
        encoder: nn.dense(2, 2),
        decoder: nn.dense(2, 2),
        limit: latent.quantised({ codes: 32, dim: 2, restart }),
      });
      const trained = await train({
        method,
        data: { x },
        batch: 250,
        steps: 150,
        optimizer: optim.adam({ learningRate: schedule.cosine({ from: 0.01, steps: 150 }) }),
        display: 'none',
      });
      const taken = latent.nearestCode(
        nn.dense(2, 2).apply(trained.params.encoder, x) as Tensor2D,
        trained.state.codes,
      );
      const used = Math.exp(latent.codeEntropy(taken.dataSync(), 32));
      trained.dispose();
      return used;
    };
    const [restarted, left] = [await perplexity(0.1), await perplexity(0)];
    expect(restarted).toBeGreaterThan(20);
    expect(left).toBeLessThan(restarted - 3);
  });
});

describe('the limited auto-encoder', () => {
  const networks = { encoder: nn.dense(2, 2), decoder: nn.dense(2, 2) };
  it('has the energy of its error plus the price, and leaks nothing', () => {
    const method = latent.limitedAutoencoder({
      ...networks,
      limit: latent.sparseLimit({ alpha: 0.7 }),
    });
    const { params, state } = method.init(random.key(1));
    const back = method.reconstruct(params, state, z);
    const { price } = latent
      .sparseLimit({ alpha: 0.7 })
      .settle(nn.dense(2, 2).apply(params.encoder, z) as Tensor2D, {});
    const expected = z.sub(back).square().sum(1).add(price).arraySync() as number[];
    (method.energyIn(params, state, z).arraySync() as number[]).forEach((value, i) =>
      expect(value).toBeCloseTo(expected[i]!, 5),
    );
    expectNoLeak(() =>
      tf.dispose([method.energyIn(params, state, z), method.reconstruct(params, state, z)]),
    );
  });

  it('as trained has the mean energy over draws of the noise: std^2 a number more, where it decodes by the identity', () => {
    const identity = { kernel: tf.eye(2), bias: tf.zeros([2]) };
    const method = latent.limitedAutoencoder({
      ...networks,
      limit: latent.noisyLimit({ std: 0.3 }),
    });
    const params = { encoder: identity, decoder: identity } as Parameters<
      typeof method.energyIn
    >[0];
    const x = tf.zeros([500, 2]) as Tensor2D; // tanh(0) = 0: without noise it is given back
    expect(most(method.energyIn(params, {}, x))).toBe(0);
    const noise = { key: random.key(4), draws: 20 };
    const { error, price } = method.termsIn(params, {}, x, noise);
    expect(error.mean().dataSync()[0]).toBeCloseTo(2 * 0.3 ** 2, 2);
    expect(most(price)).toBe(0);
    const whole = method.energyIn(params, {}, x, noise);
    expect(most(whole.sub(error.add(price)))).toBeLessThan(1e-6);
    expect(() => method.termsIn(params, {}, x, { key: random.key(4), draws: 0 })).toThrow(
      /draws: 0 given/,
    );
    expectNoLeak(() => tree.dispose({ ...method.termsIn(params, {}, x, noise) }));
  });

  it('as trained is the same as afterwards where a limit has no noise', () => {
    const method = latent.limitedAutoencoder({
      ...networks,
      limit: latent.quantised({ codes: 3, dim: 2 }),
    });
    const { params, state } = method.init(random.key(1));
    const trained = method.energyIn(params, state, z, { key: random.key(2) });
    expect(trained.arraySync()).toEqual(method.energyIn(params, state, z).arraySync());
  });

  it('has the gradient of its finite differences in its encoder and its decoder, through each limit that is smooth', () => {
    // The sparse one has an edge where a part of the latent becomes 0: no part of these is near it.
    const kernel = tf.tensor2d([
      [0.6, -0.4],
      [0.3, 0.9],
    ]);
    const x = tf.tensor2d([
      [0.5, -1],
      [0.9, 0.7],
      [0.3, 0.2],
    ]);
    const both = {
      encoder: { kernel, bias: tf.tensor1d([0.4, 1.5]) },
      decoder: {
        kernel: tf.tensor2d([
          [0.7, 0.2],
          [-0.5, 0.8],
        ]),
        bias: tf.tensor1d([0.1, -0.2]),
      },
    };
    const wide = {
      ...both,
      encoder: {
        kernel: tf.concat([kernel, kernel.mul(0.3)], 1) as Tensor2D,
        bias: tf.tensor1d([0.4, 1.5, -1, -0.5]),
      },
    };
    const cases = [
      [latent.noLimit(), both],
      [latent.sparseLimit({ alpha: 0.7 }), both],
      [latent.noisyLimit({ std: 0.3 }), both],
      [latent.gaussianLimit({ beta: 0.5 }), wide],
    ] as const;
    for (const [limit, params] of cases) {
      const method = latent.limitedAutoencoder({
        encoder: nn.dense(2, params.encoder.bias.size),
        decoder: nn.dense(2, 2),
        limit,
      });
      for (const part of ['encoder', 'decoder'] as const) {
        const loss = (moved: Tensor) =>
          method.objective(
            { ...params, [part]: { ...params[part], kernel: moved as Tensor2D } },
            { x },
            random.key(3),
            {},
          ).loss;
        expectGradientMatchesFiniteDifferences(loss, params[part].kernel);
      }
    }
  });

  it('leaks nothing in training, with a codebook that moves', () => {
    const method = latent.limitedAutoencoder({
      ...networks,
      limit: latent.quantised({ codes: 3, dim: 2 }),
    });
    const { params, state } = method.init(random.key(1));
    const key = random.key(2);
    expectNoLeak(() =>
      tree.dispose(
        tree.tidy(() => {
          const { loss, state: next } = method.objective(params, { x: z }, key, state);
          return { loss, next };
        }),
      ),
    );
    expectNoLeak(() =>
      tf.dispose([method.energyIn(params, state, z), method.reconstruct(params, state, z)]),
    );
  });

  it('says of itself whether anything limits its latent', () => {
    expect(latent.limitedAutoencoder({ ...networks, limit: latent.noLimit() }).mechanism).toBe(
      'none',
    );
    expect(
      latent.limitedAutoencoder({ ...networks, limit: latent.noisyLimit({ std: 0 }) }).mechanism,
    ).toBe('none');
    expect(
      latent.limitedAutoencoder({ ...networks, limit: latent.quantised({ codes: 4, dim: 2 }) })
        .mechanism,
    ).toBe('limited-latent');
  });
});
