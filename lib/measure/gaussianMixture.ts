/** A mixture of Gaussians, fitted: what a density model is to be compared with in the plane. */
import { expectNumber, expectShape } from '../core/checks';
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import * as random from '../core/random';

export interface GaussianMixtureOptions {
  readonly components: number;
  /** Rounds of expectation and maximisation; default 100. */
  readonly iterations?: number;
  /**
   * Added to each variance, in the data's units squared, so that no component shrinks to a point;
   * default 1e-3.
   */
  readonly floor?: number;
}

/**
 * A mixture of Gaussians with full covariances in the plane, fitted by expectation-maximisation
 * (Dempster, Laird and Rubin 1977) from means at random points.
 *
 * In the features phi = (1, x, y, x^2, x y, y^2) a Gaussian's log density is linear and its moments
 * are averages, so that a round is two products of matrices.
 *
 * @param points [n, 2], at least as many as components.
 * @returns log p(x) in nats: [n, 2] -> [n].
 */
export function gaussianMixture(
  points: Tensor2D,
  key: random.Key,
  options: GaussianMixtureOptions,
): (x: Tensor2D) => Tensor1D {
  const { components, iterations = 100, floor = 1e-3 } = options;
  const { n } = expectShape('points', points, ['n', 2]) as { n: number };
  expectNumber('components', components, { atLeast: 1, atMost: n, integer: true });
  expectNumber('iterations', iterations, { atLeast: 1, integer: true });
  expectNumber('floor', floor, { above: 0 });
  const phi = features(points);
  const all = read(() => phi.mean(0)) as number[];
  const [spreadX, spreadY] = [all[3]! - all[1]! ** 2, all[5]! - all[2]! ** 2];
  const means = read(() => points.gather(random.permutation(key, n).slice([0], [components]))) as [
    number,
    number,
  ][];
  const start = means.map(([x, y]): Moments => [
    1,
    x,
    y,
    x * x + spreadX / components,
    x * y,
    y * y + spreadY / components,
  ]);
  let coefficients = coefficientsOf(start, floor);
  for (let i = 0; i < iterations; i++) {
    const moments = read(() => tf.matMul(tf.softmax(logJoint(phi, coefficients)), phi, true));
    coefficients = coefficientsOf(moments as unknown as Moments[], floor);
  }
  phi.dispose();
  return (x) => {
    expectShape('x', x, ['n', 2]);
    return tf.tidy(() => tf.logSumExp(logJoint(features(x), coefficients), 1) as Tensor1D);
  };
}

/** The values of a tensor that is not kept. */
function read(f: () => Tensor): unknown {
  const tensor = tf.tidy(f);
  const values = tensor.arraySync();
  tensor.dispose();
  return values;
}

/** A component's sums of 1, x, y, x^2, x y, y^2, each point counted by its responsibility. */
type Moments = readonly [count: number, x: number, y: number, xx: number, xy: number, yy: number];

/** [n, 2] -> [n, 6]. */
const features = (points: Tensor2D): Tensor2D =>
  tf.tidy(() => {
    const [x, y] = tf.split(points, 2, 1) as [Tensor2D, Tensor2D];
    return tf.concat([tf.onesLike(x), x, y, x.square(), x.mul(y), y.square()], 1) as Tensor2D;
  });

/** log( weight_k N(point; mean_k, covariance_k) ), [n, components]. */
const logJoint = (phi: Tensor2D, coefficients: readonly number[][]): Tensor2D =>
  tf.matMul(phi, tf.tensor2d(coefficients as number[][]), false, true);

/** Each component's log density and weight as coefficients of the features, [components][6]. */
function coefficientsOf(moments: readonly Moments[], floor: number): number[][] {
  const total = moments.reduce((sum, [count]) => sum + count, 0);
  return moments.map(([count, sx, sy, sxx, sxy, syy]) => {
    const own = Math.max(count, 1e-6);
    const [mx, my] = [sx / own, sy / own];
    const [vx, vy] = [
      Math.max(sxx / own - mx * mx, 0) + floor,
      Math.max(syy / own - my * my, 0) + floor,
    ];
    // A correlation of at most 1 - 1e-4: rounding must not make the covariance singular.
    const most = 0.9999 * Math.sqrt(vx * vy);
    const vxy = Math.min(Math.max(sxy / own - mx * my, -most), most);
    const determinant = vx * vy - vxy * vxy;
    const [a, b, c] = [vy / determinant, -vxy / determinant, vx / determinant];
    const constant =
      Math.log(own / total) -
      Math.log(2 * Math.PI) -
      0.5 * Math.log(determinant) -
      0.5 * (a * mx * mx + 2 * b * mx * my + c * my * my);
    return [constant, a * mx + b * my, b * mx + c * my, -0.5 * a, -b, -0.5 * c];
  });
}
