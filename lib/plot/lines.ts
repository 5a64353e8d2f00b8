/**
 * Lines over an axis: losses, accuracies, schedules; one a method, in a band where there are
 * several seeds.
 */
import { Chart, titled } from './chart';
import {
  along,
  axisScale,
  colorBy,
  decades,
  droppedNote,
  faded,
  legendParameter,
  ruleLayers,
  rulesNote,
  tips,
  told,
  type AxisOptions,
} from './common';
import { ink, size } from './theme';
import { describe, extent, isNumbers, isRecord, round, toNumbers, type Numbers } from './values';

/** A line through (x, y), by default x = 1, 2, 3, …; with `low` and `high` it runs in a band. */
export interface Line {
  readonly y: Numbers;
  readonly x?: Numbers;
  readonly low?: Numbers;
  readonly high?: Numbers;
  /** A word beside each point, such as the setting it belongs to. On a line of few points. */
  readonly labels?: readonly string[];
}

/**
 * The same curve from several seeds: drawn as their mean, in a band from the least to the greatest.
 */
export interface Runs {
  readonly runs: readonly Numbers[];
  readonly x?: Numbers;
}

export interface LinesOptions extends AxisOptions {
  /**
   * The most points a line is drawn with, 240 by default. A longer one keeps the least and greatest
   * of each stretch.
   */
  readonly maxPoints?: number;
  /** Marks each point, for lines of few. By default up to 12 points. */
  readonly points?: boolean;
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
  readonly label?: string;
}

/**
 * A line chart. Points that are not finite, or not above 0 on a log axis, are left out and counted
 * in the subtitle.
 *
 * @param series one line, or lines by name.
 * @throws when a line has no drawable point, or when x, y, low and high differ in length.
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const chart = plot.lines({ SimCLR: [2, 1, 0.5], BYOL: [1, 0.8, 0.7] }, { yLabel: 'loss' });
 * assert.match(chart.text, /SimCLR 2 → 0.5/);
 * ```
 */
export function lines(
  series: Numbers | Readonly<Record<string, Numbers | Line | Runs>>,
  options: LinesOptions = {},
): Chart {
  const { width = size.width, height = size.height, maxPoints = 240, logX, logY } = options;
  const named: Readonly<Record<string, Numbers | Line | Runs>> = isNumbers(series)
    ? { '': series }
    : series;
  const names = Object.keys(named ?? {});
  if (names.length === 0) throw new RangeError('series: no lines given, at least one expected');
  const notes: (string | undefined)[] = [];
  const all = names.map((name) => {
    const points = toPoints(named[name]!, name || 'y');
    const drawable = points.filter(
      ({ x, y }) =>
        Number.isFinite(x) && Number.isFinite(y) && (!logX || x > 0) && (!logY || y > 0),
    );
    const note = droppedNote(
      points.length - drawable.length,
      points.length,
      'value',
      logX || logY ? 'NaN, infinite or not above 0' : undefined,
    );
    if (drawable.length === 0)
      throw new RangeError(
        `${name || 'series'}: ${note ?? 'no points given'}; at least one finite point expected`,
      );
    notes.push(note && (name ? `${name}: ${note}` : note));
    return thin(drawable, maxPoints);
  });
  const values = all.flatMap((points, i) => points.map((point) => row(point, names[i]!, logY)));
  const banded = values.some((value) => 'low' in value);
  const labelled = values.some((value) => 'label' in value);
  const marked = options.points ?? Math.max(...all.map((points) => points.length)) <= 12;
  const several = names.length > 1;
  const coloring = several ? { color: colorBy('series', names, { symbolType: 'stroke' }) } : {};
  const xs = all.flat().map((point) => point.x);
  const xTicks = logX
    ? over(xs)
    : { tickCount: xs.every(Number.isInteger) ? wholeTicks(extent(xs, 'x')) : 6 };
  const yTicks = logY
    ? over(values.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y].map(Number)))
    : { tickCount: 6 };
  // The first and the last point of a marked line are not cut in half; another line begins at the
  // axis.
  const ends = options.xDomain ? {} : { nice: false, ...(marked ? { padding: 10 } : {}) };
  const x = along(
    'x',
    options.xLabel ?? 'step',
    { ...axisScale(logX, options.xDomain), ...ends },
    { grid: false, ...xTicks },
  );
  const y = along('y', options.yLabel ?? 'value', axisScale(logY, options.yDomain), yTicks);
  // Where nothing can lie beyond the axes, a line on the edge keeps its full width.
  const clip = options.xDomain !== undefined || options.yDomain !== undefined;
  const paint = names.length > 1 ? {} : { color: ink };
  const domains = { x: options.xDomain, y: options.yDomain };
  // A click on a name in the legend leaves its line alone in full colour.
  const fade = (opacity: number): object => (several ? faded(opacity) : {});
  const titles = {
    ...(several ? { series: 'series' } : {}),
    x: options.xLabel ?? 'step',
    y: options.yLabel ?? 'value',
    ...(banded ? { low: 'from', high: 'to' } : {}),
  };
  return new Chart(
    {
      ...titled(
        options.title,
        [options.subtitle, ...notes, rulesNote(options.rules, domains)],
        names.length > 1 ? width + size.legend : width,
      ),
      width,
      height,
      data: { values },
      layer: [
        ...(banded
          ? [
              {
                mark: { type: 'area', opacity: 0.18, ...paint, clip },
                encoding: {
                  x,
                  y: { ...y, field: 'low' },
                  y2: { field: 'high' },
                  ...coloring,
                  ...fade(0.18),
                },
              },
            ]
          : []),
        {
          ...(several ? { params: legendParameter('series') } : {}),
          mark: {
            type: 'line',
            ...paint,
            clip,
            ...(marked ? { point: { size: 36, ...paint } } : {}),
          },
          encoding: { x, y, ...coloring, ...fade(1) },
        },
        ...(labelled
          ? [
              {
                transform: [{ filter: 'isValid(datum.label)' }],
                mark: { type: 'text', align: 'left', dx: 6, dy: -7, fontSize: 10, ...paint, clip },
                encoding: { x, y, text: { field: 'label' }, ...coloring, ...fade(1) },
              },
            ]
          : []),
        // A line has no point under the pointer: unseen ones tell their values.
        {
          mark: { type: 'point', size: 90, opacity: 0, clip },
          encoding: { x, y, ...coloring, tooltip: tips(titles, ['series']) },
        },
        ...ruleLayers(options.rules, domains),
      ],
    },
    { text: told(options.title, courses(names, all)) },
  );
}

