import { tf, tree } from 'dark-matter';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/**
 * Central differences along each coordinate against tf.grad. In float32 a step of 1e-2 leaves an
 * error near 1e-4 of the gradient's size for smooth functions of unit scale; the tolerance says so.
 */
export function expectGradientMatchesFiniteDifferences(
  f: (x: Tensor) => Scalar,
  x: Tensor,
  { step = 1e-2, tolerance = 5e-3 }: { step?: number; tolerance?: number } = {},
): void {
  const exact = tf.grad(f)(x).dataSync();
  const values = x.dataSync();
  const at = (i: number, delta: number): number =>
    tf.tidy(() => {
      const moved = Float32Array.from(values);
      moved[i]! += delta;
      return f(tf.tensor(moved, x.shape)).dataSync()[0]!;
    });
  const scale = Math.max(1e-2, ...exact.map(Math.abs));
  for (let i = 0; i < values.length; i++) {
    const difference = (at(i, step) - at(i, -step)) / (2 * step);
    expect(
      Math.abs(difference - exact[i]!) / scale,
      `coordinate ${i}: ${difference} against ${exact[i]}`,
    ).toBeLessThan(tolerance);
  }
}

/** The same along each coordinate of each tensor of a loss's parameters. */
export function expectParameterGradientsMatchFiniteDifferences<P>(
  loss: (params: P) => Scalar,
  params: P,
  options: { step?: number; tolerance?: number } = {},
): void {
  const { leaves, structure } = tree.flatten(params);
  leaves.forEach((leaf, i) => {
    const at = (moved: Tensor): Scalar =>
      loss(structure.rebuild(leaves.map((still, j) => (j === i ? moved : still))) as P);
    expectGradientMatchesFiniteDifferences(
      (moved) => at(moved).add(moved.sum().mul(0)),
      leaf,
      options,
    );
  });
}
