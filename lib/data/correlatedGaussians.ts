/** Pairs whose mutual information is known exactly. */
import { expectNumber, expectShape } from '../core/checks';
import { tf, type Tensor2D } from '../core/engine';
import * as tree from '../core/pytree';
import * as random from '../core/random';

export interface CorrelatedGaussiansOptions {
  /** Coordinates of x, and of y. */
  readonly dim: number;
  /** Of each coordinate of x with the same one of y; above -1 and below 1. */
  readonly correlation: number;
}

/** x and y, each a standard Gaussian, correlated coordinate by coordinate. */
export interface CorrelatedGaussians {
  /** I(x; y) in nats. */
  readonly information: number;
  /** n independent pairs, each [n, dim]. The same key gives the same pairs. */
  sample(key: random.Key, n: number): { readonly x: Tensor2D; readonly y: Tensor2D };
  /**
   * The energy of every x with every y whose exp(-F) is the ratio of the densities p(y given x) and
   * p(y): [n, dim] and [m, dim] -> [n, m], in nats. No critic can do better.
   */
  energies(x: Tensor2D, y: Tensor2D): Tensor2D;
}

/**
 * Correlated Gaussians, on which estimates of mutual information are tried (Poole et al. 2019,
 * section 4): with correlation r, I(x; y) = -dim/2 log(1 - r^2).
 *
 * @example
 * ```ts
 * import { data, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const pairs = data.correlatedGaussians({ dim: 2, correlation: 0.8 });
 * const { x, y } = pairs.sample(random.key(0), 5);
 * assert.deepEqual(pairs.energies(x, y).shape, [5, 5]);
 * assert.ok(Math.abs(pairs.information + Math.log(0.36)) < 1e-9);
 * ```
 */
export function correlatedGaussians({
  dim,
  correlation,
}: CorrelatedGaussiansOptions): CorrelatedGaussians {
  expectNumber('dim', dim, { atLeast: 1, integer: true });
  expectNumber('correlation', correlation, { above: -1, below: 1 });
  const left = 1 - correlation ** 2; // the variance of y that x does not tell
  const information = (-dim / 2) * Math.log(left);
  return {
    information,
    sample(key, n) {
      expectNumber('n', n, { atLeast: 1, integer: true });
      return tree.tidy(() => {
        const [ofX, ofRest] = random.split(key);
        const x = random.normal(ofX, [n, dim]) as Tensor2D;
        const rest = random.normal(ofRest, [n, dim]).mul(Math.sqrt(left));
        return { x, y: x.mul(correlation).add(rest) as Tensor2D };
      });
    },
    energies(x, y) {
      expectShape('x', x, ['n', dim]);
      expectShape('y', y, ['m', dim]);
      return tf.tidy(() => {
        const half = correlation ** 2 / left / 2;
        const lengths = x.square().sum(1, true).add(y.square().sum(1)).mul(half);
        const products = tf.matMul(x, y, false, true).mul(correlation / left);
        return lengths.sub(products).sub(information) as Tensor2D;
      });
    },
  };
}
