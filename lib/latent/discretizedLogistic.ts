/** Grey levels as what they are, a finite number of them: shares of a logistic curve. */
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectShape } from '../core/checks';

/** No curve is narrower than this: a quarter of the distance of two of 256 levels. */
const leastLogScale = -7;
/** Flatter than this all levels are alike, and float32 cannot tell the curves apart. */
const greatestLogScale = 7;

/**
 * -log P(x) of each row in nats, of the discretized logistic likelihood (Kingma et al. 2016, with
 * the edges of Salimans et al. 2017). A level k gets the part of the curve that is nearest to it,
 * and the two outer levels get all that lies beyond them:
 *
 *     P(k) = s((k + w/2 - mean) / scale) - s((k - w/2 - mean) / scale),      s the sigmoid
 *
 * with w the distance of two levels. It is a probability, so that -log P is at least 0, and divided
 * by log 2 the length of a code in bits. With two levels it is a coin.
 *
 * The difference is never taken: with a and b the two arguments, a < b,
 * s(b) - s(a) = s(b) s(-a) (1 - e^(a - b)), of which each logarithm is exact.
 *
 * @param x [batch, dim], of the levels 0, w, 2w, ..., 1.
 * @param output [batch, 2 dim], the means and then the log scales.
 * @param levels how many there are; default 256.
 */
export function discretizedLogisticNll(x: Tensor2D, output: Tensor2D, levels = 256): Tensor1D {
  expectShape('decoder: output', output, [x.shape[0], 2 * x.shape[1]]);
  const { mean, scale } = curvesOf(output);
  const width = 1 / (levels - 1);
  const below = x.sub(width / 2);
  const above = x.add(width / 2);
  const isAboveBlack = below.greater(0).toFloat();
  const isBelowWhite = above.less(1).toFloat();
  const fromBelow = tf.softplus(below.sub(mean).div(scale)).mul(isAboveBlack);
  const fromAbove = tf.softplus(mean.sub(above).div(scale)).mul(isBelowWhite);
  const between = tf.expm1(tf.div(-width, scale)).neg().log();
  return fromBelow
    .add(fromAbove)
    .sub(between.mul(isAboveBlack).mul(isBelowWhite))
    .sum(1) as Tensor1D;
}

/**
 * The level to be expected, but for the rounding to levels: the mean of the logistic cut off at 0
 * and at 1, which is the integral of P(above t) over t in [0, 1]. [batch, 2 dim] -> [batch, dim].
 */
export function expectedGrey(output: Tensor2D): Tensor2D {
  const { mean, scale } = curvesOf(output);
  const overBlack = tf.softplus(mean.div(scale));
  const overWhite = tf.softplus(mean.sub(1).div(scale));
  return overBlack.sub(overWhite).mul(scale) as Tensor2D;
}

function curvesOf(output: Tensor2D): { mean: Tensor; scale: Tensor } {
  const [mean, logScale] = tf.split(output, 2, 1) as [Tensor, Tensor];
  return { mean, scale: logScale.clipByValue(leastLogScale, greatestLogScale).exp() };
}
