/** Colours of the playground. */

/** Viridis (van der Walt and Smith 2015) at ten places. */
const STOPS = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 74, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [109, 205, 89],
  [180, 222, 44],
  [253, 231, 37],
] as const;

/** Red, green, blue in [0, 255] for `levels` steps from low to high: [levels, 3]. */
export function viridis(levels: number): Uint8ClampedArray {
  const table = new Uint8ClampedArray(3 * levels);
  for (let level = 0; level < levels; level++) {
    const x = (level / (levels - 1)) * (STOPS.length - 1);
    const i = Math.min(Math.floor(x), STOPS.length - 2);
    for (const c of [0, 1, 2] as const)
      table[3 * level + c] = STOPS[i]![c] + (x - i) * (STOPS[i + 1]![c] - STOPS[i]![c]);
  }
  return table;
}

/** A colour for each direction from the plane's middle, so that neighbours have like ones. */
export const byDirection = (x: number, y: number, lightness: number): string =>
  `hsl(${(Math.atan2(y, x) * 180) / Math.PI} 85% ${lightness}%)`;
