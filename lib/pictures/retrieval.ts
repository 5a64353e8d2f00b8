/** Which of these pictures is that one? Counted without labels, or with them. */
import { tf, type Tensor2D } from '../core/engine';
import { expectShape } from '../core/checks';
import { neighbourIndex } from '../measure/neighbours';
import { retrieval } from '../measure/retrieval';

/**
 * For each query, whether its nearest row of the bank is the one at the same place.
 *
 * Nearest by cosine, after the bank's mean was taken off both: raw pixels would point all the same
 * way otherwise. A row that is just as near counts as nearer (`measure.retrieval`): an encoder that
 * gives all pictures one embedding finds none.
 *
 * @param queries [n, dim], float32.
 * @param bank [n, dim], float32: row i belongs to query i.
 * @returns [n], 1 where it was found and 0 where it was not.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures, random } from 'dark-matter';
 *
 * const bank = random.normal(random.key(0), [20, 8]);
 * const near = bank.add(random.normal(random.key(1), [20, 8], 0, 0.01)) as typeof bank;
 * assert.ok(pictures.findsTwin(near, bank).every((hit) => hit === 1));
 * ```
 */
export function findsTwin(queries: Tensor2D, bank: Tensor2D): Uint8Array {
  expectShape('bank', bank, ['n', 'dim']);
  const [q, b] = centred(queries, bank);
  const { ranks } = retrieval(q, b, { center: false });
  tf.dispose([q, b]);
  return Uint8Array.from(ranks, (rank) => Number(rank === 1));
}

/**
 * For each query, whether its nearest *other* row of the bank has its label.
 *
 * Nearest by cosine, after the bank's mean was taken off both.
 *
 * @param queries [m, dim] with labels [m] and, in `rows`, which row of the bank each query is; -1
 * where it is none.
 * @param bank [n, dim] with labels [n]; n of at least 2.
 * @returns [m], 1 or 0.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures, tf } from 'dark-matter';
 *
 * const features = tf.tensor2d([[1, 0], [1, 0.1], [0, 1], [0.1, 1]]);
 * const set = { features, labels: [0, 0, 1, 1], rows: [0, 1, 2, 3] };
 * assert.deepEqual([...pictures.findsLabel(set, set)], [1, 1, 1, 1]);
 * ```
 */
export function findsLabel(
  queries: {
    readonly features: Tensor2D;
    readonly labels: ArrayLike<number>;
    readonly rows: ArrayLike<number>;
  },
  bank: { readonly features: Tensor2D; readonly labels: ArrayLike<number> },
): Uint8Array {
  const { indices } = nearest(queries.features, bank.features, 2);
  return Uint8Array.from(queries.labels, (label, query) => {
    const [first, second] = [indices[2 * query]!, indices[2 * query + 1]!];
    const found = first === queries.rows[query] ? second : first;
    return Number(bank.labels[found] === label);
  });
}

/** The k nearest rows of each query, [queries * k]. */
function nearest(queries: Tensor2D, bank: Tensor2D, k: number): { indices: Int32Array } {
  const [q, b] = centred(queries, bank);
  const index = neighbourIndex(b, 'cosine');
  try {
    return index.top(q, k);
  } finally {
    index.dispose();
    tf.dispose([q, b]);
  }
}

/** Both without the bank's mean. */
const centred = (queries: Tensor2D, bank: Tensor2D): [Tensor2D, Tensor2D] =>
  tf.tidy(() => {
    const mean = bank.mean(0);
    return [queries.sub(mean), bank.sub(mean)];
  });
