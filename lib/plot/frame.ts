/**
 * danfojs data frames and series as tables. danfojs is told by its looks and never imported here:
 * it takes a second.
 */
import type { Displayable } from './display';
import { column, grid, isEstimate, type Cell, type ColumnOptions } from './columns';
import { plural } from './values';

/** What a table needs of a danfojs DataFrame or Series. */
export interface DataFrameLike {
  readonly columns: readonly string[];
  readonly index: readonly (string | number)[];
  readonly shape: readonly number[];
  readonly values: unknown;
}

export interface FrameOptions extends ColumnOptions {
  readonly caption?: string;
  /** Whether the rows' labels are shown, on the left. Default true. */
  readonly index?: boolean;
  /** The most rows shown, 20 by default; of a longer frame the first and the last half of them. */
  readonly rows?: number;
}

export function isDataFrame(value: unknown): value is DataFrameLike {
  const candidate = value as Partial<DataFrameLike> | null;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    Array.isArray(candidate.columns) &&
    Array.isArray(candidate.index) &&
    Array.isArray(candidate.shape) &&
    Array.isArray(candidate.values)
  );
}

/**
 * A danfojs DataFrame or Series as a table, its index on the left. NaN and missing values are
 * printed as "NaN" and "".
 *
 * @throws when it has no columns.
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const df = { columns: ['loss'], index: [0, 1], shape: [2, 1], values: [[2.5], [1.25]] };
 * const shown = await plot.frame(df, { caption: 'Training' })[plot.displaySymbol]();
 * assert.match(String(shown['text/plain']), /Training/);
 * ```
 */
export function frame(
  df: DataFrameLike,
  { caption, digits, best, rows: most = 20, index = true }: FrameOptions = {},
): Displayable {
  const values = df.values as readonly unknown[];
  // A Series holds its values flat.
  const records = values.map((value) =>
    Array.isArray(value) ? (value as readonly unknown[]) : [value],
  );
  if (df.columns.length === 0)
    throw new RangeError('df: a frame without columns given, at least one column expected');
  const shown = selected(records.length, most);
  const pick = (cells: readonly unknown[]): Cell[] =>
    shown.map((row) => (row === undefined ? '…' : toCell(cells[row])));
  const columns = [
    // Row labels are names, even where they are numbers: no decimals.
    ...(index ? [column('', pick(df.index.map(String)), {})] : []),
    ...df.columns.map((name, j) =>
      column(String(name), pick(records.map((record) => record[j])), { digits, best }),
    ),
  ];
  const size = `${plural(records.length, 'row')} × ${plural(df.columns.length, 'column')}`;
  return grid(columns, caption ?? (shown.length < records.length ? size : undefined));
}

/** The rows to show; undefined stands for those left out. */
function selected(n: number, most: number): (number | undefined)[] {
  const all = Array.from({ length: n }, (_, i) => i);
  if (n <= most) return all;
  const half = Math.max(1, Math.floor(most / 2));
  return [...all.slice(0, half), undefined, ...all.slice(n - half)];
}

function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return '';
  if (isEstimate(value as Cell)) return value as Cell;
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
    ? value
    : String(value);
}