/** As many ticks as there are steps, at most six: there is no step one and a half. */
function wholeTicks([low, high]: readonly [number, number]): number {
  return Math.min(Math.max(high - low, 1), 6);
}

/** The decades that values above 0 span. */
function over(values: readonly number[]): ReturnType<typeof decades> {
  return decades(...extent(values, 'values'));
}

function toPoints(given: Numbers | Line | Runs, name: string): Point[] {
  const line = isNumbers(given) ? { y: given } : 'runs' in given ? spread(given, name) : given;
  if (!isRecord(line) || !('y' in line))
    throw new TypeError(
      `${name}: ${describe(given)} given, numbers, { x, y, low, high } or { runs } expected`,
    );
  const y = toNumbers(line.y, name);
  const optional = (key: 'x' | 'low' | 'high'): number[] | undefined => {
    const values = line[key] && toNumbers(line[key], `${name}.${key}`);
    if (values && values.length !== y.length) {
      throw new RangeError(
        `${name}.${key}: ${values.length} numbers given, ${y.length} expected, one for each y`,
      );
    }
    return values;
  };
  const [x, low, high] = [optional('x'), optional('low'), optional('high')];
  const { labels } = line;
  if (labels && labels.length !== y.length)
    throw new RangeError(
      `${name}.labels: ${labels.length} words given, ${y.length} expected, one for each y`,
    );
  return y.map((value, i) => ({
    x: x ? x[i]! : i + 1,
    y: value,
    ...(low && high ? { low: low[i]!, high: high[i]! } : {}),
    ...(labels ? { label: labels[i]! } : {}),
  }));
}

function spread({ runs, x }: Runs, name: string): Line {
  const all = runs.map((run, i) => toNumbers(run, `${name}.runs[${i}]`));
  const length = all[0]?.length ?? 0;
  const odd = all.findIndex((run) => run.length !== length);
  if (odd >= 0)
    throw new RangeError(
      `${name}.runs[${odd}]: ${all[odd]!.length} numbers given, ${length} expected as in the first run`,
    );
  const across = (f: (at: number[]) => number): number[] =>
    Array.from({ length }, (_, i) => f(all.map((run) => run[i]!)));
  return {
    x,
    y: across((at) => at.reduce((sum, value) => sum + value, 0) / at.length),
    low: across((at) => Math.min(...at)),
    high: across((at) => Math.max(...at)),
  };
}

/** Keeps the lowest and the highest point of each stretch, so that a spike stays a spike. */
function thin(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points;
  const stretches = Math.max(1, Math.floor(most / 2));
  return Array.from({ length: stretches }, (_, i) => {
    const [from, to] = [
      Math.floor((i * points.length) / stretches),
      Math.floor(((i + 1) * points.length) / stretches),
    ];
    let [least, greatest] = [from, from];
    for (let j = from; j < to; j++) {
      if (points[j]!.y < points[least]!.y) least = j;
      if (points[j]!.y > points[greatest]!.y) greatest = j;
    }
    return [...new Set([least, greatest])].sort((a, b) => a - b).map((j) => points[j]!);
  }).flat();
}

function row(
  { x, y, low, high, label }: Point,
  series: string,
  logY?: boolean,
): Record<string, number | string> {
  // A band that reaches 0 or below has no lower edge on a log axis: it ends at the line.
  const floor = (value: number): number => (logY && value <= 0 ? y : value);
  const band =
    low !== undefined && high !== undefined && Number.isFinite(low) && Number.isFinite(high);
  return {
    x: round(x),
    y: round(y),
    ...(band ? { low: round(floor(low)), high: round(floor(high)) } : {}),
    ...(label === undefined ? {} : { label }),
    ...(series ? { series } : {}),
  };
}

/** Where each line begins and ends. */
function courses(names: readonly string[], all: readonly (readonly Point[])[]): string {
  const each = all.map((points, i) =>
    `${names[i]} ${round(points[0]!.y, 3)} → ${round(points.at(-1)!.y, 3)}`.trimStart(),
  );
  return `line chart, ${each.join('; ')}`;
}
