/** Matrices as colours: correlations, confusions, kernels, attention. */
import { Chart, titled } from './chart';
import { colorScale, textOn, type ColorOptions, type ColorScale } from './colors';
import { along, droppedNote, tips, told, type SizeOptions } from './common';
import { paint } from './picture';
import { size } from './theme';
import { textWidth } from './typography';
import { evenly, extent, round, span, toGrid, type Grid, type Matrix } from './values';

export interface HeatmapOptions extends SizeOptions, ColorOptions {
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Names of the columns and of the rows; without them their numbers, from 0, are the axes. */
  readonly columns?: readonly (string | number)[];
  readonly rows?: readonly (string | number)[];
  /** Writes the value in each cell. By default where it fits, for at most 144 cells. */
  readonly numbers?: boolean;
}

/** More cells than this are drawn as one embedded picture, not as a mark each. */
const mostCells = 900;

/**
 * A matrix [rows, columns] as a heatmap, its first row at the top. With values on both sides of 0
 * the colours diverge there, unless `colors` says otherwise. Cells that are not finite stay white
 * and are counted in the subtitle.
 *
 * @throws when nothing is finite, or when the names' number is not the matrix's.
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const chart = plot.heatmap([[1, 0.2], [0.2, 1]], { rows: ['a', 'b'], columns: ['a', 'b'] });
 * assert.match(chart.text, /heatmap of 2 x 2, 0.2 to 1/);
 * ```
 */
export function heatmap(matrix: Matrix, options: HeatmapOptions = {}): Chart {
  const grid = toGrid(matrix, 'matrix');
  requireNames('columns', options.columns, grid.columns);
  requireNames('rows', options.rows, grid.rows);
  const range = extent(grid.data, 'matrix');
  const { colors = range[0] < 0 && range[1] > 0 ? 'diverging' : 'sequential' } = options;
  const scale = colorScale(range, { ...options, colors });
  // A cell is a whole number of the PNG's pixels, so that no seams show: of half CSS pixels.
  const side = Math.max(1, Math.round((2 * (options.width ?? size.square)) / grid.columns)) / 2;
  const width = side * grid.columns;
  const height = options.height ?? Math.min(Math.max(side * grid.rows, 40), 600);
  const bad = grid.data.filter((value) => !Number.isFinite(value)).length;
  const color = colorEncoding(scale, height, options.legend);
  const marks =
    grid.data.length <= mostCells || options.columns || options.rows
      ? cells(grid, options, scale, color, side)
      : picture(grid, options, scale, color);
  return new Chart(
    {
      ...titled(
        options.title,
        [options.subtitle, droppedNote(bad, grid.data.length, 'cell')],
        width + size.legend,
      ),
      width,
      height,
      ...marks,
    },
    {
      text: told(options.title, `heatmap of ${grid.rows} x ${grid.columns}, ${span(range)}`),
      painted: {
        domain: options.domain ?? range,
        again: (domain) => heatmap(matrix, { ...options, ...around(domain, options) }),
      },
    },
  );
}

/** Another domain's colours: around 0 where they diverge there. */
function around(domain: Interval, { colors, domain: own }: ColorOptions): ColorOptions {
  const chosen = colors ?? (domain[0] < 0 && domain[1] > 0 ? 'diverging' : 'sequential');
  const most = Math.max(...domain.map(Math.abs));
  const centred = chosen === 'diverging' && own === undefined;
  return { colors: chosen, domain: centred ? [-most, most] : apart(domain) };
}

