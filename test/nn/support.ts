import { expect } from 'vitest';
import { tf, type Tensor } from '../../lib/core/engine';
import { grad } from '../../lib/train/grad';
import { key, normal } from '../../lib/core/random';

/** Normal numbers, the same in each run. */
export function normals(shape: number[], seed = 7): Tensor {
  return tf.tidy(() => normal(key(seed), shape));
}

/** Fails when `f` leaves more tensors behind, or fewer, than there were. */
export function leakFree(f: () => void): void {
  const before = tf.memory().numTensors;
  f();
  expect(tf.memory().numTensors).toBe(before);
}

/**
 * |analytic - numeric| of a scalar function's gradient, the largest over all entries, by central
 * differences.
 */
export function gradientError(f: (x: Tensor) => Tensor, x: Tensor, step = 1e-2): number {
  return tf.tidy(() => {
    const analytic = grad((t: Tensor) => f(t).asScalar())(x).dataSync();
    const values = x.dataSync();
    let worst = 0;
    for (let i = 0; i < values.length; i++) {
      const at = (delta: number): number => {
        const moved = Float32Array.from(values);
        moved[i]! += delta;
        return f(tf.tensor(moved, x.shape)).dataSync()[0]!;
      };
      worst = Math.max(worst, Math.abs(analytic[i]! - (at(step) - at(-step)) / (2 * step)));
    }
    return worst;
  });
}
