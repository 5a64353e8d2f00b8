/** Colours of the playground. */

/** From a deep valley to a pale plateau, in even steps of lightness. */
const STOPS = [
  [26, 18, 62],
  [40, 45, 112],
  [44, 82, 145],
  [52, 120, 158],
  [84, 155, 161],
  [138, 187, 165],
  [192, 213, 182],
  [232, 230, 206],
  [246, 241, 226],
] as const;

/** The colours from low to high, in CSS. */
export const lowToHigh = (): string => STOPS.map((stop) => `rgb(${stop.join(' ')})`).join(', ');

/** Red, green, blue in [0, 255] for `levels` steps from low to high: [levels, 3]. */
export function heights(levels: number): Uint8ClampedArray {
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
export const byDirection = (x: number, y: number): string =>
  `hsl(${(Math.atan2(y, x) * 180) / Math.PI} 85% 62%)`;
