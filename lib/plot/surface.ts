/**
 * An energy over the plane, and the data on it: low (dark) where the points are, if the model has
 * learnt.
 */
import { Chart, titled } from './chart';
import { colorScale, type ColorOptions } from './colors';
import { along, beyondNote, droppedNote, thinnedNote, told, type SizeOptions } from './common';
import { apart, colorEncoding, hoverLayer, legendLayer } from './heatmap';
import { paint } from './picture';
import { size } from './theme';
import { evenly, extent, plural, round, span, toGrid, type Grid, type Matrix } from './values';

/**
 * Energies on a grid: `energy[i][j]` is F at y_i and x_j, both from the interval's low end to its
 * high, ends included.
 */
export interface EnergyGrid {
  readonly x: readonly [low: number, high: number];
  readonly y: readonly [low: number, high: number];
  /** [ny, nx]; its first row is at the lowest y. */
  readonly energy: Matrix;
}

export interface EnergySurfaceOptions extends SizeOptions, Omit<ColorOptions, 'colors'> {
  /** Data or samples on top of it, in white: [n, 2]. */
  readonly points?: Matrix;
  /** What is to be told from those, such as a model's samples beside the data, in orange: [n, 2]. */
  readonly samples?: Matrix;
  /** Places worth a cross, such as the modes of the data: [n, 2]. */
  readonly marks?: Matrix;
  /** The most points drawn of each, 500 by default. */
  readonly maxPoints?: number;
  /** In how many colours, 16 by default: their borders are lines of equal energy. */
  readonly steps?: number;
  /**
   * Energies above this quantile, in (0, 1], are drawn alike: far from the data they may be
   * enormous. 1 by default.
   */
  readonly clip?: number;
  readonly xLabel?: string;
  readonly yLabel?: string;
}

/**
 * An energy landscape in contour-like steps from dark (low energy) to light (high), with points on
 * it.
 *
 * Energies and points that are not finite, and points beyond the edges, are left out and counted in
 * the subtitle. Energies beyond either end of the scale have the end's colour, and the subtitle
 * says so.
 *
 * @throws when no energy is finite, or when points are not [n, 2].
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const energy = [[1, 0.5, 1], [0.5, 0, 0.5], [1, 0.5, 1]];
 * const chart = plot.energySurface({ x: [-1, 1], y: [-1, 1], energy }, { points: [[0, 0]] });
 * assert.match(chart.text, /grid of 3 x 3, 0 to 1, 1 point/);
 * ```
 */
export function energySurface(surface: EnergyGrid, options: EnergySurfaceOptions = {}): Chart {
  const { steps = 16, clip = 1, maxPoints = 500 } = options;
  if (!(clip > 0 && clip <= 1))
    throw new RangeError(`clip: ${clip} given, a quantile in (0, 1] expected`);
  if (!Number.isInteger(steps) || steps < 2 || steps > 255)
    throw new RangeError(`steps: ${steps} given, a whole number from 2 to 255 expected`);
  const { x, y } = surface;
  for (const [name, [low, high]] of Object.entries({ x, y })) {
    if (!(low < high))
      throw new RangeError(
        `surface.${name}: [${low}, ${high}] given, [low, high] with low < high expected`,
      );
  }
  const grid = toGrid(surface.energy, 'surface.energy');
  const range = extent(grid.data, 'surface.energy');
  const top = clip < 1 ? quantile(grid.data.filter(Number.isFinite), clip) : range[1];
  const scale = colorScale([range[0], Math.max(top, range[0])], { domain: options.domain });
  const width = options.width ?? size.square;
  const height =
    options.height ??
    Math.round(Math.min(Math.max((width * (y[1] - y[0])) / (x[1] - x[0]), 60), 600));
  const { points, notes } = pointsOn('points', options.points, x, y, maxPoints);
  const { points: samples, notes: ofSamples } = pointsOn(
    'samples',
    options.samples,
    x,
    y,
    maxPoints,
  );
  const { points: marks, notes: ofMarks } = pointsOn('marks', options.marks, x, y, maxPoints);
  const bad = grid.data.filter((value) => !Number.isFinite(value)).length;
  const axis = { tickCount: 5, grid: false };
  const position = {
    x: along('x', options.xLabel, { domain: x, nice: false, zero: false }, axis),
    y: along('y', options.yLabel, { domain: y, nice: false, zero: false }, axis),
  };
  // Energies are given at grid points: the picture's outermost cells reach half a cell beyond, and
  // are cut at the edge.
  const [dx, dy] = [halfCell(x, grid.columns), halfCell(y, grid.rows)];
  const corners = { x: x[0] - dx, x2: x[1] + dx, y: y[0] - dy, y2: y[1] + dy };
  const subtitle = [
    options.subtitle,
    droppedNote(bad, grid.data.length, 'grid value'),
    clippedNote(grid.data, scale.domain),
    ...notes,
    ...ofSamples,
    ...ofMarks,
  ];
  const dots = (of: readonly unknown[], color: string) => ({
    type: 'circle',
    size: of.length > 200 ? 10 : 18,
    color,
    stroke: '#222222',
    strokeWidth: 0.6,
    opacity: 0.9,
    clip: true,
  });
  return new Chart(
    {
      ...titled(options.title, subtitle, width + size.legend),
      width,
      height,
      layer: [
        {
          data: { values: [corners] },
          mark: {
            type: 'image',
            aspect: false,
            smooth: false,
            clip: true,
            url: paint(upsideDown(grid), scale, steps),
          },
          encoding: { ...position, x2: { field: 'x2' }, y2: { field: 'y2' } },
        },
        legendLayer(scale, colorEncoding(scale, height, options.legend ?? 'energy')),
        hoverLayer(
          grid,
          (column, row) => ({ x: at(x, column, grid.columns), y: at(y, row, grid.rows) }),
          position,
          {
            x: options.xLabel ?? 'x',
            y: options.yLabel ?? 'y',
            value: options.legend ?? 'energy',
          },
        ),
        ...(points.length > 0
          ? [{ data: { values: points }, mark: dots(points, 'white'), encoding: position }]
          : []),
        ...(samples.length > 0
          ? [{ data: { values: samples }, mark: dots(samples, orange), encoding: position }]
          : []),
        ...(marks.length > 0 ? [{ data: { values: marks }, mark: cross, encoding: position }] : []),
      ],
    },
    {
      text: told(
        options.title,
        `energy surface on a grid of ${grid.rows} x ${grid.columns}, ${span(range)}${countNote(points, 'point')}${countNote(samples, 'sample')}${countNote(marks, 'mark')}`,
      ),
      painted: {
        domain: options.domain ?? [range[0], Math.max(top, range[0])],
        again: (domain) => energySurface(surface, { ...options, domain: apart(domain) }),
      },
    },
  );
}

