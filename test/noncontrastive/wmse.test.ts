import { compile, noncontrastive, nn, random, tf, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const { wmse, wmseLoss } = noncontrastive;
type Matrix = ReturnType<typeof tf.tensor2d>;
const normal = (seed: number, shape: [number, number] = [32, 4]) =>
  random.normal(random.key(seed), shape) as Matrix;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;
const networks = { encoder: nn.mlp([6, 8, 5]), projector: nn.mlp([5, 4]) };
const batch = { x1: normal(1, [32, 6]), x2: normal(2, [32, 6]) };

describe('W-MSE', () => {
  it('is 0 for twins that agree, near 2 for strangers, near 4 for opposites', () => {
    const z = normal(1);
    expect(value(wmseLoss(z, z))).toBeCloseTo(0, 5);
    expect(value(wmseLoss(z, z.neg() as Matrix))).toBeCloseTo(4, 4);
    expect(value(wmseLoss(normal(1, [512, 4]), normal(2, [512, 4])))).toBeCloseTo(2, 0);
  });

  it('gains nothing by shrinking the embeddings to a point, which is all that agreement without whitening asks for', () => {
    const [z1, z2] = [normal(4), normal(5)];
    const shrunk = (z: Matrix) => z.mul(0.01).add(1) as Matrix;
    expect(value(wmseLoss(shrunk(z1), shrunk(z2)))).toBeCloseTo(value(wmseLoss(z1, z2)), 2);
    const method = (whitens: boolean) =>
      wmse({ encoder: nn.identity, projector: nn.identity, whitens });
    const loss = (z1: Matrix, z2: Matrix, whitens: boolean) =>
      value(
        method(whitens).objective(
          { encoder: {}, projector: {} },
          { x1: z1, x2: z2 },
          random.key(0),
          {},
        ).loss,
      );
    expect(loss(z1, z2, false)).toBeGreaterThan(1);
    expect(loss(shrunk(z1), shrunk(z2), false)).toBeLessThan(1e-3);
  });

  it('gains nothing by blowing up one direction, as it would if the covariance were shrunk by its greatest directions', () => {
    // Twins that agree in one direction of four only; the others are noise.
    const [shared, a, b] = [normal(8, [64, 1]), normal(9, [64, 3]), normal(10, [64, 3])];
    const loss = (scale: number, shrinkage?: number) => {
      const of = (noise: Matrix) => tf.concat([shared.mul(scale), noise], 1) as Matrix;
      return value(wmseLoss(of(a), of(b), { shrinkage }));
    };
    expect(loss(1)).toBeGreaterThan(1);
    for (const scale of [10, 100]) expect(loss(scale)).toBeCloseTo(loss(1), 1);
    expect(loss(300, 0.001)).toBeLessThan(0.6 * loss(1, 0.001));
  });

  it('by Cholesky is the mean squared distance of twins of length 1, whitened by the triangular root', () => {
    const [z1, z2] = [normal(4), normal(5)];
    const directions = (z: Matrix) => {
      const white = noncontrastive.whiten(z, { whitening: 'cholesky', shrinkage: 0 });
      return white.div(tf.norm(white, 2, 1, true));
    };
    const loss = value(wmseLoss(z1, z2, { whitening: 'cholesky' }));
    expect(loss).toBeCloseTo(value(directions(z1).sub(directions(z2)).square().sum(1).mean()), 5);
    expect(Math.abs(loss - value(wmseLoss(z1, z2)))).toBeGreaterThan(1e-3);
    expect(value(wmseLoss(z1, z1, { whitening: 'cholesky' }))).toBeCloseTo(0, 5);
    const method = wmse({
      encoder: nn.identity,
      projector: nn.identity,
      whitening: 'cholesky',
    });
    const objective = compile(
      (x1: Matrix, x2: Matrix) =>
        method.objective({ encoder: {}, projector: {} }, { x1, x2 }, random.key(0), {}).loss,
    );
    expect(value(objective(z1, z2))).toBeCloseTo(loss, 5);
    expect(value(objective(z2, z1.mul(3) as Matrix))).toBeCloseTo(loss, 4);
  });

  it.each(['zca', 'cholesky'] as const)(
    'is finite where the batch lies on a line, or in a point, by %s',
    (whitening) => {
      const line = tf.matMul(normal(8, [32, 1]), normal(9, [1, 4])) as Matrix;
      for (const [where, z] of [
        ['line', line],
        ['point', tf.ones([32, 4]) as Matrix],
      ] as const) {
        const { value: loss, grad } = tf.valueAndGrad((x) =>
          wmseLoss(x as Matrix, normal(1), { whitening }),
        )(z);
        expect(Number.isFinite(value(loss)), where).toBe(true);
        expect(Number.isFinite(value(grad.abs().max())), where).toBe(true);
      }
    },
  );

  it('says in its mechanism when the whitening is off', () => {
    expect(wmse(networks).mechanism).toBe('regularised');
    expect(wmse({ ...networks, whitens: false }).mechanism).toBe('none');
  });

  it('has the gradient of its finite differences, in either branch, whitened in full or in part', () => {
    const [a, b] = [normal(6, [7, 2]), normal(7, [7, 2])];
    const all = [{}, { shrinkage: 0.2, iterations: 3 }, { whitening: 'cholesky' as const }];
    for (const options of all) {
      expectGradientMatchesFiniteDifferences((z) => wmseLoss(z as Matrix, b, options), a);
      expectGradientMatchesFiniteDifferences((z) => wmseLoss(a, z as Matrix, options), b);
    }
  });

  it('leaks no tensor', () => {
    expectNoLeak(() =>
      tree.tidy(() => {
        const method = wmse(networks);
        const { params, state } = method.init(random.key(1));
        expect(
          Number.isFinite(value(method.objective(params, batch, random.key(0), state).loss)),
        ).toBe(true);
      }),
    );
    expect(() => wmseLoss(normal(1), normal(1, [32, 5]))).toThrow(
      'z1, z2: shapes [32, 4] and [32, 5] given',
    );
  });
});
