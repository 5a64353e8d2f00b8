/** k-means: the plainest way to learn features without labels. */
import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectFloat, expectNumber, expectShape } from '../core/checks';
import { compile } from '../core/compile';
import * as random from '../core/random';
import { tidy } from '../core/pytree';
import { scan } from '../core/scan';

export interface KMeans {
  /** [k, dim]. */
  readonly centres: Tensor2D;
  /**
   * [iterations + 1]: the mean squared distance to the nearest centre at the start and after each
   * iteration; it never rises.
   */
  readonly inertia: Float32Array;
  dispose(): void;
}

/**
 * Lloyd's algorithm (Lloyd 1982) from a k-means++ start (Arthur and Vassilvitskii 2007): each row
 * goes to the nearest centre, each centre to the mean of its rows. A centre without rows stays
 * where it is.
 *
 * The start and all iterations are one compiled call, in which nothing is read back. It is traced
 * at each call, since clusterings of one shape are rare; that costs less than the loops it saves.
 *
 * @param x [n, dim]. @param k centres, at most n.
 * @param options iterations: default 25. It does not stop earlier.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, random, tf } from 'dark-matter';
 * const x = tf.tensor2d([[0], [1], [10], [11]]);
 * const { centres } = measure.kMeans(x, 2, random.key(0));
 * assert.deepEqual(
 *   [...centres.dataSync()].sort((a, b) => a - b),
 *   [0.5, 10.5],
 * );
 * ```
 */
export function kMeans(
  x: Tensor2D,
  k: number,
  key: random.Key,
  { iterations = 25 }: { iterations?: number } = {},
): KMeans {
  const { n } = expectShape('x', x, ['n', 'dim']) as { n: number };
  expectNumber('k', k, { atLeast: 1, atMost: n, integer: true });
  expectNumber('iterations', iterations, { atLeast: 1, integer: true });
  expectFloat('x', x);
  // 'graph', as it rounds like the operations one by one: a row between two centres falls to the
  // same one.
  const fit = compile(
    (rows: Tensor2D, own: random.Key) => {
      // About the mean of the data float32 has its digits to spare for the distances.
      const mean = rows.mean(0, true);
      const centred = rows.sub(mean) as Tensor2D;
      const { centres, errors } = farApartThenLloyd(centred, k, own, iterations);
      return { centres: centres.add(mean) as Tensor2D, errors };
    },
    { name: 'kMeans', mode: 'graph' },
  );
  try {
    const { centres, errors } = fit(x, key);
    const inertia = errors.dataSync() as Float32Array;
    errors.dispose();
    return { centres, inertia, dispose: () => centres.dispose() };
  } finally {
    fit.dispose();
  }
}

/** centres [k, dim], errors [iterations + 1]: the inertia. */
function farApartThenLloyd(
  x: Tensor2D,
  k: number,
  key: random.Key,
  iterations: number,
): { centres: Tensor2D; errors: Tensor1D } {
  const start: Tensor = farApart(x, k, key);
  const [moved, errors] = scan(
    (at: Tensor): readonly [Tensor, Tensor] => lloyd(x, at as Tensor2D),
    start,
    iterations,
  );
  const last = nearest(x, moved as Tensor2D).squares.mean();
  return {
    centres: moved as Tensor2D,
    errors: tf.concat([errors as Tensor1D, last.reshape([1]) as Tensor1D]),
  };
}

/**
 * The squared distance of each row to each centre. [n, dim], [k, dim] -> [n, k], at least 0.
 *
 * One product of matrices, about the mean of the centres; between centres that are far from one
 * another compared with the distances that count, digits are lost: see `nearest`.
 */
export function distances(x: Tensor2D, centres: Tensor2D): Tensor2D {
  return tf.tidy(() => {
    const origin = centres.mean(0, true);
    const [rows, ends] = [x.sub(origin) as Tensor2D, centres.sub(origin) as Tensor2D];
    const cross = tf.matMul(rows, ends, false, true).mul(-2);
    return tf.relu(cross.add(rows.square().sum(1, true)).add(ends.square().sum(1))) as Tensor2D;
  });
}

