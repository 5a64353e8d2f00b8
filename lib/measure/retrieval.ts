/** Retrieval: whether the right answer to each query is the nearest of many. */
import { expectFloat, expectNumber, expectShape } from '../core/checks';
import { tf, type Tensor, type Tensor2D } from '../core/engine';
import { expectFinite } from './embedded';

export interface RetrievalOptions {
  /**
   * Whether the mean of the queries is taken off the queries, and that of the gallery off the
   * gallery, before cosines are taken: what all of them share says nothing. Default true.
   */
  readonly center?: boolean;
  /**
   * [n], the group of each row. Others of the right answer's group are then neither right nor wrong:
   * they are passed over. Default: each row is a group of its own.
   */
  readonly groups?: readonly (string | number)[];
}

export interface Retrieval {
  /**
   * [n], the place of the right answer among the gallery's, 1 for the nearest. Others that are just
   * as near count as nearer, so that an embedding which maps everything to one point finds nothing.
   */
  readonly ranks: Int32Array;
  /** The share of queries whose right answer is among the k nearest, in [0, 1]. */
  top(k: number): number;
}

/**
 * Finds each query's counterpart by cosine similarity: row i of the gallery is the right answer to
 * row i of the queries, and all other rows are wrong ones.
 *
 * @param queries [n, dim], float32.
 * @param gallery [n, dim], float32.
 * @throws on other shapes, and on NaN or infinity.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, tf } from 'dark-matter';
 * const queries = tf.tensor2d([[1, 0], [0, 1], [-1, -1]]);
 * const gallery = tf.tensor2d([[2, 0.1], [0.1, 1], [0, -1]]);
 * const found = measure.retrieval(queries, gallery, { center: false });
 * assert.deepEqual([...found.ranks], [1, 1, 1]);
 * assert.equal(found.top(1), 1);
 * ```
 */
export function retrieval(
  queries: Tensor2D,
  gallery: Tensor2D,
  { center = true, groups }: RetrievalOptions = {},
): Retrieval {
  const { n, dim } = expectShape('queries', queries, ['n', 'dim']);
  expectShape('gallery', gallery, [n!, dim!]);
  expectNumber('queries: rows', n!, { atLeast: 1, integer: true });
  for (const [name, x] of Object.entries({ queries, gallery })) {
    expectFloat(name, x);
    expectFinite(name, x);
  }
  if (groups && groups.length !== n)
    throw new Error(`groups: ${groups.length} given, ${n} expected, one a row`);
  const ranks = tf.tidy(() => {
    const [q, g] = [queries, gallery].map((x) => unit(center ? x.sub(x.mean(0)) : x));
    const cosines = tf.matMul(q!, g!, false, true);
    const right = tf.sum(cosines.mul(tf.eye(n!)), 1, true);
    const nearer = cosines.greaterEqual(right).toInt();
    const counted = groups ? nearer.mul(others(groups)) : nearer;
    return counted.sum(1).dataSync() as Int32Array;
  });
  return {
    ranks,
    top(k) {
      expectNumber('k', k, { atLeast: 1, integer: true });
      return ranks.filter((rank) => rank <= k).length / ranks.length;
    },
  };
}

/** [n, n] of 0 and 1: 0 for two rows of one group, but 1 for each with itself. */
function others(groups: readonly (string | number)[]): Tensor {
  const kinds = new Map([...new Set(groups)].map((group, i) => [group, i]));
  const ids = tf.tensor1d(
    groups.map((group) => kinds.get(group)!),
    'int32',
  );
  const apart = ids.expandDims(1).notEqual(ids.expandDims(0)).toInt();
  return tf.maximum(apart, tf.eye(groups.length, groups.length, undefined, 'int32'));
}

/** Rows of length 1; a row of zeros stays, and is equally near to all. */
function unit(x: Tensor): Tensor2D {
  return x.div(tf.maximum(x.norm(2, 1, true), 1e-12)) as Tensor2D;
}

/** One direction of a retrieval between several views. */
export interface RetrievalBetween {
  readonly from: string;
  readonly to: string;
  readonly top1: number;
  readonly top5: number;
}

/**
 * Finds the same thing in every other view, for each ordered pair of views: the same idea by
 * another artist, the same place at another time.
 *
 * @param views by name, two or more, each [n, dim]; row i is thing i in all of them.
 * @returns a row each pair: from whose view, in whose, and the shares found at the first place and
 * among the first five, in [0, 1].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, tf } from 'dark-matter';
 * const noto = tf.tensor2d([[1, 0], [0, 1], [-1, -1]]);
 * const rows = measure.retrievalBetween({ noto, fluent: noto.mul(2) });
 * assert.deepEqual(rows[0], { from: 'noto', to: 'fluent', top1: 1, top5: 1 });
 * ```
 */
export function retrievalBetween(
  views: Readonly<Record<string, Tensor2D>>,
  options?: RetrievalOptions,
): RetrievalBetween[] {
  const names = Object.keys(views);
  if (names.length < 2) throw new Error(`views: [${names.join(', ')}] given, two or more expected`);
  return names.flatMap((from) =>
    names
      .filter((to) => to !== from)
      .map((to) => {
        const found = retrieval(views[from]!, views[to]!, options);
        return { from, to, top1: found.top(1), top5: found.top(5) };
      }),
  );
}
