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

/** A component's share of the mixture, its mean, and the inverse of its covariance. */
interface Component {
  readonly weight: number;
  readonly mean: readonly [x: number, y: number];
  readonly precision: readonly [xx: number, xy: number, yy: number];
}

/** Sums over the points, each counted by its responsibility, about a component's mean. */
type Moments = readonly [count: number, x: number, y: number, xx: number, xy: number, yy: number];

/**
 * A mixture of Gaussians with full covariances in the plane, fitted by expectation-maximisation
 * (Dempster, Laird and Rubin 1977) from means at random points.
 *
 * All squares are taken of differences from a component's own mean, so that no digit is lost
 * wherever the data are: the log density moves with the points.
 *
 * @param points [n, 2], at least as many as components.
 * @returns log p(x) in nats: [n, 2] -> [n].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { data, measure, random } from 'dark-matter';
 *
 * const points = data.toys.moons.sample(random.key(0), 200);
 * const logDensity = measure.gaussianMixture(points, random.key(1), { components: 4 });
 * assert.deepEqual(logDensity(points).shape, [200]);
 * ```
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
  // Means are kept as differences from the data's: far off, float32 could not hold them.
  const origin = read(() => points.mean(0)) as [number, number];
  const centred = tf.tidy(() => points.sub(origin) as Tensor2D);
  const [varianceX, varianceY] = read(() => centred.square().mean(0)) as [number, number];
  const starts = read(() =>
    tf.gather(centred, random.permutation(key, n).slice([0], [components])),
  ) as [number, number][];
  const round: Moments = [1, 0, 0, varianceX / components, 0, varianceY / components];
  let mixture = starts.map((mean) => componentOf(round, mean, components, floor));
  for (let i = 0; i < iterations; i++) {
    const moments = read(() => momentsOf(centred, mixture)) as unknown as Moments[];
    mixture = mixture.map(({ mean }, k) => componentOf(moments[k]!, mean, n, floor));
  }
  centred.dispose();
  return (x) => {
    expectShape('x', x, ['n', 2]);
    return tf.tidy(() => tf.logSumExp(logJoint(x.sub(origin) as Tensor2D, mixture), 1) as Tensor1D);
  };
}

/** The values of a tensor that is not kept. */
function read(f: () => Tensor): unknown {
  const tensor = tf.tidy(f);
  const values = tensor.arraySync();
  tensor.dispose();
  return values;
}

/** The differences of each point from each mean, along x and along y: two of [n, components]. */
function differences(points: Tensor2D, mixture: readonly Component[]): [Tensor2D, Tensor2D] {
  const [x, y] = tf.split(points, 2, 1) as [Tensor2D, Tensor2D];
  return [x.sub(mixture.map(({ mean }) => mean[0])), y.sub(mixture.map(({ mean }) => mean[1]))];
}

/** log( weight_k N(point; mean_k, covariance_k) ), [n, components]. */
function logJoint(points: Tensor2D, mixture: readonly Component[]): Tensor2D {
  const [dx, dy] = differences(points, mixture);
  const entry = (i: 0 | 1 | 2) => mixture.map(({ precision }) => precision[i]);
  const squares = dx
    .square()
    .mul(entry(0))
    .add(dx.mul(dy).mul(entry(1)).mul(2))
    .add(dy.square().mul(entry(2)));
  const constants = mixture.map(
    ({ weight, precision: [a, b, c] }) =>
      Math.log(weight) - Math.log(2 * Math.PI) + 0.5 * Math.log(a * c - b * b),
  );
  return squares.mul(-0.5).add(constants) as Tensor2D;
}

/** The expectation: each component's moments of the points, [components, 6]. */
function momentsOf(points: Tensor2D, mixture: readonly Component[]): Tensor2D {
  const share = tf.softmax(logJoint(points, mixture)) as Tensor2D;
  const [dx, dy] = differences(points, mixture);
  const of = (values: Tensor2D): Tensor => share.mul(values).sum(0);
  return tf.stack(
    [share.sum(0), of(dx), of(dy), of(dx.square()), of(dx.mul(dy)), of(dy.square())],
    1,
  ) as Tensor2D;
}

/** The maximisation: a component from its moments about the mean that it had. */
function componentOf(
  [count, x, y, xx, xy, yy]: Moments,
  [meanX, meanY]: readonly [number, number],
  total: number,
  floor: number,
): Component {
  const own = Math.max(count, 1e-6);
  const [dx, dy] = [x / own, y / own];
  const [varianceX, varianceY] = [
    Math.max(xx / own - dx * dx, 0) + floor,
    Math.max(yy / own - dy * dy, 0) + floor,
  ];
  // A correlation of at most 1 - 1e-4: rounding must not make the covariance singular.
  const most = 0.9999 * Math.sqrt(varianceX * varianceY);
  const covariance = Math.min(Math.max(xy / own - dx * dy, -most), most);
  const determinant = varianceX * varianceY - covariance * covariance;
  return {
    weight: own / total,
    mean: [meanX + dx, meanY + dy],
    precision: [varianceY / determinant, -covariance / determinant, varianceX / determinant],
  };
}