type Interval = readonly [number, number];

const orange = '#FFA03A'; // stands out on dark and on light, and beside white

const cross = {
  type: 'point',
  shape: 'cross',
  filled: true,
  size: 90,
  color: 'white',
  stroke: '#000000',
  strokeWidth: 1.2,
  opacity: 1,
  clip: true,
} as const;

const countNote = (of: readonly unknown[], noun: string): string =>
  of.length > 0 ? `, ${plural(of.length, noun)} on it` : '';

/** Where the k-th of n grid points is. */
function at([low, high]: Interval, k: number, n: number): number {
  return n > 1 ? low + (k * (high - low)) / (n - 1) : (low + high) / 2;
}

function halfCell([low, high]: Interval, n: number): number {
  return n > 1 ? (high - low) / (n - 1) / 2 : (high - low) / 2;
}

/**
 * "energies below −2 and above 8 drawn alike": what lies beyond the scale's ends looks like the
 * end.
 */
function clippedNote(
  values: readonly number[],
  [low, high]: readonly [number, number],
): string | undefined {
  const slack = 1e-4 * Math.max(Math.abs(low), Math.abs(high)); // the scale's ends are rounded
  const ends = [
    values.some((value) => value < low - slack) ? `below ${round(low, 3)}` : undefined,
    values.some((value) => value > high + slack) ? `above ${round(high, 3)}` : undefined,
  ].filter((end) => end !== undefined);
  if (ends.length === 0) return undefined;
  return `energies ${ends.join(' and ')} drawn alike`.replaceAll('-', '−');
}

/** Pictures begin at the top, grids at the lowest y. */
function upsideDown({ rows, columns, data }: Grid): Grid {
  return {
    rows,
    columns,
    data: Array.from({ length: rows }, (_, i) =>
      data.slice((rows - 1 - i) * columns, (rows - i) * columns),
    ).flat(),
  };
}

interface PointsOn {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly notes: readonly (string | undefined)[];
}

function pointsOn(
  name: 'points' | 'samples' | 'marks',
  given: Matrix | undefined,
  x: Interval,
  y: Interval,
  most: number,
): PointsOn {
  if (given === undefined) return { points: [], notes: [] };
  const { rows: n, columns, data } = toGrid(given, name);
  if (columns !== 2)
    throw new RangeError(`${name}: shape [${n}, ${columns}] given, [n, 2] expected`);
  const all = Array.from({ length: n }, (_, i) => ({
    x: round(data[2 * i]!, 4),
    y: round(data[2 * i + 1]!, 4),
  }));
  const finite = all.filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y));
  const inside = finite.filter((p) => p.x >= x[0] && p.x <= x[1] && p.y >= y[0] && p.y <= y[1]);
  const points = evenly(inside, most);
  return {
    points,
    notes: [
      droppedNote(n - finite.length, n, 'point'),
      beyondNote(finite.length - inside.length),
      thinnedNote(points.length, inside.length),
    ],
  };
}

function quantile(values: number[], q: number): number {
  const order = values.sort((a, b) => a - b);
  return order[Math.min(Math.floor(q * order.length), order.length - 1)]!;
}
