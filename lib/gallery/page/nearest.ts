/** The rows of a bank that point where a query points. */

export interface Neighbor {
  readonly index: number;
  /** The cosine, -1 to 1. */
  readonly cosine: number;
}

/**
 * The k rows of the largest cosine, the largest first; of equal ones the lower index first.
 *
 * @param rows [n, dim], each of length 1 (a row of zeros has cosine 0 with all).
 * @param query [dim], of any length.
 * @param without a row that is left out: the query itself.
 */
export function nearest(
  rows: Float32Array,
  query: ArrayLike<number>,
  k: number,
  without = -1,
): Neighbor[] {
  const dim = query.length;
  let squares = 0;
  for (let d = 0; d < dim; d++) squares += query[d]! ** 2;
  const length = Math.sqrt(squares) || 1;
  const best: Neighbor[] = [];
  for (let index = 0; index < rows.length / dim; index++) {
    if (index === without) continue;
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += rows[index * dim + d]! * query[d]!;
    const cosine = sum / length;
    if (best.length === k && cosine <= best[k - 1]!.cosine) continue;
    let at = best.length;
    while (at > 0 && best[at - 1]!.cosine < cosine) at--;
    best.splice(at, 0, { index, cosine });
    if (best.length > k) best.pop();
  }
  return best;
}
