/** Kernel density estimation: the data itself, blurred. */
import { expectNumber, expectShape } from '../core/checks';
import { tf, type Tensor1D, type Tensor2D } from '../core/engine';

/** Elements of a slice of the [points, data] table of distances: about 4 MB. */
const tableSize = 2 ** 20;

/**
 * The density that has a round Gaussian of width `bandwidth` on each point (Parzen 1962).
 *
 * @param points [n, 2]; they must not be disposed of while the result is in use.
 * @param bandwidth the standard deviation of a kernel, above 0, in the data's units.
 * @returns log p(x) in nats: [m, 2] -> [m], differentiable.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, tf } from 'dark-matter';
 * // One point, blurred by 1: a standard normal in the plane.
 * const logP = measure.kernelDensity(tf.tensor2d([[0, 0]]), 1);
 * assert.ok(Math.abs(logP(tf.tensor2d([[0, 0]])).dataSync()[0] + Math.log(2 * Math.PI)) < 1e-5);
 * ```
 */
export function kernelDensity(points: Tensor2D, bandwidth: number): (x: Tensor2D) => Tensor1D {
  const { n } = expectShape('points', points, ['n', 2]) as { n: number };
  expectNumber('bandwidth', bandwidth, { above: 0 });
  const logNormaliser = Math.log(n) + Math.log(2 * Math.PI * bandwidth ** 2);
  const rows = Math.max(1, Math.floor(tableSize / n));
  return (x) => {
    const { m } = expectShape('x', x, ['m', 2]) as { m: number };
    return tf.tidy(() => {
      // Differences first, squares then: expanded into |x|^2 - 2 x p + |p|^2, the squares would lose
      // all digits far from the origin.
      const [px, py] = tf.split(points.transpose(), 2) as [Tensor2D, Tensor2D];
      const parts: Tensor1D[] = [];
      for (let start = 0; start < m; start += rows) {
        parts.push(
          tf.tidy(() => {
            const slice = x.slice([start, 0], [Math.min(rows, m - start), 2]);
            const [qx, qy] = tf.split(slice, 2, 1) as [Tensor2D, Tensor2D];
            // Not tf.squaredDifference, whose gradient is wrong where shapes are broadcast.
            const distances = qx.sub(px).square().add(qy.sub(py).square());
            return distances
              .mul(-0.5 / bandwidth ** 2)
              .logSumExp(1)
              .sub(logNormaliser) as Tensor1D;
          }),
        );
      }
      return parts.length === 1 ? parts[0]! : tf.concat(parts);
    });
  };
}
