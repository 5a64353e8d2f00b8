import { cholesky } from '../numerics/cholesky';
import { expectNumber, expectShape } from '../core/checks';
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { tidy } from '../core/pytree';
import type { Quadratic } from '../energy/quadratic';

export interface QuadraticOddsOptions {
  /** [n, dim]. */
  readonly data: Tensor2D;
  /** [m, dim]: the contrastive samples, drawn from q. */
  readonly noise: Tensor2D;
  /** log q in nats, [batch, dim] -> [batch]. */
  readonly logNoise: (u: Tensor2D) => Tensor1D;
  /** Newton steps at most; default 40. */
  readonly maxIterations?: number;
}

export interface QuadraticOdds {
  readonly energy: Quadratic;
  readonly iterations: number;
  /**
   * False when there is no optimum to find: a quadric separates data from noise, and the energy
   * would grow for ever.
   */
  readonly converged: boolean;
}

/**
 * The logistic regression of data against contrastive samples whose log odds are a quadric, by
 * Newton's method: the solver of `quadraticNce` and of each step of `telescopingNce`. Convex, so it
 * finds the one optimum.
 */
export function quadraticOdds({
  data,
  noise,
  logNoise,
  maxIterations = 40,
}: QuadraticOddsOptions): QuadraticOdds {
  const { n, dim } = expectShape('data', data, ['n', 'dim']) as { n: number; dim: number };
  const { m } = expectShape('noise', noise, ['m', dim]) as { m: number };
  expectNumber('maxIterations', maxIterations, { atLeast: 1, integer: true });
  const pairs = Array.from({ length: dim }, (_, j) =>
    Array.from({ length: dim - j }, (_unused, k) => [j, j + k] as const),
  ).flat();
  return tidy(() => {
    const points = tf.concat([data, noise]) as Tensor2D;
    const phi = features(points, pairs);
    const prior = logNoise(points)
      .neg()
      .sub(Math.log(m / n));
    const isData = tf.concat([tf.ones([n]), tf.zeros([m])]);
    // The sum of softplus(-G) and softplus(G) is that of softplus(G), less G on the data.
    const at = (w: Float64Array) => {
      const odds = tf
        .matMul(phi, tf.tensor2d(Float32Array.from(w), [w.length, 1]))
        .squeeze([1])
        .add(prior);
      return {
        odds,
        value: () => tf.softplus(odds).sub(odds.mul(isData)).sum().dataSync()[0]! / n,
      };
    };
    const valueAt = (w: Float64Array): number => tidy(() => ({ value: at(w).value() })).value;
    // Begins where nothing is told apart: without log q at the energy 0, with it at the noise's
    // own.
    let [weights, value] = [new Float64Array(phi.shape[1]), roundNoise(noise, pairs)]
      .map((w) => [w, valueAt(w)] as const)
      .reduce((a, b) => (b[1] < a[1] ? b : a));
    for (let iterations = 1; ; iterations++) {
      const result = (converged: boolean): QuadraticOdds => ({
        energy: toQuadratic(weights, pairs, dim),
        iterations,
        converged,
      });
      const { gradient, hessian } = derivatives(
        phi,
        tf.tidy(() => at(weights).odds),
        isData,
        n,
      );
      const step = solveDamped(hessian, gradient);
      // How far below the quadratic model sees the optimum, in nats a datum.
      const promised = step.reduce((sum, s, i) => sum + s * gradient[i]!, 0) / 2;
      if (promised < TOLERANCE) return result(true);
      let size = 1;
      for (; size > SHORTEST; size /= 2) {
        const tried = weights.map((w, i) => w - size * step[i]!);
        const next = valueAt(tried);
        if (next > value + 1e-6 * Math.abs(value)) continue;
        [weights, value] = [tried, next];
        break;
      }
      if (size <= SHORTEST || value < SEPARATED || iterations === maxIterations)
        return result(false);
    }
  });
}

/** Nats a datum: far below every difference that samples leave. */
const TOLERANCE = 1e-6;
/** A Newton step is halved at most so far. */
const SHORTEST = 1e-3;
/** A loss so near 0 means that data and noise are told apart perfectly. */
const SEPARATED = 1e-4;

/** -F is linear in (A_jk, b_j, c): the features of its coefficients, [batch, pairs + dim + 1]. */
function features(u: Tensor2D, pairs: readonly (readonly [number, number])[]): Tensor2D {
  return tf.tidy(() => {
    const column = (axis: 0 | 1): Tensor =>
      tf.gather(
        u,
        tf.tensor1d(
          pairs.map((pair) => pair[axis]),
          'int32',
        ),
        1,
      );
    const factors = tf.tensor1d(pairs.map(([j, k]) => (j === k ? -0.5 : -1)));
    return tf.concat(
      [column(0).mul(column(1)).mul(factors), u, tf.fill([u.shape[0], 1], -1)],
      1,
    ) as Tensor2D;
  });
}

/**
 * Where Newton's method begins: the noise's own energy, but for its correlations, at which nothing
 * is told apart.
 */
function roundNoise(noise: Tensor2D, pairs: readonly (readonly [number, number])[]): Float64Array {
  const [means, variances] = tidy(() => {
    const { mean, variance } = tf.moments(noise, 0);
    return { values: [mean.dataSync(), variance.add(1e-6).dataSync()] as const };
  }).values;
  const curvature = pairs.map(([j, k]) => (j === k ? 1 / variances[j]! : 0));
  const slope = Array.from(means, (mean, j) => mean / variances[j]!);
  const offset = slope.reduce(
    (sum, b, j) => sum + (b * means[j]! + Math.log(2 * Math.PI * variances[j]!)) / 2,
    0,
  );
  return Float64Array.from([...curvature, ...slope, offset]);
}

function toQuadratic(
  weights: Float64Array,
  pairs: readonly (readonly [number, number])[],
  dim: number,
): Quadratic {
  const curvature = Array.from({ length: dim }, () => new Float64Array(dim));
  pairs.forEach(([j, k], i) => (curvature[j]![k] = curvature[k]![j] = weights[i]!));
  return {
    curvature,
    slope: weights.slice(pairs.length, pairs.length + dim),
    offset: weights.at(-1)!,
  };
}

/** Gradient and Hessian of the loss, a datum. */
function derivatives(
  phi: Tensor2D,
  odds: Tensor,
  isData: Tensor,
  n: number,
): { gradient: number[]; hessian: number[][] } {
  const both = tf.tidy(() => {
    const p = tf.sigmoid(odds);
    const weighted = phi.mul(p.mul(tf.sub(1, p)).expandDims(1));
    const gradient = tf.matMul(p.sub(isData).expandDims(0) as Tensor2D, phi);
    return tf.concat([gradient, tf.matMul(weighted as Tensor2D, phi, true)]).div(n) as Tensor2D;
  });
  const [gradient, ...hessian] = both.arraySync();
  both.dispose();
  odds.dispose();
  return { gradient: gradient!, hessian };
}

/** Newton's step; where rounding has left the Hessian indefinite, a shorter one. */
function solveDamped(hessian: number[][], gradient: number[]): Float64Array {
  const size = hessian.reduce((sum, row, i) => sum + row[i]!, 0) / hessian.length;
  for (let damping = 1e-9; ; damping *= 10) {
    const factor = cholesky(
      hessian.map((row, i) => row.map((h, j) => (i === j ? h + damping * size + 1e-12 : h))),
    );
    if (factor) return factor.solve(gradient);
  }
}
