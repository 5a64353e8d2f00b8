import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectSameShape } from '../core/checks';
import { scan } from '../core/scan';

/**
 * min over z of || y - g(z) ||^2 where g is *linear* in z, by conjugate gradients (Hestenes and
 * Stiefel 1952, section 10): exact after as many steps as z has dimensions, and near it long
 * before, where `minimumOverLatent` would creep.
 *
 * Each row is a problem of its own. Of many minima it finds the one nearest to the start. No
 * gradient flows back through it.
 *
 * @param answer g: z [batch, ...] -> [batch, dim], each row's from that row alone, with g(0) = 0.
 * @param y [batch, dim]. @param start [batch, ...].
 * @returns the least energy [batch] and its z, as `start`, owned by the caller.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, tf, type Tensor2D } from 'dark-matter';
 * const [y, start] = [tf.tensor2d([[4, 2]]), tf.zeros([1, 1]) as Tensor2D];
 * // The point on the line (2 z, z) nearest to (4, 2).
 * const { z } = energy.leastSquaresOverLatent(
 *   (at) => tf.concat([at.mul(2), at], 1) as Tensor2D,
 *   y,
 *   start,
 *   { steps: 5 },
 * );
 * assert.ok(Math.abs(z.dataSync()[0] - 2) < 1e-3);
 * ```
 */
export function leastSquaresOverLatent<Z extends Tensor>(
  answer: (z: Z) => Tensor2D,
  y: Tensor2D,
  start: Z,
  { steps }: { readonly steps: number },
): { energy: Tensor1D; z: Z } {
  expectNumber('steps', steps, { atLeast: 1, integer: true });
  const missing = (z: Z): Tensor2D => {
    const given = answer(z);
    expectSameShape('y, answer', y, given);
    return y.sub(given) as Tensor2D;
  };
  const columns = start.shape.map((size, axis) => (axis === 0 ? size : 1));
  const squared = (x: Tensor): Tensor => x.square().reshape([x.shape[0]!, -1]).sum(1);
  /** A number a row beside what has the shape of z. */
  const each = (x: Tensor): Tensor => x.reshape(columns);
  /** g's transpose: the slope of <g(z), residual>, which is the same at every z. */
  const back = (residual: Tensor): Tensor =>
    tf.grad((z) =>
      answer(z as Z)
        .mul(residual)
        .sum(),
    )(start);

  type Carry = {
    readonly z: Tensor;
    readonly residual: Tensor;
    readonly slope: Tensor;
    readonly direction: Tensor;
  };
  const step = ({ z, residual, slope, direction }: Carry) => {
    const moved = answer(direction as Z);
    const far = tf.divNoNan(squared(slope), squared(moved));
    const left = residual.sub(moved.mul(far.expandDims(1)));
    const next = back(left);
    const kept = tf.divNoNan(squared(next), squared(slope));
    return [
      {
        z: z.add(direction.mul(each(far))),
        residual: left,
        slope: next,
        direction: next.add(direction.mul(each(kept))),
      },
      undefined,
    ] as const;
  };
  return tf.tidy(() => {
    const residual = missing(start);
    const slope = back(residual);
    const [{ z }] = scan(
      step,
      { z: start as Tensor, residual: residual as Tensor, slope, direction: slope } as Carry,
      steps,
    );
    return { energy: squared(missing(z as Z)) as Tensor1D, z: z as Z };
  });
}
