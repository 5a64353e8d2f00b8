import { tf, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import { discretizedLogisticNll, expectedGrey } from './discretizedLogistic';

/** How likely data are, given what the decoder says. */
export type Likelihood =
  /** Normal around the decoder's output, with this standard deviation in each coordinate. */
  | { readonly kind: 'gaussian'; readonly std: number }
  /** Pixels in [0, 1], as coins with the probability sigmoid(decoder's output). */
  | { readonly kind: 'bernoulli' }
  /**
   * Pixels with a number of equally spaced levels from 0 to 1, 256 by default: each level has the
   * share of a logistic curve that lies nearest to it. The decoder gives two numbers a pixel: first
   * all means, then all log scales.
   */
  | { readonly kind: 'discretizedLogistic'; readonly levels?: number };

/** @throws where a standard deviation is not above 0, or there are fewer than two levels. */
export function expectLikelihood(likelihood: Likelihood): void {
  if (likelihood.kind === 'gaussian') expectNumber('likelihood: std', likelihood.std, { above: 0 });
  if (likelihood.kind === 'discretizedLogistic' && likelihood.levels !== undefined)
    expectNumber('likelihood: levels', likelihood.levels, { atLeast: 2, integer: true });
}

/**
 * -log p(x | output) of each row, in nats: x [batch, dim] and output [batch, dim], or
 * [batch, 2 dim] where the likelihood takes two numbers a pixel.
 */
export function negativeLogLikelihood(
  likelihood: Likelihood,
  x: Tensor2D,
  output: Tensor2D,
): Tensor1D {
  if (likelihood.kind === 'discretizedLogistic')
    return discretizedLogisticNll(x, output, likelihood.levels);
  expectShape('decoder: output', output, x.shape);
  if (likelihood.kind === 'bernoulli') {
    // -x log s - (1 - x) log (1 - s) with s = sigmoid(o) is softplus(o) - x o: no logarithm of 0.
    return tf.softplus(output).sub(x.mul(output)).sum(1) as Tensor1D;
  }
  const { std } = likelihood;
  const perCoordinate = Math.log(std) + Math.log(2 * Math.PI) / 2;
  return x
    .sub(output)
    .square()
    .sum(1)
    .div(2 * std ** 2)
    .add(perCoordinate * x.shape[1]) as Tensor1D;
}

/** The data to be expected, given what the decoder says: [batch, dim]. */
export function expectedData(likelihood: Likelihood, output: Tensor2D): Tensor2D {
  if (likelihood.kind === 'discretizedLogistic') return expectedGrey(output);
  return likelihood.kind === 'bernoulli' ? (output.sigmoid() as Tensor2D) : output;
}
