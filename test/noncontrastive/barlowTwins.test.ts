import { measure, nn, noncontrastive, optim, random, tf, train } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const { barlowTwins, barlowTwinsLoss, crossCorrelation } = noncontrastive;
type Matrix = ReturnType<typeof tf.tensor2d>;
const normal = (seed: number, shape: [number, number]) =>
  random.normal(random.key(seed), shape) as Matrix;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;
/**
 * Columns of a Hadamard matrix: centred and uncorrelated, so already what Barlow Twins asks for.
 */
const whitened = tf.tensor2d([
  [1, 1, 1],
  [-1, 1, -1],
  [1, -1, -1],
  [-1, -1, 1],
]) as Matrix;

describe('Barlow Twins', () => {
  it('is zero on equal, decorrelated branches', () => {
    expect(value(barlowTwinsLoss(whitened, whitened, { epsilon: 0 }))).toBeCloseTo(0, 6);
  });

  it('is dim on collapsed embeddings: collapse is worth nothing', () => {
    const z = tf.ones([8, 5]) as Matrix;
    expect(value(barlowTwinsLoss(z, z))).toBeCloseTo(5, 5);
  });

  it('is lambda dim (dim - 1) when all dimensions say the same thing', () => {
    const z = tf.tile(normal(1, [32, 1]), [1, 4]) as Matrix;
    expect(value(barlowTwinsLoss(z, z, { lambda: 0.01, epsilon: 0 }))).toBeCloseTo(0.01 * 4 * 3, 4);
  });

  it('does not change when a dimension is scaled or shifted, on either branch', () => {
    const [a, b] = [normal(1, [32, 4]), normal(2, [32, 4])];
    const scaled = a.mul([[1, 20, 0.5, 3]]).add([[0, -1, 5, 2]]) as Matrix;
    expect(value(barlowTwinsLoss(scaled, b, { epsilon: 0 }))).toBeCloseTo(
      value(barlowTwinsLoss(a, b, { epsilon: 0 })),
      4,
    );
  });

  it('the correlation of a branch with itself has a unit diagonal, and swapping branches transposes it', () => {
    const [a, b] = [normal(1, [32, 4]), normal(2, [32, 4])];
    const own = crossCorrelation(a, a, { epsilon: 0 }).arraySync();
    own.forEach((row, i) => expect(row[i]).toBeCloseTo(1, 5));
    const [ab, ba] = [crossCorrelation(a, b).arraySync(), crossCorrelation(b, a).arraySync()];
    ab.forEach((row, i) => row.forEach((c, j) => expect(c).toBeCloseTo(ba[j]![i]!, 6)));
  });

  it('has the gradient of its finite differences, standardised or not', () => {
    for (const standardises of [true, false]) {
      expectGradientMatchesFiniteDifferences(
        (z) => barlowTwinsLoss(z as Matrix, normal(2, [6, 3]), { lambda: 0.3, standardises }),
        normal(1, [6, 3]),
      );
    }
  });

  it('not standardised is the same loss where the embeddings are standard already, and 0 at a point', () => {
    const standard = (z: Matrix) => {
      const { mean, variance } = tf.moments(z, 0);
      return z.sub(mean).div(variance.sqrt()) as Matrix;
    };
    const [a, b] = [standard(normal(1, [32, 4])), standard(normal(2, [32, 4]))];
    const loss = (x: Matrix, y: Matrix, standardises: boolean) =>
      value(barlowTwinsLoss(x, y, { lambda: 0.3, epsilon: 0, standardises }));
    expect(loss(a, b, false)).toBeCloseTo(loss(a, b, true), 4);
    const shrunk = (z: Matrix) => z.mul(0.1).add(1) as Matrix;
    expect(loss(shrunk(a), shrunk(b), true)).toBeCloseTo(loss(a, b, true), 3);
    expect(loss(shrunk(a), shrunk(b), false)).toBeCloseTo(1e-4 * loss(a, b, false), 5);
    const point = tf.ones([8, 4]) as Matrix;
    expect(loss(point, point, false)).toBe(0);
  });

  it('trained without the standardisation shrinks to a point, and says in its mechanism that nothing prevents it', async () => {
    const x = normal(3, [256, 4]);
    const data = {
      x1: x.add(normal(4, [256, 4]).mul(0.5)),
      x2: x.add(normal(5, [256, 4]).mul(0.5)),
    };
    const deviationAfter = async (standardises: boolean) => {
      const method = barlowTwins({
        encoder: nn.dense(4, 4),
        projector: nn.identity,
        lambda: 0.05,
        standardises,
      });
      expect(method.mechanism).toBe(standardises ? 'regularised' : 'none');
      const { params } = await train({
        method,
        data,
        batch: 256,
        steps: 500,
        seed: 0,
        optimizer: optim.adam({ learningRate: 0.05 }),
        display: 'none',
      });
      return measure.standardDeviation(method.embed(params, x)).mean;
    };
    // The loss is of the fourth degree, and so flat near the point that the last of the way takes
    // long.
    expect(await deviationAfter(false)).toBeLessThan(0.1);
    expect(await deviationAfter(true)).toBeGreaterThan(1);
  });

  it('leaks no tensor, and says what is wrong with its input', () => {
    const z = normal(1, [6, 3]);
    expectNoLeak(() => barlowTwinsLoss(z, z).dispose());
    expect(() => barlowTwinsLoss(z, normal(1, [6, 4]))).toThrow(
      'z1, z2: shapes [6, 3] and [6, 4] given',
    );
    expect(() => barlowTwinsLoss(z, z, { lambda: -1 })).toThrow('lambda: -1 given');
  });
});
