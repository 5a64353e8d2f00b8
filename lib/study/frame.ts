/**
 * Tables as danfojs data frames, typed: what of danfojs a notebook needs, without its `any`.
 *
 * danfojs takes a second to load; the first frame loads it, and no other does again.
 */
import { createRequire } from 'node:module';
import type { Displayable } from '../plot/display';
import { displaySymbol } from '../plot/display';
import { frame as displayed, type DataFrameLike } from '../plot/frame';
import { Spread } from '../plot/spread';
import type { Row } from '../plot/table';

type Value = string | number | boolean;

/** A column: what conditions are made of. A danfojs Series. */
export interface FrameColumn {
  readonly values: readonly unknown[];
  eq(value: Value): FrameColumn;
  ne(value: Value): FrameColumn;
  gt(value: number): FrameColumn;
  ge(value: number): FrameColumn;
  lt(value: number): FrameColumn;
  le(value: number): FrameColumn;
}

/** Rows that were put together; each figure makes a frame again. A danfojs Groupby. */
export interface FrameGroups {
  /** The columns to sum up. */
  col(columns: readonly string[]): Omit<FrameGroups, 'col'>;
  mean(): Frame;
  std(): Frame;
  count(): Frame;
  max(): Frame;
  min(): Frame;
  sum(): Frame;
}

/** A danfojs DataFrame; all else that danfojs can do is there at run time too. */
export interface Frame extends DataFrameLike {
  readonly columns: string[];
  head(rows?: number): Frame;
  tail(rows?: number): Frame;
  /** Sorted by a column; cells of mean and deviation by their mean. */
  sortValues(by: string, options?: { readonly ascending?: boolean }): Frame;
  /** Rows by their labels, columns by their names. */
  loc(select: {
    readonly rows?: readonly (string | number)[];
    readonly columns?: readonly string[];
  }): Frame;
  /** The rows where a condition holds: `df.query(df.column('seed').eq(0))`. */
  query(condition: FrameColumn | readonly boolean[]): Frame;
  groupby(columns: readonly string[]): FrameGroups;
  column(name: string): FrameColumn;
}

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
  const { DataFrame } = createRequire(__filename)('danfojs-node') as {
    DataFrame: new (rows: readonly Row[]) => Frame;
  };
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const made = new DataFrame(
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
