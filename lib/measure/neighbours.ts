/**
 * The nearest rows of a bank, exactly: float32 finds the candidates, float64 decides.
 *
 * A product of matrices in float32 is fast, and wrong by its rounding: between clusters that are
 * 2,000 apart by more than neighbours within one differ. How wrong it can be is known, so all rows
 * that rounding may have put in the wrong place are compared once more, on the host.
 */
import { tf, type Tensor, type Tensor2D } from '../core/engine';
import { tidy } from '../core/pytree';

/** The nearest rows of each query, the nearest first; of equally near rows the one with the lower index. */
export interface Neighbours {
  /** [queries * k], row by row: cosines, or minus the squared distances. */
  readonly values: Float64Array;
  /** [queries * k]: where they are in the bank. */
  readonly indices: Int32Array;
}

/** Finds the k rows of a bank that are most similar to each query. */
export interface NeighbourIndex {
  /** @param query [queries, dim]. */
  top(query: Tensor2D, k: number): Neighbours;
  dispose(): void;
}

/** Below this norm a row has no direction, and its cosine with all rows is taken to be 0. */
const SHORTEST = 1e-12;

/** @param rows the bank, [n, dim]. */
export function neighbourIndex(rows: Tensor2D, metric: 'cosine' | 'euclidean'): NeighbourIndex {
  return metric === 'cosine' ? byCosine(rows) : byDistance(rows);
}

function byCosine(rows: Tensor2D): NeighbourIndex {
  const [n, dim] = rows.shape;
  const unit = (x: Tensor2D): Tensor2D =>
    tf.tidy(() => tf.div(x, tf.maximum(tf.norm(x, 2, 1, true), SHORTEST)));
  const bank = unit(rows);
  const exactBank = rows.dataSync();
  const lengths = lengthsOf(exactBank, n, dim);
  return {
    top(query, k) {
      const exactQuery = query.dataSync();
      const queryLengths = lengthsOf(exactQuery, query.shape[0], dim);
      const similarity = tf.tidy(() => tf.matMul(unit(query), bank, false, true) as Tensor2D);
      return best(similarity, k, {
        error: () => 2 * rounding(dim),
        exact: (q, b) => {
          let sum = 0;
          for (let d = 0; d < dim; d++) sum += exactQuery[q * dim + d]! * exactBank[b * dim + d]!;
          return sum / (queryLengths[q]! * lengths[b]!);
        },
      });
    },
    dispose: () => bank.dispose(),
  };
}

function byDistance(rows: Tensor2D): NeighbourIndex {
  const [n, dim] = rows.shape;
  // Distances do not change with the origin; at the bank's mean the squares below lose the fewest
  // digits.
  const { centre, bank, halfSquares } = tidy(() => {
    const mean = rows.mean(0);
    const centred = rows.sub(mean) as Tensor2D;
    return { centre: mean, bank: centred, halfSquares: centred.square().sum(1).mul(0.5) };
  });
  const exactBank = rows.dataSync();
  const longest = largest(lengthsOf(bank.dataSync(), n, dim));
  return {
    top(query, k) {
      const exactQuery = query.dataSync();
      const { centred, similarity } = tidy(() => {
        const moved = query.sub(centre) as Tensor2D;
        // |q - b|^2 = |q|^2 - 2 (q.b - |b|^2 / 2): for a given q the nearest has the largest
        // bracket.
        const bracket = tf.matMul(moved, bank, false, true).sub(halfSquares) as Tensor2D;
        return { centred: moved, similarity: bracket };
      });
      const lengths = lengthsOf(centred.dataSync(), query.shape[0], dim);
      centred.dispose();
      return best(similarity, k, {
        error: (q) => rounding(dim) * longest * (lengths[q]! + longest),
        exact: (q, b) => {
          let sum = 0;
          for (let d = 0; d < dim; d++)
            sum += (exactQuery[q * dim + d]! - exactBank[b * dim + d]!) ** 2;
          return -sum;
        },
      });
    },
    dispose: () => tf.dispose([centre, bank, halfSquares] as Tensor[]),
  };
}

/** How far a sum of `dim` products in float32 may be off, for factors of length 1. */
const rounding = (dim: number): number => (4 * Math.sqrt(dim) + 8) * 2 ** -24;

/**
 * The k most similar of each row, in the exact order.
 *
 * @param similarity [queries, n] in float32; disposed of here.
 * @param error how far a query's similarities may be off, at most.
 */
function best(
  similarity: Tensor2D,
  k: number,
  { error, exact }: { error(query: number): number; exact(query: number, row: number): number },
): Neighbours {
  const [queries, n] = similarity.shape;
  const values = new Float64Array(queries * k);
  const indices = new Int32Array(queries * k);
  let open = Int32Array.from({ length: queries }, (_, query) => query);
  // More candidates for the queries whose k-th neighbour the last candidate might still outdo.
  for (let m = Math.min(n, 2 * k + 8); open.length > 0; m = Math.min(n, 4 * m)) {
    const candidates = topOf(similarity, open, m);
    open = open.filter((query, i) => {
      const at = i * m;
      const kth = candidates.values[at + k - 1]!;
      if (m < n && kth - candidates.values[at + m - 1]! <= 2 * error(query)) return true;
      const rows = Array.from(candidates.indices.subarray(at, at + m))
        .map((row) => ({ row, value: exact(query, row) }))
        .sort((a, b) => b.value - a.value || a.row - b.row);
      for (let j = 0; j < k; j++) {
        values[query * k + j] = rows[j]!.value;
        indices[query * k + j] = rows[j]!.row;
      }
      return false;
    });
  }
  similarity.dispose();
  return { values, indices };
}

function topOf(
  similarity: Tensor2D,
  queries: Int32Array,
  m: number,
): { values: Float32Array; indices: Int32Array } {
  const found = tf.tidy(() => tf.topk(tf.gather(similarity, tf.tensor1d(queries, 'int32')), m));
  const values = found.values.dataSync() as Float32Array;
  const indices = found.indices.dataSync() as Int32Array;
  tf.dispose([found.values, found.indices]);
  return { values, indices };
}

/** The length of each row, in float64, and not below the shortest. */
function lengthsOf(values: ArrayLike<number>, rows: number, dim: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += values[row * dim + d]! ** 2;
    return Math.max(Math.sqrt(sum), SHORTEST);
  });
}

const largest = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, b), 0);
