import { measure, nn, noncontrastive, optim, random, tf, train, type Tensor } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const { vicreg, vicregLoss, vicregTerms } = noncontrastive;
type Matrix = ReturnType<typeof tf.tensor2d>;
const normal = (seed: number, shape: [number, number]) =>
  random.normal(random.key(seed), shape) as Matrix;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;

const CONVENTIONS = ['paper', 'official', 'solo-learn', 'eb_jepa'] as const;

describe('VICReg', () => {
  it('on collapsed embeddings: invariance and covariance vanish, variance is 1 - sqrt(eps)', () => {
    const z = tf.ones([8, 3]) as Matrix;
    const { invariance, variance, covariance } = vicregTerms(z, z, { epsilon: 1e-4 });
    expect(value(invariance)).toBe(0);
    expect(value(covariance)).toBe(0);
    expect(value(variance)).toBeCloseTo(1 - 1e-2, 6);
  });

  it('on whitened embeddings with large enough variance all three terms vanish', () => {
    // Columns of a Hadamard matrix: centred, uncorrelated, variance n / (n - 1) > 1.
    const z = tf.tensor2d([
      [1, 1, 1],
      [-1, 1, -1],
      [1, -1, -1],
      [-1, -1, 1],
    ]) as Matrix;
    const terms = vicregTerms(z, z);
    for (const term of Object.values(terms)) expect(value(term)).toBeCloseTo(0, 6);
  });

  it('the paper’s and the official convention differ by the factors dim and 2, and by nothing else', () => {
    const [a, b] = [normal(1, [16, 5]), normal(2, [16, 5])];
    const [paper, official] = [
      vicregTerms(a, b, { convention: 'paper' }),
      vicregTerms(a, b, { convention: 'official' }),
    ];
    expect(value(paper.invariance)).toBeCloseTo(5 * value(official.invariance), 4);
    expect(value(paper.variance)).toBeCloseTo(2 * value(official.variance), 5);
    expect(value(paper.covariance)).toBeCloseTo(value(official.covariance), 5);
  });

  it('is each published convention, written out by hand from its source', () => {
    const [a, b] = [normal(3, [9, 4]).mul(0.6) as Matrix, normal(4, [9, 4]).mul(0.8) as Matrix];
    const weights = { invariance: 3, variance: 5, covariance: 2 };
    for (const convention of CONVENTIONS) {
      const expected = byHand(a.arraySync(), b.arraySync(), convention);
      const terms = vicregTerms(a, b, { convention });
      for (const name of ['invariance', 'variance', 'covariance'] as const)
        expect(value(terms[name])).toBeCloseTo(expected[name], 5);
      const sum = 3 * expected.invariance + 5 * expected.variance + 2 * expected.covariance;
      expect(value(vicregLoss(a, b, { ...weights, convention }))).toBeCloseTo(sum, 4);
    }
  });

  it('is one and the same loss under all conventions, with the weights that the factors call for', () => {
    const [a, b] = [normal(3, [9, 4]).mul(0.6) as Matrix, normal(4, [9, 4]).mul(0.8) as Matrix];
    const dim = 4;
    const weights = {
      official: { invariance: 25, variance: 25, covariance: 1 },
      paper: { invariance: 25 / dim, variance: 12.5, covariance: 1 },
      'solo-learn': { invariance: 25, variance: 12.5, covariance: 1 },
      eb_jepa: { invariance: 25, variance: 12.5, covariance: dim - 1 },
    };
    const of = (convention: noncontrastive.VicregConvention) => (z: Tensor) =>
      vicregLoss(z as Matrix, b, { ...weights[convention], convention });
    const [loss, gradient] = [value(of('official')(a)), tf.grad(of('official'))(a)];
    for (const convention of CONVENTIONS) {
      expect(value(of(convention)(a))).toBeCloseTo(loss, 4);
      expect(value(tf.grad(of(convention))(a).sub(gradient).abs().max())).toBeLessThan(1e-5);
    }
    // With the same weights they are four different losses.
    const same = CONVENTIONS.map((convention) => value(vicregLoss(a, b, { convention })));
    same.forEach((x, i) =>
      same.slice(i + 1).forEach((y) => expect(Math.abs(x - y)).toBeGreaterThan(0.01)),
    );
  });

  it('does not change when a constant is added to both branches', () => {
    const [a, b] = [normal(1, [16, 5]), normal(2, [16, 5])];
    expect(value(vicregLoss(a.add(3), b.add(3)))).toBeCloseTo(value(vicregLoss(a, b)), 3);
  });

  it('has the gradient of its finite differences, under each convention', () => {
    const [a, b] = [normal(1, [5, 3]).mul(0.5) as Matrix, normal(2, [5, 3])];
    for (const convention of CONVENTIONS) {
      expectGradientMatchesFiniteDifferences((z) => vicregLoss(z as Matrix, b, { convention }), a);
    }
  });

  it('trained without the variance term shrinks every dimension to nothing, and says so in its mechanism', async () => {
    const x = normal(3, [256, 4]);
    const data = {
      x1: x.add(normal(4, [256, 4]).mul(0.5)),
      x2: x.add(normal(5, [256, 4]).mul(0.5)),
    };
    const after = async (variance: number) => {
      const method = vicreg({ encoder: nn.dense(4, 4), projector: nn.identity, variance });
      expect(method.mechanism).toBe(variance === 0 ? 'none' : 'regularised');
      const { params } = await train({
        method,
        data,
        batch: 256,
        steps: 200,
        seed: 0,
        optimizer: optim.adam({ learningRate: 0.02 }),
        display: 'none',
      });
      return measure.standardDeviation(method.embed(params, x)).perDimension;
    };
    for (const deviation of await after(0)) expect(deviation).toBeLessThan(0.02);
    for (const deviation of await after(25)) expect(deviation).toBeGreaterThan(0.5);
  });

  it('leaks no tensor, and says what is wrong with its input', () => {
    const z = normal(1, [4, 3]);
    expectNoLeak(() => vicregLoss(z, z).dispose());
    expect(() => vicregLoss(z, normal(1, [5, 3]))).toThrow(
      'z1, z2: shapes [4, 3] and [5, 3] given',
    );
    expect(() => vicregLoss(normal(1, [1, 3]), normal(1, [1, 3]))).toThrow(
      'batch: 1 given, a whole number at least 2 expected',
    );
    expect(() => vicregLoss(z, z, { variance: -1 })).toThrow('variance: -1 given');
    expect(() => vicregTerms(z, z, { convention: 'eb-jepa' as never })).toThrow(
      "convention: 'eb-jepa' given, 'paper' or 'official' or 'solo-learn' or 'eb_jepa' expected",
    );
    const narrow = normal(1, [4, 1]);
    expect(() => vicregTerms(narrow, narrow, { convention: 'eb_jepa' })).toThrow('dim: 1 given');
  });
});

