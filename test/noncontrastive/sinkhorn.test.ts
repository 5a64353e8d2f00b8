import fc from 'fast-check';
import { noncontrastive, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';

const { sinkhorn } = noncontrastive;
type Matrix = ReturnType<typeof tf.tensor2d>;

describe('Sinkhorn-Knopp', () => {
  it('rows sum to 1 exactly, columns to batch / prototypes in the limit, whatever the scores', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 24 }),
        fc.integer({ min: 2, max: 8 }),
        fc.nat(1e6),
        (batch, prototypes, seed) => {
          tf.tidy(() => {
            const scores = random.uniform(random.key(seed), [batch, prototypes], -1, 1) as Matrix;
            const q = sinkhorn(scores, { epsilon: 0.2, iterations: 200 });
            for (const sum of q.sum(1).dataSync()) expect(sum).toBeCloseTo(1, 5);
            for (const sum of q.sum(0).dataSync())
              expect(sum / (batch / prototypes)).toBeCloseTo(1, 2);
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  it('does not change when a constant is added to a row’s or a column’s scores, in the limit', () => {
    const scores = random.uniform(random.key(1), [12, 4], -1, 1) as Matrix;
    const moved = scores
      .add(random.normal(random.key(2), [12, 1]))
      .add([[0, 3, -1, 0.5]]) as Matrix;
    const [a, b] = [scores, moved].map((s) =>
      sinkhorn(s, { epsilon: 0.5, iterations: 300 }).dataSync(),
    );
    a!.forEach((value, i) => expect(value).toBeCloseTo(b![i]!, 4));
  });

  it('balances what an argmax would not: one favourite prototype for all still shares its rows', () => {
    const scores = tf.tensor2d(Array.from({ length: 8 }, (_, i) => [1 + i / 100, 0])) as Matrix;
    const q = sinkhorn(scores, { epsilon: 0.05, iterations: 100 });
    const [favourite, other] = q.sum(0).dataSync();
    expect(favourite).toBeCloseTo(4, 3);
    expect(other).toBeCloseTo(4, 3);
  });

  it('its gradient is that of finite differences, through all iterations', () => {
    const [scores, weights] = [1, 2].map(
      (seed) => random.uniform(random.key(seed), [6, 3], -1, 1) as Matrix,
    ) as [Matrix, Matrix];
    for (const iterations of [1, 3, 10]) {
      expectGradientMatchesFiniteDifferences(
        (s) =>
          sinkhorn(s as Matrix, { epsilon: 0.5, iterations })
            .mul(weights)
            .sum(),
        scores,
      );
    }
  });

  it('does not overflow at scores of thousands', () => {
    const q = sinkhorn(
      tf.tensor2d([
        [5000, -5000],
        [-5000, 5000],
      ]) as Matrix,
      { epsilon: 0.05 },
    );
    expect(q.arraySync()).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('leaks no tensor, and says which option is wrong', () => {
    const scores = tf.zeros([4, 2]) as Matrix;
    const before = tf.memory().numTensors;
    sinkhorn(scores).dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(() => sinkhorn(scores, { epsilon: 0 })).toThrow('epsilon: 0 given');
    expect(() => sinkhorn(scores, { iterations: 1.5 })).toThrow(
      'iterations: 1.5 given, a whole number',
    );
  });
});
