/** Which value comes first, second, third. */

/** Ranks from 1, of the least value; equal values share the mean of theirs. */
export function ranksOf(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (const i of order.subarray(start, end)) ranks[i] = (start + end + 1) / 2;
  }
  return ranks;
}
