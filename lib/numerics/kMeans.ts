/** k-means: the plainest way to learn features without labels. */
import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import { compile } from '../core/compile';
import * as random from '../core/random';
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
  // 'graph', as it rounds like the operations one by one: a row between two centres falls to the
  // same one.
  const fit = compile(
    (rows: Tensor2D, own: random.Key) => farApartThenLloyd(rows, k, own, iterations),
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
  const last = distances(x, moved as Tensor2D)
    .min(1)
    .mean();
  return {
    centres: moved as Tensor2D,
    errors: tf.concat([errors as Tensor1D, last.reshape([1]) as Tensor1D]),
  };
}

/** The squared distance of each row to each centre. [n, dim], [k, dim] -> [n, k], at least 0. */
export function distances(x: Tensor2D, centres: Tensor2D): Tensor2D {
  return tf.tidy(() => {
    const cross = tf.matMul(x, centres, false, true).mul(-2);
    return tf.relu(cross.add(x.square().sum(1, true)).add(centres.square().sum(1))) as Tensor2D;
  });
}

/**
 * The triangle code of Coates and Ng: how much nearer than the average centre each centre is, and 0
 * for those further off. About half of a row's entries are 0. [n, dim], [k, dim] -> [n, k] (Coates,
 * Ng and Lee 2011, equation 4).
 */
export function triangleCode(x: Tensor2D, centres: Tensor2D): Tensor2D {
  return tf.tidy(() => {
    const z = distances(x, centres).sqrt();
    return tf.relu(z.mean(1, true).sub(z)) as Tensor2D;
  });
}

/** One iteration: [the new centres, the inertia of the given ones]. */
function lloyd(x: Tensor2D, centres: Tensor2D): readonly [Tensor2D, Scalar] {
  const squares = distances(x, centres);
  const mine = squares
    .argMin(1)
    .toInt()
    .expandDims(1)
    .equal(tf.range(0, centres.shape[0], 1, 'int32'))
    .toFloat() as Tensor2D;
  const counts = mine.sum(0).expandDims(1);
  const means = tf.matMul(mine, x, true, false).div(counts.maximum(1));
  return [tf.where(counts.greater(0), means, centres) as Tensor2D, squares.min(1).mean() as Scalar];
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
  const near = distances(x, chosen).reshape([n]);
  const [, rows] = scan(
    (nearest: Tensor, i) => {
      const logits = nearest.add(1e-30).log().expandDims(0);
      const next = tf.gather(x, random.categorical(random.foldIn(others, i), logits)) as Tensor2D;
      return [tf.minimum(nearest, distances(x, next).reshape([n])), next.reshape([-1])] as const;
    },
    near as Tensor,
    k - 1,
  );
  return tf.concat([chosen, rows as Tensor2D]);
}
