/** How values are distributed: one histogram, or a few over each other to be compared. */
import { binned } from './bins';
import { Chart, titled } from './chart';
import {
  along,
  axisScale,
  colorBy,
  droppedNote,
  ruleLayers,
  rulesNote,
  tips,
  told,
  type Rule,
  type SizeOptions,
} from './common';
import { ink, size } from './theme';
import { extent, isNumbers, plural, round, span, toNumbers, type Numbers } from './values';

export interface HistogramOptions extends SizeOptions {
  readonly xLabel?: string;
  readonly bins?: number;
  /** The interval that is divided in bins; by default from the least value to the greatest. */
  readonly domain?: readonly [low: number, high: number];
  /** The area is 1 (the default for several, whose sizes may differ), or the height is a count. */
  readonly density?: boolean;
  /** Vertical lines at `x`: a threshold, a mean. */
  readonly rules?: readonly Rule[];
}

/**
 * A histogram; of several named sets, their densities over each other in common bins.
 *
 * Values that are not finite, or outside of `domain`, are left out and counted in the subtitle.
 *
 * @throws when a set has no finite value.
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const chart = plot.histogram({ real: [0.1, 0.2, 0.2], made: [0.6, 0.9] }, { xLabel: 'energy' });
 * assert.match(chart.text, /real 3 values from 0.1 to 0.2/);
 * ```
 */
export function histogram(
  values: Numbers | Readonly<Record<string, Numbers>>,
  options: HistogramOptions = {},
): Chart {
  const { bins = 40, width = size.width, height = size.height } = options;
  if (!Number.isInteger(bins) || bins < 1)
    throw new RangeError(`bins: ${bins} given, a whole number from 1 expected`);
  const named: Readonly<Record<string, Numbers>> = isNumbers(values) ? { values } : values;
  const sets = Object.entries(named).map(([name, own]) => ({ name, values: toNumbers(own, name) }));
  if (sets.length === 0) throw new RangeError('values: no sets given, at least one expected');
  const { density = sets.length > 1 } = options;
  const ends = sets.map((set) => extent(set.values, set.name));
  const [low, high] =
    options.domain ??
    spread(Math.min(...ends.map((end) => end[0])), Math.max(...ends.map((end) => end[1])));
  if (!(low < high))
    throw new RangeError(`domain: [${low}, ${high}] given, [low, high] with low < high expected`);
  const notes = sets.map((set) => {
    const finite = set.values.filter(Number.isFinite);
    const inside = finite.filter((value) => value >= low && value <= high).length;
    if (inside === 0)
      throw new RangeError(
        `${set.name}: none of ${plural(finite.length, 'value')} is in the domain [${low}, ${high}]`,
      );
    const n = set.values.length;
    const note = [
      droppedNote(n - finite.length, n),
      droppedNote(finite.length - inside, n, 'value', 'outside of the axis'),
    ]
      .filter(Boolean)
      .join(', ');
    return note && sets.length > 1 ? `${set.name}: ${note}` : note;
  });
  const step = (high - low) / bins;
  const rows = sets.flatMap((set) => {
    const counts = binned(set.values, low, high, bins);
    const unit = density ? 1 / (counts.reduce((sum, count) => sum + count, 0) * step) : 1;
    // A staircase: each bin's height holds to its right edge, where the last falls to the ground.
    return [...counts, counts.at(-1)!].map((count, i) => ({
      x: round(low + i * step),
      y: round(count * unit, 4),
      set: set.name,
    }));
  });
  const names = sets.map((set) => set.name);
  // What each bin holds, of all sets: the areas lie over each other.
  const binsTold = Array.from({ length: bins }, (_, i) => ({
    from: round(low + i * step),
    to: round(low + (i + 1) * step),
    ...Object.fromEntries(sets.map((_set, k) => [`set${k}`, rows[k * (bins + 1) + i]!.y])),
  }));
  const several = names.length > 1;
  const coloring = several ? { color: colorBy('set', names, { symbolType: 'square' }) } : {};
  const position = {
    x: along('x', options.xLabel ?? 'value', axisScale(false, [low, high]), {
      grid: false,
      tickCount: 6,
    }),
    y: {
      ...along('y', density ? 'density' : 'count', { zero: true }, { tickCount: 4 }),
      stack: null,
    },
  };
  const contents = sets.map(
    (set, i) =>
      `${several ? `${set.name} ` : ''}${plural(set.values.length, 'value')} from ${span(ends[i]!)}`,
  );
  const unit = density ? 'density' : 'count';
  const titles = {
    from: 'from',
    to: 'to',
    ...Object.fromEntries(names.map((name, k) => [`set${k}`, several ? `${name}: ${unit}` : unit])),
  };
  const paint = several ? {} : { color: ink };
  return new Chart(
    {
      ...titled(
        options.title,
        [options.subtitle, ...notes, rulesNote(options.rules, { x: [low, high] })],
        several ? width + size.legend : width,
      ),
      width,
      height,
      data: { values: several ? rows : rows.map(({ x, y }) => ({ x, y })) },
      layer: [
        {
          mark: {
            type: 'area',
            interpolate: 'step-after',
            opacity: several ? 0.25 : 0.55,
            ...paint,
          },
          encoding: { ...position, ...coloring },
        },
        {
          mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.5, ...paint },
          encoding: { ...position, ...coloring },
        },
        {
          data: { values: binsTold },
          mark: { type: 'rect', opacity: 0 },
          encoding: {
            x: { ...position.x, field: 'from' },
            x2: { field: 'to' },
            y: { value: 0 },
            y2: { value: 'height' },
            tooltip: tips(titles),
          },
        },
        ...ruleLayers(options.rules, { x: [low, high] }),
      ],
    },
    { text: told(options.title, `histogram, ${contents.join('; ')}`) },
  );
}

/** Values that are all alike get an interval around them. */
function spread(low: number, high: number): [number, number] {
  const air = low < high ? 0 : Math.abs(low) * 0.05 || 0.5;
  return [low - air, high + air];
}
