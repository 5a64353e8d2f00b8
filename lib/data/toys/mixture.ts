/**
 * Mixtures of round Gaussians in the plane: the exact density of every toy that is "points or
 * curves plus noise".
 */
import { tf, type Tensor1D, type Tensor2D } from '../../core/engine';
import { gaussLegendre } from './quadrature';

/** Centres with weights that sum to 1, and one standard deviation for all. */
export interface Mixture {
  /** [x, y] of each centre. */
  readonly centres: readonly (readonly [number, number])[];
  /** The probability of each centre. */
  readonly weights: readonly number[];
  readonly std: number;
}

/** Elements a slice: keeps the [points, centres] table within about 4 MB. */
const tableSize = 2 ** 20;

/**
 * log p(x) = log sum_j w_j N(x; c_j, std^2 I), stable however far x lies from all centres.
 *
 * @param x [n, 2].
 * @returns [n], in nats.
 */
export function mixtureLogDensity({ centres, weights, std }: Mixture, x: Tensor2D): Tensor1D {
  return tf.tidy(() => {
    const [n] = x.shape;
    const across = (axis: 0 | 1) =>
      tf.tensor2d(
        centres.map((c) => c[axis]),
        [1, centres.length],
      );
    const [cx, cy] = [across(0), across(1)];
    const logWeights = tf.tensor2d(
      weights.map((w) => Math.log(w) - Math.log(2 * Math.PI * std * std)),
      [1, weights.length],
    );
    const rows = Math.max(1, Math.floor(tableSize / centres.length));
    const parts: Tensor1D[] = [];
    for (let start = 0; start < n; start += rows) {
      const size = Math.min(rows, n - start);
      parts.push(
        tf.tidy(() => {
          const from = (axis: 0 | 1) => tf.slice(x, [start, axis], [size, 1]);
          const squares = tf.add(tf.square(tf.sub(from(0), cx)), tf.square(tf.sub(from(1), cy)));
          return tf.logSumExp(
            tf.sub(logWeights, tf.mul(squares, 1 / (2 * std * std))),
            1,
          ) as Tensor1D;
        }),
      );
    }
    return parts.length === 1 ? parts[0]! : tf.concat(parts);
  });
}

/**
 * A curve seen as a mixture: the density of c(t) + noise, t uniform on [from, to], is the integral
 * of N(x; c(t), std^2 I) over t, and this its Gauss-Legendre quadrature with `count` nodes.
 *
 * With nodes at most `std` apart along the curve the error is below 1e-6 of the density's maximum.
 */
export function curveNodes(
  curve: (t: number) => readonly [number, number],
  from: number,
  to: number,
  count: number,
  density: (t: number) => number = () => 1 / (to - from),
): Pick<Mixture, 'centres' | 'weights'> {
  const { nodes, weights } = gaussLegendre(count);
  const half = (to - from) / 2;
  const at = nodes.map((node) => from + half * (node + 1));
  return { centres: at.map(curve), weights: at.map((t, j) => half * weights[j]! * density(t)) };
}
