import { contrastive, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const { decoupledContrastiveLoss, infoNceLoss, ntXentLoss, pairMarginLoss, tripletLoss } =
  contrastive;
type Matrix = ReturnType<typeof tf.tensor2d>;
const normal = (seed: number, shape: [number, number] = [6, 4]) =>
  random.normal(random.key(seed), shape) as Matrix;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;

describe('pair margin (Hadsell et al.)', () => {
  it('costs d^2 / 2 for a compatible pair, and (margin - d)^2 / 2 for another nearer than the margin', () => {
    const [x, y] = [
      tf.tensor2d([
        [0, 0],
        [0, 0],
        [0, 0],
      ]) as Matrix,
      tf.tensor2d([
        [0.6, 0],
        [0.6, 0],
        [9, 0],
      ]) as Matrix,
    ];
    const costs = [1, 0, 0].map((_, i) =>
      value(
        pairMarginLoss(
          x.slice([i, 0], [1, 2]),
          y.slice([i, 0], [1, 2]),
          tf.tensor1d([i === 0 ? 1 : 0]),
        ),
      ),
    );
    expect(costs[0]).toBeCloseTo(0.18, 6);
    expect(costs[1]).toBeCloseTo(0.08, 6);
    expect(costs[2]).toBe(0);
  });
});

describe('triplet', () => {
  it('is 0 once the negative is further than the positive by the margin, and the margin when all coincide', () => {
    const zero = tf.zeros([1, 2]) as Matrix;
    const far = tf.tensor2d([[3, 4]]) as Matrix;
    expect(value(tripletLoss(zero, zero, far, { margin: 5 }))).toBeCloseTo(0, 5);
    expect(value(tripletLoss(zero, zero, zero, { margin: 0.7 }))).toBeCloseTo(0.7, 6);
  });
});

describe('InfoNCE against a queue', () => {
  it('is log(count + 1) when nothing tells the positive from the negatives', () => {
    const same = tf.ones([3, 4]) as Matrix;
    expect(value(infoNceLoss(same, same, tf.ones([15, 4]) as Matrix))).toBeCloseTo(Math.log(16), 5);
  });

  it('does not depend on the order of the queue, nor on the lengths of the vectors', () => {
    const [q, k, queue] = [normal(1), normal(2), normal(3, [9, 4])];
    const reference = value(infoNceLoss(q, k, queue));
    expect(value(infoNceLoss(q.mul<Matrix>(5), k, queue.reverse(0)))).toBeCloseTo(reference, 4);
  });

  it('grows by each negative that is added, and never by less than nothing', () => {
    const [q, k, queue] = [normal(1), normal(2), normal(3, [9, 4])];
    const growing = [1, 3, 9].map((n) => value(infoNceLoss(q, k, queue.slice([0, 0], [n, 4]))));
    expect(growing[0]).toBeLessThan(growing[1]!);
    expect(growing[1]).toBeLessThan(growing[2]!);
  });
});

describe('the decoupled loss', () => {
  it('is log(2n - 2) - 1/t + 1/t = log(2n - 2) when all embeddings are identical', () => {
    const z = tf.ones([5, 3]) as Matrix;
    expect(value(decoupledContrastiveLoss(z, z, { temperature: 0.5 }))).toBeCloseTo(Math.log(8), 5);
  });

  it('is below NT-Xent, which has one more term in the sum', () => {
    const [a, b] = [normal(1), normal(2)];
    expect(value(decoupledContrastiveLoss(a, b, { temperature: 0.5 }))).toBeLessThan(
      value(ntXentLoss(a, b, { temperature: 0.5 })),
    );
  });
});

describe('all of them', () => {
  const y = normal(2, [4, 3]);
  const n = normal(3, [4, 3]);
  const losses = {
    pairMargin: (z: Matrix) => pairMarginLoss(z, y, tf.tensor1d([1, 0, 1, 0]), { margin: 4 }),
    triplet: (z: Matrix) => tripletLoss(z, y, n, { margin: 3 }),
    infoNce: (z: Matrix) => infoNceLoss(z, y, n, { temperature: 0.5 }),
    decoupled: (z: Matrix) => decoupledContrastiveLoss(z, y, { temperature: 0.5 }),
  };
  for (const [name, loss] of Object.entries(losses)) {
    it(`${name}: gradient equals finite differences, nothing leaks`, () => {
      const z = normal(1, [4, 3]);
      expectGradientMatchesFiniteDifferences((x) => tf.tidy(() => loss(x as Matrix)), z);
      expectNoLeak(() => tf.tidy(() => loss(z).dataSync()));
    });
  }

  it('say which argument is wrong', () => {
    expect(() => tripletLoss(y, n, normal(1, [5, 3]))).toThrow(
      'anchor, negative: shapes [4, 3] and [5, 3] given',
    );
    expect(() => infoNceLoss(y, n, normal(1, [5, 2]))).toThrow(
      'negatives: shape [5, 2] given, [count, 3] expected',
    );
    expect(() => pairMarginLoss(y, n, tf.tensor1d([1]))).toThrow(
      'same: shape [1] given, [4] expected',
    );
  });
});