/**
 * The terms in float64, element by element: the paper's equations, and what the three codes
 * compute.
 */
function byHand(z1: number[][], z2: number[][], convention: (typeof CONVENTIONS)[number]) {
  const [n, dim] = [z1.length, z1[0]!.length];
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const column = (z: number[][], j: number) => z.map((row) => row[j]!);
  const covariance = (z: number[][], i: number, j: number) => {
    const [a, b] = [column(z, i), column(z, j)];
    const [meanA, meanB] = [sum(a) / n, sum(b) / n];
    return sum(a.map((x, k) => (x - meanA) * (b[k]! - meanB))) / (n - 1);
  };
  const dims = [...Array(dim).keys()];
  const hinge = (z: number[][]) =>
    sum(dims.map((j) => Math.max(0, 1 - Math.sqrt(covariance(z, j, j) + 1e-4)))) / dim;
  const offDiagonal = (z: number[][]) =>
    sum(dims.flatMap((i) => dims.filter((j) => j !== i).map((j) => covariance(z, i, j) ** 2)));
  const squaredDistances = sum(z1.flatMap((row, k) => row.map((x, j) => (x - z2[k]![j]!) ** 2)));
  const meanSquaredError = squaredDistances / (n * dim);
  const [hinges, squares] = [hinge(z1) + hinge(z2), offDiagonal(z1) + offDiagonal(z2)];
  return {
    paper: { invariance: squaredDistances / n, variance: hinges, covariance: squares / dim },
    official: { invariance: meanSquaredError, variance: hinges / 2, covariance: squares / dim },
    'solo-learn': { invariance: meanSquaredError, variance: hinges, covariance: squares / dim },
    eb_jepa: {
      invariance: meanSquaredError,
      variance: hinges,
      covariance: squares / (dim * (dim - 1)),
    },
  }[convention];
}
