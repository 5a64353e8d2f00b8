/** Points in the plane: two-dimensional data, embeddings; coloured by class or by a number. */
import type { TypedArray } from '../core/engine';
import { Chart, titled } from './chart';
import {
  along,
  axisScale,
  beyondNote,
  colorBy,
  droppedNote,
  faded,
  haloed,
  legendParameter,
  ruleLayers,
  rulesNote,
  thinnedNote,
  tips,
  told,
  type AxisOptions,
} from './common';
import { brushed } from './linked';
import { ink, schemes, size } from './theme';
import {
  evenly,
  extent,
  isTensor,
  plural,
  round,
  span,
  toGrid,
  type Matrix,
  type Numbers,
} from './values';

export interface ScatterOptions extends AxisOptions {
  /** Each point's class, as a word or a whole number: [n]. */
  readonly labels?: readonly (string | number)[] | TypedArray | Numbers;
  /**
   * Instead of a class, a number for each point, such as its energy: [n]. Drawn from dark (low) to
   * light.
   */
  readonly values?: Numbers;
  /** The name of what is coloured. */
  readonly legend?: string;
  /** Writes each class's name at the median of its points; then the colours need no legend. */
  readonly names?: boolean;
  /**
   * The most points drawn, 1500 by default; of more, equally spaced ones, and the subtitle says so.
   */
  readonly maxPoints?: number;
  /** The same length for a unit of x and of y, on by default: distances are what one looks at. */
  readonly equal?: boolean;
  /**
   * Lets the reader mark a part of the plane: the points outside of it become faint. In `side`,
   * plots of as many points that have it are linked: the same points are marked in each, by their
   * number. Off by default.
   */
  readonly brush?: boolean;
  /** A dot's area in square pixels, by default less for more points. */
  readonly dot?: number;
}

/**
 * A cloud of points. Those that are not finite, and those beyond a given `xDomain` or `yDomain`,
 * are left out and counted in the subtitle.
 *
 * @param points [n, 2], as an array of pairs or a tensor.
 * @throws on another shape, on labels of another number, when no point is finite.
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const chart = plot.scatter([[0, 0], [1, 1]], { labels: ['cat', 'dog'], title: 'Embedding' });
 * assert.match(chart.text, /2 points/);
 * ```
 */
