// @ts-check
/** Medians with their spread. */

/** @typedef {{ median: number, p10: number, p90: number }} Spread */

/**
 * The value below which a part `q` of the values lies, between neighbours by a straight line.
 * @param {readonly number[]} values
 * @param {number} q
 */
export function quantile(values, q) {
  if (values.length === 0) throw new Error('quantile: no values given, at least one expected');
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const [low, high] = [sorted[below], sorted[Math.min(below + 1, sorted.length - 1)]];
  return low + (high - low) * (at - below);
}

/** @param {readonly number[]} values @returns {Spread} */
export const spread = (values) => ({
  median: quantile(values, 0.5),
  p10: quantile(values, 0.1),
  p90: quantile(values, 0.9),
});

/**
 * How many times as long `a` takes as `b`, round by round: both took their turn in the same minute,
 * so a busy machine falls on both.
 *
 * @param {readonly number[]} a @param {readonly number[]} b
 */
export const ratio = (a, b) => spread(a.map((value, i) => value / b[i]));
