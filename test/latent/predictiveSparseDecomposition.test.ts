import {
  latent,
  optim,
  random,
  schedule,
  tf,
  train,
  type Tensor,
  type Tensor2D,
} from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const normal = (seed: number, shape: [number, number]) =>
  random.normal(random.key(seed), shape) as Tensor2D;
const most = (t: Tensor) => t.abs().max().dataSync()[0]!;
const [alpha, iterations] = [0.3, 400];
const x = normal(1, [6, 8]);
const dictionary = latent.unitAtoms(normal(2, [12, 8]));
const predicted = normal(3, [6, 12]);

describe('predicted sparse codes', () => {
  it('are plain sparse coding’s where the prediction costs nothing, and the prediction itself where it costs all', () => {
    const plain = latent.fista(x, dictionary, { alpha, iterations });
    expect(
      most(
        latent
          .predictedSparseCodes(x, predicted, dictionary, { alpha, iterations, prediction: 0 })
          .sub(plain),
      ),
    ).toBeLessThan(1e-4);
    expect(
      most(
        latent
          .predictedSparseCodes(x, predicted, dictionary, { alpha, iterations, prediction: 1e4 })
          .sub(predicted),
      ),
    ).toBeLessThan(1e-2);
  });

  it('meet the conditions of Karush, Kuhn and Tucker with the prediction’s slope in them', () => {
    for (const prediction of [0.1, 1, 5]) {
      const z = latent.predictedSparseCodes(x, predicted, dictionary, {
        alpha,
        iterations,
        prediction,
      });
      // Written out: g = (x - z D) D^T - 2 prediction (z - predicted) is alpha sign(z) where z is
      // not 0, and at most alpha where it is.
      const slope = tf
        .matMul(x.sub(tf.matMul(z, dictionary)), dictionary, false, true)
        .sub(z.sub(predicted).mul(2 * prediction))
        .arraySync() as number[][];
      z.arraySync().forEach((row, i) =>
        row.forEach((value, j) => {
          const violation =
            value === 0
              ? Math.abs(slope[i]![j]!) - alpha
              : Math.abs(slope[i]![j]! - alpha * Math.sign(value));
          expect(violation).toBeLessThan(1e-4);
        }),
      );
    }
  });

  it('have the energy of the three terms', () => {
    const z = normal(4, [6, 12]);
    const [residual, sizes, apart] = [
      x.sub(tf.matMul(z, dictionary)).square().sum(1),
      z.abs().sum(1),
      z.sub(predicted).square().sum(1),
    ];
    const expected = residual.div(2).add(sizes.mul(alpha)).add(apart.mul(0.7));
    expect(
      most(
        latent
          .predictedSparseEnergy(x, z, predicted, dictionary, { alpha, prediction: 0.7 })
          .sub(expected),
      ),
    ).toBeLessThan(1e-4);
  });
});

describe('predictive sparse decomposition', () => {
  it('has the gradient of its finite differences, though the codes are held fixed', () => {
    const method = latent.predictiveSparseDecomposition({
      dim: 3,
      atoms: 4,
      encoder: latent.gainedTanh(3, 4),
      alpha,
      iterations: 40,
    });
    const { params } = method.init(random.key(0));
    const few = normal(5, [5, 3]);
    const lossOf = (changed: Partial<typeof params>) =>
      method.objective({ ...params, ...changed }, { x: few }, random.key(0), {}).loss;
    expectGradientMatchesFiniteDifferences(
      (d) => lossOf({ dictionary: d as Tensor2D }),
      params.dictionary,
      { tolerance: 2e-2 },
    );
    expectGradientMatchesFiniteDifferences(
      (gain) => lossOf({ encoder: { ...params.encoder, gain } }),
      params.encoder.gain,
      { tolerance: 2e-2 },
    );
  });

  it('learns to give, in one pass, codes near those a search finds, on data made of few atoms', async () => {
    const [atoms, dim, n] = [12, 12, 2000];
    const truth = latent.unitAtoms(normal(7, [atoms, dim]));
    const z = tf.mul(
      random.normal(random.key(8), [n, atoms]),
      random.bernoulli(random.key(9), 2 / atoms, [n, atoms]).toFloat(),
    ) as Tensor2D;
    const data = tf.matMul(z, truth) as Tensor2D;
    const method = latent.predictiveSparseDecomposition({
      dim,
      atoms,
      encoder: latent.gainedTanh(dim, atoms),
      alpha: 0.1,
      iterations: 30,
    });
    const far = (params: ReturnType<typeof method.init>['params']) =>
      tf.tidy(() => {
        const codes: Tensor2D = latent.fista(data, latent.unitAtoms(params.dictionary), {
          alpha: 0.1,
          iterations: 100,
        });
        return method
          .embed(params, data)
          .sub(codes)
          .square()
          .sum()
          .div(codes.square().sum())
          .dataSync()[0]!;
      });
    const before = far(method.init(random.key(1)).params);
    const trained = await train({
      method,
      data: { x: data },
      batch: 256,
      steps: 400,
      seed: 1,
      optimizer: optim.adam({ learningRate: schedule.cosine({ from: 0.02, steps: 400 }) }),
      display: 'none',
    });
    const after = far(trained.params);
    expect(before).toBeGreaterThan(0.7);
    expect(after).toBeLessThan(0.3);
    trained.dispose();
  });

  it('refuses what does not fit, and leaks nothing', () => {
    const method = latent.predictiveSparseDecomposition({
      dim: 8,
      atoms: 12,
      encoder: latent.gainedTanh(8, 12),
      alpha,
      iterations: 5,
    });
    const { params } = method.init(random.key(0));
    expect(() =>
      latent.predictedSparseCodes(x, normal(3, [6, 11]), dictionary, { alpha, prediction: 1 }),
    ).toThrow(/predicted: shape \[6, 11\] given, \[6, 12\] expected/);
    expect(() =>
      latent.predictedSparseCodes(x, predicted, dictionary, { alpha, prediction: -1 }),
    ).toThrow(/prediction: -1 given/);
    expectNoLeak(() => tf.dispose([method.energy(params, x, x), method.embed(params, x)]));
  });
});