/** All values alike are no interval. */
export function apart([low, high]: Interval): Interval {
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

type Interval = readonly [low: number, high: number];

/** The colour channel, with its legend as tall as the chart allows. */
export function colorEncoding(
  scale: ColorScale,
  height: number,
  title?: string,
): Record<string, unknown> {
  return {
    field: 'value',
    type: 'quantitative',
    title: title ?? null,
    scale: scale.vega,
    legend: { gradientLength: Math.min(200, height), tickCount: 5 },
  };
}

/**
 * A picture has no marks that a legend could be for: an invisible one at each end of the scale has
 * it drawn.
 */
export function legendLayer(
  scale: ColorScale,
  color: Record<string, unknown>,
): Record<string, unknown> {
  return {
    data: { values: scale.domain.map((value) => ({ value })) },
    mark: { type: 'point', size: 0, opacity: 0 },
    encoding: { color },
  };
}

/** The most cells of a picture, along each side, that tell their value. */
const mostTold = 16;

/**
 * A picture cannot say what is under the pointer: unseen points on some of its cells do, evenly
 * chosen.
 *
 * @param at where a cell is, by the names of the fields.
 * @param titles of the fields of `at`, and of the value.
 */
export function hoverLayer(
  grid: Grid,
  at: (column: number, row: number) => Readonly<Record<string, number>>,
  { x, y }: { readonly x: object; readonly y: object },
  titles: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const some = (n: number): readonly number[] =>
    evenly(
      Array.from({ length: n }, (_, k) => k),
      mostTold,
    );
  const values = some(grid.rows).flatMap((row) =>
    some(grid.columns).map((column) => {
      const place = Object.entries(at(column, row)).map(([name, value]) => [name, round(value, 4)]);
      const value = grid.data[row * grid.columns + column]!;
      return {
        ...Object.fromEntries(place),
        value: Number.isFinite(value) ? round(value, 4) : null,
      };
    }),
  );
  return {
    data: { values },
    mark: { type: 'point', size: 400, opacity: 0 },
    encoding: { x, y, tooltip: tips(titles) },
  };
}

function cells(
  grid: Grid,
  options: HeatmapOptions,
  scale: ColorScale,
  color: Record<string, unknown>,
  side: number,
): Record<string, unknown> {
  const names = (n: number, given?: readonly (string | number)[]): string[] =>
    Array.from({ length: n }, (_, k) => String(given?.[k] ?? k));
  const columns = names(grid.columns, options.columns);
  const rows = names(grid.rows, options.rows);
  const palette = scale.palette(256);
  const written = cellTexts(grid);
  const fits =
    Math.max(...written.map((text) => textWidth({ fontSize: 11 }, text))) < side - 4 && side >= 16;
  const numbers = options.numbers ?? (fits && grid.data.length <= 144);
  const values = grid.data.flatMap((value, k) => {
    if (!Number.isFinite(value)) return [];
    const text = numbers
      ? { text: written[k], ink: textOn(palette[Math.round(scale.position(value) * 255)]!) }
      : {};
    return [
      {
        column: columns[k % grid.columns],
        row: rows[Math.floor(k / grid.columns)],
        value: round(value, 4),
        ...text,
      },
    ];
  });
  const axis = { ticks: false, domain: false, labelPadding: 6 };
  const slanted =
    options.columns !== undefined &&
    columns.some((name) => textWidth({ fontSize: 12 }, name) > side);
  const encoding = {
    x: {
      field: 'column',
      type: 'ordinal',
      title: options.xLabel ?? null,
      scale: { domain: columns },
      axis: { ...axis, labelAngle: slanted ? -40 : 0 },
    },
    y: {
      field: 'row',
      type: 'ordinal',
      title: options.yLabel ?? null,
      scale: { domain: rows },
      axis,
    },
  };
  const tooltip = tips(
    {
      row: options.yLabel ?? 'row',
      column: options.xLabel ?? 'column',
      value: options.legend ?? 'value',
    },
    ['row', 'column'],
  );
  const text = {
    mark: { type: 'text', fontSize: 11 },
    encoding: {
      ...encoding,
      text: { field: 'text' },
      color: { field: 'ink', type: 'nominal', scale: null },
    },
  };
  return {
    data: { values },
    layer: [
      { mark: { type: 'rect' }, encoding: { ...encoding, color, tooltip } },
      ...(numbers ? [text] : []),
    ],
    // The cells' colours are a scale, the numbers' are as they are: Vega-Lite must not make one of
    // both.
    resolve: { scale: { color: 'independent' } },
  };
}

/** Each value with as many decimals as give the greatest two significant digits or more. */
function cellTexts({ data }: Grid): string[] {
  const finite = data.filter(Number.isFinite);
  const greatest = Math.max(...finite.map(Math.abs));
  const decimals = finite.every(Number.isInteger)
    ? 0
    : Math.min(Math.max(2 - Math.ceil(Math.log10(greatest || 1)), 0), 6);
  return data.map((value) =>
    value
      .toFixed(decimals)
      .replace(/^-(0\.?0*)$/, '$1')
      .replace('-', '−'),
  );
}

function picture(
  grid: Grid,
  options: HeatmapOptions,
  scale: ColorScale,
  color: Record<string, unknown>,
): Record<string, unknown> {
  // Cell k is centred on k, and reaches half a unit to both sides.
  const ends = { x0: -0.5, x1: grid.columns - 0.5, y0: -0.5, y1: grid.rows - 0.5 };
  const axis = { tickCount: 6, grid: false, format: 'd' };
  const encoding = {
    x: along('x0', options.xLabel, { domain: [ends.x0, ends.x1], nice: false, zero: false }, axis),
    y: along(
      'y0',
      options.yLabel,
      { domain: [ends.y0, ends.y1], nice: false, zero: false, reverse: true },
      axis,
    ),
    x2: { field: 'x1' },
    y2: { field: 'y1' },
  };
  return {
    layer: [
      {
        data: { values: [ends] },
        mark: { type: 'image', aspect: false, smooth: false, url: paint(grid, scale) },
        encoding,
      },
      legendLayer(scale, color),
      hoverLayer(grid, (column, row) => ({ x0: column, y0: row }), encoding, {
        x0: options.xLabel ?? 'column',
        y0: options.yLabel ?? 'row',
        value: options.legend ?? 'value',
      }),
    ],
  };
}

function requireNames(name: string, given: readonly unknown[] | undefined, expected: number): void {
  if (given && given.length !== expected)
    throw new RangeError(`${name}: ${given.length} names given, ${expected} expected`);
}
