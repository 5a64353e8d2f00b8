/** Each row's nearest other rows, for graphs of neighbours. */
import { tf, type Tensor2D } from '../core/engine';
import { neighbourIndex } from '../measure/neighbours';

export interface NeighborGraph {
  readonly k: number;
  /** [n, k]: the nearest others of each row, the nearest first. */
  readonly indices: Int32Array;
  /** [n, k]: their cosines, or Euclidean distances. */
  readonly values: Float64Array;
}

/** Queries that are looked up at once: 200 MB of similarities to a bank of 50,000. */
const CHUNK = 1024;

/**
 * @param rows the bank, [n, dim].
 * @param k at most n - 1.
 * @param queries what is looked up. Left out: the bank's rows, each among the others.
 */
export function neighborGraph(
  rows: Tensor2D,
  k: number,
  metric: 'cosine' | 'euclidean',
  queries?: Tensor2D,
): NeighborGraph {
  const asked = queries ?? rows;
  const [n, dim] = asked.shape;
  const indices = new Int32Array(n * k);
  const values = new Float64Array(n * k);
  const index = neighbourIndex(rows, metric);
  const wanted = queries ? k : k + 1;
  for (let from = 0; from < n; from += CHUNK) {
    const size = Math.min(CHUNK, n - from);
    const chunk = tf.slice(asked, [from, 0], [size, dim]) as Tensor2D;
    const found = index.top(chunk, wanted);
    chunk.dispose();
    for (let i = 0; i < size; i++) {
      const row = from + i;
      let at = 0;
      for (let j = 0; j < wanted && at < k; j++) {
        const other = found.indices[i * wanted + j]!;
        // A copy of a row may stand before the row itself, or push it out.
        if (!queries && other === row) continue;
        const value = found.values[i * wanted + j]!;
        indices[row * k + at] = other;
        values[row * k + at] = metric === 'cosine' ? value : Math.sqrt(Math.max(0, -value));
        at++;
      }
    }
  }
  index.dispose();
  return { k, indices, values };
}
