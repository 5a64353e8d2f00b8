import { compile, random, tf, type Tensor } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { l2Normalize } from '../../lib/core/l2Normalize';
import { stopGradient } from '../../lib/core/stopGradient';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

type Scalar = ReturnType<typeof tf.scalar>;

describe('stopGradient', () => {
  it('is the identity forwards, and a constant backwards, eagerly and compiled', () => {
    const x = tf.tensor1d([1, -2, 3]);
    expect([...stopGradient(x).dataSync()]).toEqual([1, -2, 3]);
    // d/dx of x stop(x) is stop(x), not 2 x.
    const gradient = (t: typeof x) => tf.grad((u) => u.mul(stopGradient(u)).sum())(t);
    expect([...gradient(x).dataSync()]).toEqual([1, -2, 3]);
    const compiled = compile(gradient, { mode: 'graph' });
    expect([...compiled(x).dataSync()]).toEqual([1, -2, 3]);
    compiled.dispose();
  });

  it('gives a handle of its own: freeing it leaves the input alive, and it leaks nothing', () => {
    const x = tf.scalar(1);
    stopGradient(x).dispose();
    expect(x.isDisposed).toBe(false);
    expectNoLeak(() => stopGradient(x).dispose());
  });
});

describe('l2Normalize', () => {
  it('brings every row to length 1, whatever its scale, and leaves a zero row at zero', () => {
    const z = tf.tensor2d([
      [3, 4],
      [3e-3, 4e-3],
      [3e10, 4e10],
      [0, 0],
    ]);
    const unit = l2Normalize(z).arraySync();
    for (const row of unit.slice(0, 3)) {
      expect(row[0]).toBeCloseTo(0.6, 4);
      expect(row[1]).toBeCloseTo(0.8, 4);
    }
    expect(unit[3]).toEqual([0, 0]);
  });

  it('has PyTorch’s floor: rows down to a length of 1e-12 are brought to length 1', () => {
    for (const length of [1e-7, 1e-10, 1.5e-12]) {
      const [row] = l2Normalize(tf.tensor2d([[0.6 * length, 0.8 * length]])).arraySync();
      expect(row![0]).toBeCloseTo(0.6, 5);
      expect(row![1]).toBeCloseTo(0.8, 5);
    }
    // torch.nn.functional.normalize of a row of length 1e-13 divides by 1e-12.
    const [short] = l2Normalize(tf.tensor2d([[1e-13, 0]])).arraySync();
    expect(short![0]).toBeCloseTo(0.1, 5);
  });

  it('has the gradient of its finite differences, orthogonal to its output, and finite at zero', () => {
    const z: Tensor = random.normal(random.key(1), [3, 4]);
    const weights = random.normal(random.key(2), [3, 4]);
    const f = (t: typeof z): Scalar => l2Normalize(t).mul(weights).sum();
    expectGradientMatchesFiniteDifferences(f, z);
    for (const value of tf.grad(f)(z).mul(z).sum(1).dataSync()) expect(value).toBeCloseTo(0, 5);
    expect(
      tf
        .grad(f)(tf.zeros([3, 4]))
        .isFinite()
        .all()
        .dataSync()[0],
    ).toBe(1);
  });
});
