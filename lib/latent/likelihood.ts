import { tf, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';

/** How likely data are, given what the decoder says. */
export type Likelihood =
  /** Normal around the decoder's output, with this standard deviation in each coordinate. */
  | { readonly kind: 'gaussian'; readonly std: number }
  /** Pixels in [0, 1], as coins with the probability sigmoid(decoder's output). */
  | { readonly kind: 'bernoulli' };

/** @throws where a standard deviation is not above 0. */
export function expectLikelihood(likelihood: Likelihood): void {
  if (likelihood.kind === 'gaussian') expectNumber('likelihood: std', likelihood.std, { above: 0 });
}

/** -log p(x | output) of each row, in nats: x and output [batch, dim]. */
export function negativeLogLikelihood(
  likelihood: Likelihood,
  x: Tensor2D,
  output: Tensor2D,
): Tensor1D {
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
