/** Tables as data frames, which show themselves. */
import type { Displayable } from '../plot/display';
import { displaySymbol } from '../plot/display';
import { frame as displayed, type DataFrameLike } from '../plot/frame';
import { Spread } from '../plot/spread';
import type { Row } from '../plot/table';
import { dataFrame, type Frame } from './dataFrame';

export type { Frame, FrameColumn, FrameGroups } from './dataFrame';

export interface FrameOptions {
  readonly caption?: string;
}

/**
 * A danfojs data frame of rows. It shows itself as `plot.table` does: cells of several runs as mean
 * ± deviation, the best in bold. What danfojs makes of it (sorted, selected, grouped) is shown
 * alike by `show`.
 *
 * @param rows records with the same keys, as `record.rows()` and `record.runs()` give them.
 * @throws where there are no rows.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { frame } from 'dark-matter';
 *
 * const runs = frame([{ method: 'a', score: 1 }, { method: 'a', score: 3 }, { method: 'b', score: 5 }]);
 * const means = runs.groupby(['method']).col(['score']).mean();
 * assert.deepEqual(means.values, [['a', 2], ['b', 5]]);
 * ```
 */
export function frame(rows: readonly Row[], { caption }: FrameOptions = {}): Frame & Displayable {
  if (rows.length === 0) throw new RangeError('rows: none given, at least one record expected');
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const made = dataFrame(
    rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null]))),
  );
  return Object.defineProperty(made, displaySymbol, {
    value: () => displayed(made, { caption, index: false, rows: Infinity })[displaySymbol](),
  }) as Frame & Displayable;
}

/**
 * A data frame as CSV (RFC 4180). A cell of several runs becomes three columns: mean, deviation and
 * number of runs.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { frame, toCSV } from 'dark-matter';
 *
 * assert.equal(toCSV(frame([{ name: 'a, b', score: 1.5 }])), 'name,score\n"a, b",1.5\n');
 * ```
 */
export function toCSV(df: DataFrameLike): string {
  const rows = df.values as readonly (readonly unknown[])[];
  const columns = df.columns.flatMap((name, j) =>
    csvColumns(
      name,
      rows.map((row) => row[j]),
    ),
  );
  const lines = [
    columns.map(([name]) => quoted(name)),
    ...rows.map((_, i) => columns.map(([, cells]) => quoted(cells[i]))),
  ];
  return lines.map((cells) => `${cells.join(',')}\n`).join('');
}

function csvColumns(name: string, cells: readonly unknown[]): [string, readonly unknown[]][] {
  if (!cells.some((cell) => cell instanceof Spread)) return [[name, cells]];
  const of = (part: (cell: Spread) => unknown) =>
    cells.map((cell) => (cell instanceof Spread ? part(cell) : cell));
  return [
    [name, of(({ mean }) => mean)],
    [`${name}: standard deviation`, of(({ error }) => error)],
    [`${name}: n`, of(({ values }) => values.length)],
  ];
}

function quoted(cell: unknown): string {
  const text = cell === null || cell === undefined ? '' : String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
