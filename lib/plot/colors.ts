/** From a value to a colour: the same scale for our own pixels and for the chart's legend. */
import { colorScheme } from './render';
import { schemes } from './theme';
import { round } from './values';

export interface ColorOptions {
  /**
   * 'sequential' from dark (low) to light; 'diverging' from blue (below 0) over white to brown
   * (above).
   */
  readonly colors?: keyof typeof schemes;
  /**
   * The values at the scale's ends; what lies outside has the end's colour. By default the data's,
   * around 0 if diverging.
   */
  readonly domain?: readonly [low: number, high: number];
  /** The name of what is coloured. */
  readonly legend?: string;
}

export type Rgb = readonly [red: number, green: number, blue: number];

export interface ColorScale {
  readonly domain: readonly [number, number];
  /** Vega-Lite's definition of the scale. */
  readonly vega: Readonly<Record<string, unknown>>;
  /** `n` colours along the scale, for an indexed picture. */
  palette(n: number): Rgb[];
  /** Where a value lies in [0, 1]. */
  position(value: number): number;
}

export function colorScale(
  range: readonly [number, number],
  { colors = 'sequential', domain }: ColorOptions,
): ColorScale {
  const most = Math.max(Math.abs(range[0]), Math.abs(range[1]));
  const natural = colors === 'diverging' ? ([-most, most] as const) : range;
  const [low, high] = (domain ?? natural).map((end) => round(end)) as [number, number];
  if (domain && !(low < high))
    throw new RangeError(
      `domain: [${domain.join(', ')}] given, [low, high] with low < high expected`,
    );
  const scheme = schemes[colors];
  return {
    domain: [low, high],
    // A constant matrix has no scale of its own: a little is made around its value.
    vega: {
      scheme,
      domain: low < high ? [low, high] : [low - 0.5, high + 0.5],
      clamp: true,
      zero: false,
      nice: false,
    },
    palette: (n) =>
      Array.from({ length: n }, (_, i) => rgb(colorScheme(scheme)(n > 1 ? i / (n - 1) : 0.5))),
    position: (value) =>
      low < high ? Math.min(Math.max((value - low) / (high - low), 0), 1) : 0.5,
  };
}

/** Whether black or white is readable on a colour (its relative luminance, WCAG). */
export function textOn([red, green, blue]: Rgb): 'black' | 'white' {
  const linear = (byte: number): number =>
    byte <= 10 ? byte / 3294.6 : ((byte / 255 + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) > 0.18
    ? 'black'
    : 'white';
}

function rgb(css: string): Rgb {
  const [red = 0, green = 0, blue = 0] = (css.match(/\d+/g) ?? []).map(Number);
  return [red, green, blue];
}
