import { tf, type Scalar, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import type { Key } from '../core/random';
import { randomDirections } from './prototypes';

export interface EppsPulleyOptions {
  /** The integral runs from -range to range. Above 0; default 3. */
  range?: number;
  /** Points of the trapezoidal rule on [0, range], at least 2; default 17. */
  knots?: number;
}

/**
 * The Epps-Pulley statistic of columns against the standard normal (Epps and Pulley 1983; in
 * LeJEPA, Balestriero and LeCun 2025, section 4.2): how far their characteristic function is from
 * that of N(0, 1).
 *
 *     T = n * integral of | 1/n sum_j exp(i t x_j) - exp(-t^2/2) |^2 exp(-t^2/2) dt
 *
 * A characteristic function knows all of a distribution, so T sees every departure from the normal,
 * not only a wrong mean or variance; and as sines and cosines are bounded, so is its gradient,
 * whatever the sample.
 *
 * @param x [n, columns].
 * @returns [columns], at least 0. Of a standard normal sample its mean is 1.05, whatever n; of any
 * other distribution's it grows in proportion to n.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const [normal, flat] = [
 *   random.normal(random.key(0), [500, 1]),
 *   random.uniform(random.key(0), [500, 1], -5, 5),
 * ];
 * const at = (x: typeof normal) => noncontrastive.eppsPulley(x).dataSync()[0]!;
 * assert.ok(at(normal) < at(flat));
 * ```
 */
export function eppsPulley(
  x: Tensor2D,
  { range = 3, knots = 17 }: EppsPulleyOptions = {},
): Tensor1D {
  const { n } = expectShape('x', x, ['n', 'columns']) as { n: number };
  expectNumber('range', range, { above: 0 });
  expectNumber('knots', knots, { atLeast: 2, integer: true });
  return tf.tidy(() => {
    const step = range / (knots - 1);
    const t = tf.range(0, knots, 1).mul(step);
    const normal = t.square().mul(-0.5).exp();
    // The integrand is even: twice the half line's trapezoids, whose two ends count half.
    const ends = Array.from({ length: knots }, (_, i) =>
      i === 0 || i === knots - 1 ? step : 2 * step,
    );
    const weights = normal.mul(tf.tensor1d(ends));
    const angles = x.expandDims(2).mul(t);
    const distance = angles.cos().mean(0).sub(normal).square().add(angles.sin().mean(0).square());
    return distance.mul(weights).sum(1).mul(n) as Tensor1D;
  });
}

export interface SigregOptions extends EppsPulleyOptions {
  /** Random directions, at least 1; default 256. */
  slices?: number;
}

/**
 * SIGReg, sketched isotropic Gaussian regularisation (Balestriero and LeCun 2025): the mean of the
 * Epps-Pulley statistic over random directions.
 *
 * By Cramer and Wold a distribution is N(0, I) if all of its projections are N(0, 1). Some
 * directions are looked at in each step, others in the next, and a smooth density leaves nothing to
 * hide between them. Time and memory are linear in batch and dimension.
 *
 * @param z [batch, dim]. @param key draws the directions. @returns a scalar, at least 0.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const z = random.normal(random.key(0), [500, 4]);
 * const [spread, collapsed] = [z, z.mul(0.001) as typeof z].map((each) =>
 *   noncontrastive.sigregLoss(each, random.key(1)),
 * );
 * assert.ok(spread!.dataSync()[0] < collapsed!.dataSync()[0]);
 * ```
 */
export function sigregLoss(z: Tensor2D, key: Key, options: SigregOptions = {}): Scalar {
  const { slices = 256, ...test } = options;
  const { dim } = expectShape('z', z, ['batch', 'dim']) as { dim: number };
  expectNumber('slices', slices, { atLeast: 1, integer: true });
  return tf.tidy(
    () =>
      eppsPulley(
        tf.matMul(z, randomDirections(key, slices, dim), false, true),
        test,
      ).mean() as Scalar,
  );
}

/**
 * A prediction's loss and SIGReg as LeJEPA weighs them: (1 - lambda) prediction + lambda sigreg.
 *
 * @param lambda in [0, 1].
 */
export function weighSigreg(
  { prediction, sigreg }: { readonly prediction: Scalar; readonly sigreg: Scalar },
  lambda = 0.05,
): Scalar {
  expectNumber('lambda', lambda, { atLeast: 0, atMost: 1 });
  return prediction.mul(1 - lambda).add(sigreg.mul(lambda)) as Scalar;
}
