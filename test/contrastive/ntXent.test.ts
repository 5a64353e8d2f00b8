import { contrastive, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const { ntXentLoss } = contrastive;

function views(n: number, dim: number, seed = 1) {
  const [a, b] = random.split(random.key(seed));
  return {
    z1: random.normal(a, [n, dim]) as ReturnType<typeof tf.tensor2d>,
    z2: random.normal(b, [n, dim]) as ReturnType<typeof tf.tensor2d>,
  };
}

describe('NT-Xent', () => {
  it('is log(2n - 1) when all embeddings are identical, at every temperature', () => {
    for (const n of [2, 5, 64]) {
      for (const temperature of [0.1, 0.5, 2]) {
        const z = tf.ones([n, 3]) as ReturnType<typeof tf.tensor2d>;
        expect(ntXentLoss(z, z, { temperature }).dataSync()[0]).toBeCloseTo(Math.log(2 * n - 1), 4);
      }
    }
  });

  it('is log(1 + (2n - 2) exp(-1/t)) when twins coincide and all else is orthogonal', () => {
    const n = 4;
    const z = tf.eye(n);
    const expected = Math.log(1 + (2 * n - 2) * Math.exp(-1 / 0.5));
    expect(ntXentLoss(z, z, { temperature: 0.5 }).dataSync()[0]).toBeCloseTo(expected, 5);
  });

  it('does not change when embeddings are scaled, rotated, or their pairs reordered', () => {
    const { z1, z2 } = views(6, 2);
    const value = ntXentLoss(z1, z2).dataSync()[0]!;
    const rotation = tf.tensor2d([
      [Math.cos(1), -Math.sin(1)],
      [Math.sin(1), Math.cos(1)],
    ]);
    const order = tf.tensor1d([3, 1, 5, 0, 2, 4], 'int32');
    expect(ntXentLoss(z1.mul<typeof z1>(7), z2.mul<typeof z2>(0.3)).dataSync()[0]).toBeCloseTo(
      value,
      5,
    );
    expect(
      ntXentLoss(
        tf.matMul(z1, rotation) as typeof z1,
        tf.matMul(z2, rotation) as typeof z2,
      ).dataSync()[0],
    ).toBeCloseTo(value, 5);
    expect(ntXentLoss(z1.gather(order), z2.gather(order)).dataSync()[0]).toBeCloseTo(value, 5);
    expect(ntXentLoss(z2, z1).dataSync()[0]).toBeCloseTo(value, 5);
  });

  it('has the gradient of its finite differences', () => {
    const { z1, z2 } = views(4, 3);
    expectGradientMatchesFiniteDifferences((z) => ntXentLoss(z as typeof z1, z2), z1);
  });

  it('stays finite, with finite gradients, on zero embeddings', () => {
    const zero = tf.zeros([4, 3]) as ReturnType<typeof tf.tensor2d>;
    const gradient = tf.grad((z) => ntXentLoss(z as typeof zero, zero))(zero);
    expect(gradient.isFinite().all().dataSync()[0]).toBe(1);
  });

  it('leaks no tensor', () => {
    const { z1, z2 } = views(4, 3);
    expectNoLeak(() => ntXentLoss(z1, z2).dispose());
  });

  it('says which argument is wrong', () => {
    const { z1 } = views(4, 3);
    const { z1: other } = views(5, 3);
    expect(() => ntXentLoss(z1, other)).toThrow(
      'z1, z2: shapes [4, 3] and [5, 3] given, equal ones expected',
    );
    expect(() => ntXentLoss(z1, z1, { temperature: 0 })).toThrow(
      'temperature: 0 given, a finite number above 0 expected',
    );
  });
});
