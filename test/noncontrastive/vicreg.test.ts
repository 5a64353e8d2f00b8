import { noncontrastive, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const { vicregLoss, vicregTerms } = noncontrastive;
type Matrix = ReturnType<typeof tf.tensor2d>;
const normal = (seed: number, shape: [number, number]) => random.normal(random.key(seed), shape) as Matrix;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;

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
    const z = tf.tensor2d([[1, 1, 1], [-1, 1, -1], [1, -1, -1], [-1, -1, 1]]) as Matrix;
    const terms = vicregTerms(z, z);
    for (const term of Object.values(terms)) expect(value(term)).toBeCloseTo(0, 6);
  });

  it('the paper’s and the official convention differ by the factors dim and 2, and by nothing else', () => {
    const [a, b] = [normal(1, [16, 5]), normal(2, [16, 5])];
    const [paper, official] = [vicregTerms(a, b, { convention: 'paper' }), vicregTerms(a, b, { convention: 'official' })];
    expect(value(paper.invariance)).toBeCloseTo(5 * value(official.invariance), 4);
    expect(value(paper.variance)).toBeCloseTo(2 * value(official.variance), 5);
    expect(value(paper.covariance)).toBeCloseTo(value(official.covariance), 5);
  });

  it('does not change when a constant is added to both branches', () => {
    const [a, b] = [normal(1, [16, 5]), normal(2, [16, 5])];
    expect(value(vicregLoss(a.add(3), b.add(3)))).toBeCloseTo(value(vicregLoss(a, b)), 3);
  });

  it('has the gradient of its finite differences, under both conventions', () => {
    const [a, b] = [normal(1, [5, 3]).mul(0.5) as Matrix, normal(2, [5, 3])];
    for (const convention of ['paper', 'official'] as const) {
      expectGradientMatchesFiniteDifferences((z) => vicregLoss(z as Matrix, b, { convention }), a);
    }
  });

  it('leaks no tensor, and says what is wrong with its input', () => {
    const z = normal(1, [4, 3]);
    expectNoLeak(() => vicregLoss(z, z).dispose());
    expect(() => vicregLoss(z, normal(1, [5, 3]))).toThrow('z1, z2: shapes [4, 3] and [5, 3] given');
    expect(() => vicregLoss(normal(1, [1, 3]), normal(1, [1, 3]))).toThrow('batch: 1 given, a finite number at least 2 expected');
    expect(() => vicregLoss(z, z, { variance: -1 })).toThrow('variance: -1 given');
  });
});
