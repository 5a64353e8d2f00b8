/** Counting values in bins of equal width. */

/**
 * How many of the finite values lie in each of `bins` equal parts of [low, high]; `high` itself is
 * in the last.
 */
export function binned(
  values: ArrayLike<number>,
  low: number,
  high: number,
  bins: number,
): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  const width = (high - low) / bins;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= low && value <= high)) continue;
    // All values alike: everything is in the middle.
    const bin = width > 0 ? Math.min(Math.floor((value - low) / width), bins - 1) : bins >> 1;
    counts[bin]!++;
  }
  return counts;
}
