import { nn, noncontrastive, optim, random, tf, train, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const { lejepa, lejepaLoss, lejepaTerms, sigregLoss } = noncontrastive;
type Matrix = ReturnType<typeof tf.tensor2d>;
const normal = (seed: number, shape: [number, number]) =>
  random.normal(random.key(seed), shape) as Matrix;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;
const networks = { encoder: nn.mlp([6, 8, 5]), projector: nn.mlp([5, 4]) };
const batch = { x1: normal(1, [16, 6]), x2: normal(2, [16, 6]) };
const few = { slices: 16 };

describe('LeJEPA', () => {
  it('predicts the mean of the views: the squared distance to it, averaged over views, batch and dimensions', () => {
    const [a, b] = [
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
      tf.tensor2d([
        [3, 2],
        [3, 0],
      ]),
    ];
    // Distances to the mean: 1, 0, 0, 2, the same for both views.
    expect(value(lejepaTerms(a, b, random.key(0), few).prediction)).toBeCloseTo((1 + 4) / 4, 6);
    expect(value(lejepaTerms(a, a, random.key(0), few).prediction)).toBe(0);
  });

  it('is (1 - lambda) prediction + lambda SIGReg, the mean of the branches with the same directions', () => {
    const [a, b, key] = [normal(1, [12, 4]), normal(2, [12, 4]), random.key(5)];
    const terms = lejepaTerms(a, b, key, few);
    expect(value(terms.sigreg)).toBeCloseTo(
      (value(sigregLoss(a, key, few)) + value(sigregLoss(b, key, few))) / 2,
      5,
    );
    for (const lambda of [0, 0.05, 1]) {
      const expected = (1 - lambda) * value(terms.prediction) + lambda * value(terms.sigreg);
      expect(value(lejepaLoss(a, b, key, { ...few, lambda }))).toBeCloseTo(expected, 5);
    }
  });

  it('has the gradient of its finite differences', () => {
    const [a, b, key] = [normal(1, [6, 3]), normal(2, [6, 3]), random.key(5)];
    expectGradientMatchesFiniteDifferences(
      (z) => lejepaLoss(z as Matrix, b, key, { slices: 8, lambda: 0.5 }),
      a,
    );
  });

  it('a linear one on a slanted cloud ends at N(0, I): mean 0, covariance the identity; without the regulariser at nothing', async () => {
    const cloud = tf
      .matMul(
        normal(3, [256, 2]),
        tf.tensor2d([
          [1.6, 1.1],
          [0, 0.5],
        ]),
      )
      .add(1) as Matrix;
    const fit = async (lambda: number) => {
      const method = lejepa({
        encoder: nn.dense(2, 2),
        projector: nn.identity,
        lambda,
        slices: 16,
      });
      // The second view is the same point and a little noise, so that a smaller scale agrees
      // better.
      const noisy = cloud.add(normal(4, [256, 2]).mul(0.3)) as Matrix;
      const { params } = await train({
        method,
        data: { x1: cloud, x2: noisy },
        batch: 256,
        steps: 150,
        seed: 0,
        optimizer: optim.adam({ learningRate: 0.05 }),
        display: 'none',
      });
      const z = method.embed(params, cloud);
      const centred = z.sub(z.mean(0));
      return {
        mean: z.mean(0).dataSync(),
        covariance: tf.matMul(centred, centred, true, false).div(255).dataSync(),
      };
    };
    const [whole, alone] = [await fit(0.5), await fit(0)];
    whole.mean.forEach((m) => expect(Math.abs(m)).toBeLessThan(0.15));
    [1, 0, 0, 1].forEach((c, i) => expect(Math.abs(whole.covariance[i]! - c)).toBeLessThan(0.2));
    alone.covariance.forEach((c) => expect(Math.abs(c)).toBeLessThan(0.01));
  });

  it('the switch that invites collapse says so in the mechanism', () => {
    expect(lejepa(networks).mechanism).toBe('regularised');
    expect(lejepa({ ...networks, lambda: 0 }).mechanism).toBe('none');
  });

  it('leaks no tensor, and says what is wrong with its input', () => {
    const [z, key] = [normal(1, [8, 3]), random.key(0)];
    expectNoLeak(() => lejepaLoss(z, z, key).dispose());
    expectNoLeak(() =>
      tree.tidy(() => {
        const method = lejepa({ ...networks, ...few });
        const { params, state } = method.init(random.key(1));
        method.objective(params, batch, key, state);
      }),
    );
    expect(() => lejepaLoss(z, normal(1, [9, 3]), key)).toThrow(
      'z1, z2: shapes [8, 3] and [9, 3] given',
    );
    expect(() => lejepaLoss(z, z, key, { lambda: 2 })).toThrow('lambda: 2 given');
  });
});
