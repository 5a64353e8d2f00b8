/** The rows of a table as bars, and as points in further panels: click one, and it is marked in all. */
import { chart, type Chart, type Spec } from '../../plot/chart';
import { palette } from '../../plot/theme';

/** A row: its name, its group (which colours it) and figures by name. */
export interface ChartRow {
  readonly row: string;
  readonly group: string;
  readonly figures: Readonly<Record<string, number>>;
}

export interface RowChartOptions {
  readonly title: string;
  /** The figure of the bars, which stand in the order of the rows. */
  readonly bars: string;
  /** For each panel, the figures across and upwards. A row that lacks one of them is not in it. */
  readonly panels: readonly (readonly [x: string, y: string])[];
}

/** Of a panel with the space around it, and of that space. In CSS pixels, as all here. */
const [leastHeight, between] = [200, 55];
const width = { bars: 170, panel: 270 };

/**
 * Bars and panels of points that are linked: a click on a bar marks its row in all panels, one with
 * the shift key adds or takes away a row, and a double click ends it. Each point tells its row and its
 * two figures.
 *
 * @throws where there are no rows, or none has a figure that is asked for.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { race } from 'dark-matter';
 *
 * const rows = [
 *   { row: 'SimCLR', group: 'contrastive', figures: { short: 90, long: 95 } },
 *   { row: 'PCA', group: 'baseline', figures: { short: 91, long: 91 } },
 * ];
 * const options = { title: 'Top-1, %', bars: 'long', panels: [['short', 'long']] } as const;
 * assert.match(race.rowChart(rows, options).text, /Top-1/);
 * ```
 */
export function rowChart(rows: readonly ChartRow[], options: RowChartOptions): Chart {
  const { title, bars, panels } = options;
  if (rows.length === 0) throw new Error('rows: none given, at least one expected');
  for (const figure of [bars, ...panels.flat()])
    if (!rows.some(({ figures }) => figure in figures))
      throw new Error(
        `figure: '${figure}' given, one of ${Object.keys(rows[0]!.figures).join(' | ')} expected`,
      );
  // Panels stand one above the other: the whole is no wider than a notebook's cell.
  const height = Math.max(leastHeight * panels.length, 18 * rows.length);
  const each = height / Math.max(1, panels.length) - between;
  const vconcat = panels.map((pair) => points(rows, pair, each));
  const beside = vconcat.length > 0 ? [{ vconcat }] : [];
  return chart({ title, hconcat: [barsOf(rows, bars, height), ...beside] });
}

/** As many colours as there are groups. */
const colorOf = (rows: readonly ChartRow[]): Spec => ({
  field: 'group',
  type: 'nominal',
  scale: palette(new Set(rows.map(({ group }) => group)).size),
  legend: { orient: 'bottom', columns: 4, title: null },
});
/** Without a choice all are seen as they are. */
const opacity = { condition: { param: 'pick', value: 1 }, value: 0.2 };
const number = (field: string, title: string): Spec => ({
  field,
  type: 'quantitative',
  title,
  scale: { zero: false },
});

function barsOf(rows: readonly ChartRow[], figure: string, height: number): Spec {
  const values = rows.flatMap(({ row, group, figures }) =>
    figure in figures ? [{ row, group, x: figures[figure] }] : [],
  );
  return {
    name: 'bars',
    width: width.bars,
    height,
    data: { values },
    params: [
      {
        name: 'pick',
        select: { type: 'point', fields: ['row'], on: '@bars_marks:click', clear: 'dblclick' },
      },
    ],
    mark: { type: 'bar', cursor: 'pointer' },
    encoding: {
      y: { field: 'row', type: 'nominal', sort: null, title: null },
      x: { field: 'x', type: 'quantitative', title: figure },
      color: colorOf(rows),
      opacity,
      tooltip: [{ field: 'row' }, { field: 'x', title: figure, format: '.4' }],
    },
  };
}

function points(
  rows: readonly ChartRow[],
  [across, upwards]: readonly [string, string],
  height: number,
): Spec {
  const values = rows.flatMap(({ row, group, figures }) => {
    const [x, y] = [figures[across], figures[upwards]];
    return x === undefined || y === undefined ? [] : [{ row, group, x, y }];
  });
  return {
    width: width.panel,
    height,
    data: { values },
    mark: { type: 'point', filled: true, size: 80 },
    encoding: {
      x: number('x', across),
      y: number('y', upwards),
      color: colorOf(rows),
      opacity,
      tooltip: [
        { field: 'row' },
        { field: 'x', title: across, format: '.4' },
        { field: 'y', title: upwards, format: '.4' },
      ],
    },
  };
}