export function scatter(points: Matrix, options: ScatterOptions = {}): Chart {
  const { logX, logY, equal = !(logX || logY), maxPoints = 1500 } = options;
  const { rows: n, columns, data } = toGrid(points, 'points');
  if (columns !== 2)
    throw new RangeError(
      `points: shape [${n}, ${columns}] given, [n, 2] with n of at least 1 expected`,
    );
  const labels = column(options.labels, n, 'labels')?.map(String);
  const numbers = column(options.values, n, 'values')?.map(Number);
  if (labels && numbers)
    throw new RangeError('labels, values: both given, one expected: a point has one colour');
  const all = Array.from({ length: n }, (_, i): Point => ({
    x: data[2 * i]!,
    y: data[2 * i + 1]!,
    class: labels?.[i],
    value: numbers?.[i],
    id: options.brush ? i : undefined,
  }));
  const drawable = all.filter(
    (p) =>
      [p.x, p.y, p.value ?? 0].every(Number.isFinite) && (!logX || p.x > 0) && (!logY || p.y > 0),
  );
  const xs = extent(
    drawable.map((p) => p.x),
    'points',
  );
  const ys = extent(
    drawable.map((p) => p.y),
    'points',
  );
  const inside = drawable.filter(
    (p) => within(p.x, options.xDomain) && within(p.y, options.yDomain),
  );
  // A chart needs rows: where all points are beyond the edges they are given, and clipped away.
  const shown = evenly(inside.length > 0 ? inside : drawable, maxPoints);
  const classes = labels ? sorted([...new Set(labels)]) : [];

  const frame = domains(xs, ys, { ...options, equal });
  const width = options.width ?? (equal ? size.square : size.width);
  const proportion =
    equal && frame.x && frame.y
      ? (frame.y[1] - frame.y[0]) / (frame.x[1] - frame.x[0])
      : size.height / size.width;
  const height = options.height ?? Math.round(Math.min(Math.max(width * proportion, 60), 800));
  const position = {
    x: along('x', options.xLabel, axisScale(logX, frame.x), { tickCount: 5 }),
    y: along('y', options.yLabel, axisScale(logY, frame.y), { tickCount: 5 }),
  };
  const byClass = {
    color: colorBy('class', classes, {
      // Numbers alone do not say what they number.
      title:
        options.legend ??
        (classes.every((name) => name !== '' && !isNaN(Number(name))) ? 'class' : null),
      ...(options.names ? { disable: true } : {}),
    }),
  };
  const byValue = {
    color: {
      field: 'value',
      type: 'quantitative',
      title: options.legend ?? null,
      scale: { scheme: schemes.sequential },
      legend: { gradientLength: Math.min(200, height) },
    },
  };
  const coloring = labels ? byClass : numbers ? byValue : {};
  const legend = (labels && !options.names) || numbers;
  const dropped = droppedNote(
    n - drawable.length,
    n,
    'point',
    logX || logY ? 'NaN, infinite or not above 0' : undefined,
  );
  const mark = {
    type: 'circle',
    size: options.dot ?? Math.max(8, Math.min(40, 9000 / shown.length)),
    opacity: 0.75,
    clip: true,
  };
  const parameters = [
    ...(labels && !options.names && classes.length > 1 ? legendParameter('class') : []),
    ...(options.brush ? [{ name: brushed, select: { type: 'interval' } }] : []),
  ];
  const names = parameters.map(({ name }) => String(name));
  const opacity = names.length > 0 ? faded(mark.opacity, names) : {};
  const titles = {
    ...(labels ? { class: options.legend ?? 'class' } : {}),
    x: options.xLabel ?? 'x',
    y: options.yLabel ?? 'y',
    ...(numbers ? { value: options.legend ?? 'value' } : {}),
  };
  return new Chart(
    {
      ...titled(
        options.title,
        [
          options.subtitle,
          dropped,
          beyondNote(drawable.length - inside.length),
          thinnedNote(shown.length, inside.length),
          rulesNote(options.rules, frame),
        ],
        legend ? width + size.legend : width,
      ),
      width,
      height,
      data: { values: shown.map(row) },
      layer: [
        {
          ...(parameters.length > 0 ? { params: parameters } : {}),
          mark: labels || numbers ? mark : { ...mark, color: ink },
          encoding: { ...position, ...coloring, ...opacity, tooltip: tips(titles, ['class']) },
        },
        ...(options.names && labels && inside.length > 0
          ? nameLayers(inside, classes, position)
          : []),
        ...ruleLayers(options.rules, frame),
      ],
    },
    {
      text: told(
        options.title,
        `scatter of ${plural(n, 'point')}, x ${span(xs)}, y ${span(ys)}${labels ? `, ${classes.length} classes (${classes.slice(0, 10).join(', ')})` : ''}`,
      ),
    },
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly class?: string | undefined;
  readonly value?: number | undefined;
  /** Its number, by which panels that are linked know it. */
  readonly id?: number | undefined;
}

function row({ x, y, class: name, value, id }: Point): Record<string, number | string> {
  return {
    x: round(x, 4),
    y: round(y, 4),
    ...(name === undefined ? {} : { class: name }),
    ...(value === undefined ? {} : { value: round(value, 4) }),
    ...(id === undefined ? {} : { id }),
  };
}

function column(
  given: readonly (string | number)[] | Numbers | undefined,
  n: number,
  name: string,
): (string | number)[] | undefined {
  if (given === undefined) return undefined;
  const values = Array.from<string | number>(isTensor(given) ? given.dataSync() : given);
  if (values.length !== n)
    throw new RangeError(`${name}: ${values.length} given, ${n} expected, one for each point`);
  return values;
}

/** Numbers in their order, words in theirs of appearance. */
function sorted(classes: string[]): string[] {
  return classes.every((name) => name.trim() !== '' && Number.isFinite(Number(name)))
    ? classes.sort((a, b) => Number(a) - Number(b))
    : classes;
}

type Interval = readonly [number, number];

function within(value: number, domain: Interval | undefined): boolean {
  return !domain || (value >= Math.min(...domain) && value <= Math.max(...domain));
}

/** A little air, so that no point is cut at the edge. */
function padded([low, high]: Interval): Interval {
  const air = (high - low || Math.abs(high) || 1) * 0.04;
  return [round(low - air, 4), round(high + air, 4)];
}

/**
 * What the axes reach over: a square around all points if a unit is as long on both; on a log axis
 * what Vega finds.
 */
function domains(
  x: Interval,
  y: Interval,
  { equal, logX, logY, xDomain, yDomain }: ScatterOptions,
): { x: Interval | undefined; y: Interval | undefined } {
  if (!equal || xDomain || yDomain)
    return {
      x: xDomain ?? (logX ? undefined : padded(x)),
      y: yDomain ?? (logY ? undefined : padded(y)),
    };
  const half = Math.max(x[1] - x[0], y[1] - y[0], 1e-12) / 2;
  const around = ([low, high]: Interval): Interval =>
    padded([(low + high) / 2 - half, (low + high) / 2 + half]);
  return { x: around(x), y: around(y) };
}

function nameLayers(
  points: readonly Point[],
  classes: readonly string[],
  position: object,
): Record<string, unknown>[] {
  const values = classes.flatMap((name) => {
    const own = points.filter((p) => p.class === name);
    return own.length > 0
      ? [
          {
            x: round(median(own.map((p) => p.x)), 4),
            y: round(median(own.map((p) => p.y)), 4),
            class: name,
          },
        ]
      : [];
  });
  return haloed({ values }, { fontSize: 14, fontWeight: 'bold' }, '#111111', {
    ...position,
    text: { field: 'class' },
  });
}

function median(values: number[]): number {
  const order = values.sort((a, b) => a - b);
  return order[order.length >> 1]!;
}