/** So many candidates are compared by their exact distances. */
const CANDIDATES = 4;

/**
 * The nearest centre of each row, and the squared distance to it, which is exact: of the four that
 * the fast `distances` say are nearest, the one whose differences have the least squares.
 *
 * @param x [n, dim]. @param centres [k, dim].
 * @returns index int32 [n], squares [n]; the caller owns them.
 */
export function nearest(
  x: Tensor2D,
  centres: Tensor2D,
): { readonly index: Tensor1D; readonly squares: Tensor1D } {
  const [n, dim] = x.shape;
  const candidates = Math.min(CANDIDATES, centres.shape[0]);
  return tidy(() => {
    const { indices } = tf.topk(distances(x, centres).neg(), candidates);
    const ends = tf.gather(centres, indices.reshape([-1]).toInt()).reshape([n, candidates, dim]);
    const exact = tf.squaredDifference(x.expandDims(1), ends).sum(2);
    const first = exact.argMin(1).toInt().expandDims(1);
    const chosen = first.equal(tf.range(0, candidates, 1, 'int32')).toInt();
    return {
      index: indices.mul(chosen).sum(1).toInt() as Tensor1D,
      squares: exact.min(1) as Tensor1D,
    };
  });
}

/**
 * The triangle code of Coates and Ng: how much nearer than the average centre each centre is, and 0
 * for those further off. About half of a row's entries are 0. [n, dim], [k, dim] -> [n, k] (Coates,
 * Ng and Lee 2011, equation 4).
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, tf } from 'dark-matter';
 * const code = measure.triangleCode(tf.tensor2d([[0]]), tf.tensor2d([[1], [3]]));
 * // Distances 1 and 3, their mean 2: only the nearer centre answers.
 * assert.deepEqual(code.round().arraySync(), [[1, 0]]);
 * ```
 */
export function triangleCode(x: Tensor2D, centres: Tensor2D): Tensor2D {
  return tf.tidy(() => {
    const z = distances(x, centres).sqrt();
    return tf.relu(z.mean(1, true).sub(z)) as Tensor2D;
  });
}

/** One iteration: [the new centres, the inertia of the given ones]. */
function lloyd(x: Tensor2D, centres: Tensor2D): readonly [Tensor2D, Scalar] {
  const { index, squares } = nearest(x, centres);
  const mine = index
    .expandDims(1)
    .equal(tf.range(0, centres.shape[0], 1, 'int32'))
    .toFloat() as Tensor2D;
  const counts = mine.sum(0).expandDims(1);
  const means = tf.matMul(mine, x, true, false).div(counts.maximum(1));
  return [tf.where(counts.greater(0), means, centres) as Tensor2D, squares.mean() as Scalar];
}

/**
 * k-means++: each further centre is a row, chosen with a probability as the square of its distance
 * to those there are.
 */
function farApart(x: Tensor2D, k: number, key: random.Key): Tensor2D {
  const [n] = x.shape;
  const [first, others] = random.split(key);
  const chosen = tf.gather(x, random.randint(first, [1], 0, n)) as Tensor2D;
  if (k === 1) return chosen;
  const squaresTo = (row: Tensor): Tensor => tf.squaredDifference(x, row).sum(1);
  const near = squaresTo(chosen);
  const [, rows] = scan(
    (squares: Tensor, i) => {
      const logits = squares.add(1e-30).log().expandDims(0);
      const next = tf.gather(x, random.categorical(random.foldIn(others, i), logits)) as Tensor2D;
      return [tf.minimum(squares, squaresTo(next)), next.reshape([-1])] as const;
    },
    near as Tensor,
    k - 1,
  );
  return tf.concat([chosen, rows as Tensor2D]);
}
