import {
  latent,
  nn,
  optim,
  random,
  tf,
  train,
  tree,
  type Tensor,
  type Tensor2D,
} from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

describe('a latent-variable predictor', () => {
  const x = random.normal(random.key(0), [5, 2]) as Tensor2D;
  const y = random.normal(random.key(1), [5, 2]) as Tensor2D;
  const predictor = nn.dense(5, 2);
  const method = latent.latentPredictor({ predictor, latents: latent.choices(3) });
  const { params } = method.init(random.key(2));

  it('predicts, for each z, what its network makes of x and z in a row', () => {
    const all = method.predict(params, x, latent.choices(3)()).arraySync() as number[][][];
    for (const k of [0, 1, 2]) {
      const one = tf.concat([x, tf.tile(latent.choices(3)().slice([k, 0], [1, 3]), [5, 1])], 1);
      (predictor.apply(params, one).arraySync() as number[][]).forEach((row, i) =>
        row.forEach((v, j) => expect(all[i]![k]![j]).toBeCloseTo(v, 5)),
      );
    }
  });

  it('has the energy of the z that suits y best', () => {
    const expected = (
      method.energies(params, x, y, latent.choices(3)()).arraySync() as number[][]
    ).map((row) => Math.min(...row));
    (method.energy(params, x, y).arraySync() as number[]).forEach((value, i) =>
      expect(value).toBeCloseTo(expected[i]!, 5),
    );
  });

  it('never has more energy with more latents to choose from', () => {
    const many = random.normal(random.key(4), [6, 3]) as Tensor2D;
    const few = many.slice([0, 0], [2, 3]) as Tensor2D;
    const least = (z: Tensor2D) => method.energies(params, x, y, z).min(1).arraySync() as number[];
    const [a, b] = [least(few), least(many)];
    a.forEach((value, i) => expect(value).toBeGreaterThanOrEqual(b[i]!));
  });

  it('learns both answers where there are two, and one latent alone learns their mean', async () => {
    // y is x + 1 or x - 1, by a coin.
    const [forX, forCoin] = random.split(random.key(3));
    const places = random.uniform(forX, [2000, 1], -1, 1) as Tensor2D;
    const answers = places.add(
      random.bernoulli(forCoin, 0.5, [2000, 1]).toFloat().mul(2).sub(1),
    ) as Tensor2D;
    const fit = async (count: number) => {
      const own = latent.latentPredictor({
        predictor: nn.mlp([1 + count, 16, 1]),
        latents: latent.choices(count),
        relax: count > 1 ? 0.02 : 0,
      });
      const trained = await train({
        method: own,
        data: { x: places, y: answers },
        batch: 128,
        steps: 300,
        seed: 0,
        optimizer: optim.adam({ learningRate: 0.02 }),
        display: 'none',
      });
      const predicted = own.predict(trained.params, places, latent.choices(count)());
      const possible = tf.stack([places.sub(1), places.add(1)], 1);
      const quality = latent.setQuality(predicted, possible, 0.2);
      const mean = own.energy(trained.params, places, answers).mean().dataSync()[0]!;
      trained.dispose();
      return { ...quality, mean };
    };
    const [one, two] = [await fit(1), await fit(2)];
    expect(one.mean).toBeGreaterThan(0.8);
    expect(one.coverage).toBeLessThan(0.05);
    expect(two.mean).toBeLessThan(0.05);
    expect(Math.min(two.coverage, two.precision)).toBeGreaterThan(0.9);
  });

  it('has the gradient of its finite differences: of the best answer, and with a share of the rest', () => {
    for (const relax of [0, 0.3]) {
      const own = latent.latentPredictor({ predictor, latents: latent.choices(3), relax });
      const loss = (kernel: Tensor) =>
        own.objective({ ...params, kernel: kernel as Tensor2D }, { x, y }, random.key(0), {}).loss;
      expectGradientMatchesFiniteDifferences(loss, params.kernel, { step: 1e-3, tolerance: 1e-2 });
    }
  });

  it('moves the best answer alone: a z that suits no pair gets no gradient, unless it gets its share', () => {
    // Its third latent answers far away from every y.
    const far = {
      ...params,
      kernel: tf.concat([params.kernel.slice([0, 0], [4, 2]), tf.fill([1, 2], 100)]) as Tensor2D,
    };
    const slopeOf = (relax: number) => {
      const own = latent.latentPredictor({ predictor, latents: latent.choices(3), relax });
      const slope = tf.grad(
        (kernel) =>
          own.objective({ ...far, kernel: kernel as Tensor2D }, { x, y }, random.key(0), {}).loss,
      )(far.kernel);
      return Math.max(...slope.slice([4, 0], [1, 2]).abs().dataSync());
    };
    expect(slopeOf(0)).toBe(0);
    expect(slopeOf(0.1)).toBeGreaterThan(1);
  });

  it('refuses what does not fit, and leaks nothing', () => {
    const z = latent.choices(3)();
    expect(() => method.energies(params, x, tf.zeros([5, 3]), latent.choices(3)())).toThrow(
      /y: shape \[5, 3\] given, \[5, 2\] expected/,
    );
    expect(() => latent.choices(0)).toThrow(/count: 0 given/);
    expectNoLeak(() =>
      tf.dispose([
        method.energy(params, x, y),
        method.energies(params, x, y, z),
        method.predict(params, x, z),
      ]),
    );
    expectNoLeak(() =>
      tree.dispose(tf.tidy(() => method.objective(params, { x, y }, random.key(0), {}).loss)),
    );
    const quality = () => latent.setQuality(tf.zeros([2, 3, 1]), tf.zeros([2, 4, 1]), 1);
    expectNoLeak(() =>
      tf.tidy(() => {
        quality();
      }),
    );
  });
});

describe('the quality of a predicted set', () => {
  it('counts outcomes that are predicted, and predictions that may happen', () => {
    const predicted = tf.tensor3d([[[0], [5], [9]]]);
    const possible = tf.tensor3d([[[0.1], [1]]]);
    const { coverage, precision } = latent.setQuality(predicted, possible, 0.2);
    expect(coverage).toBeCloseTo(1 / 2, 6);
    expect(precision).toBeCloseTo(1 / 3, 6);
  });
});
