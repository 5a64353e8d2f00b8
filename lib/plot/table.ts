/** Tables of results. */
import { column, grid, type Cell, type ColumnOptions } from './columns';
import type { Displayable } from './display';
import { frame, isDataFrame, type DataFrameLike } from './frame';
import { describe, isRecord } from './values';

export type Row = Readonly<Record<string, Cell>>;

export interface TableOptions extends ColumnOptions {
  readonly caption?: string;
}

/**
 * A table of records, or of a danfojs DataFrame. The columns are the records' keys, in the order in
 * which they appear.
 *
 * @throws when there are no rows, when a cell is not a `Cell`, or when `best` names a column that
 * is not there.
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const rows = [
 *   { method: 'SimCLR', accuracy: { mean: 91.2, error: 0.4 } },
 *   { method: 'PCA', accuracy: 88 },
 * ];
 * const shown = await plot.table(rows, { best: { accuracy: 'max' } })[plot.displaySymbol]();
 * assert.match(String(shown['text/html']), /<strong>91.20 ± 0.40/);
 * ```
 */
export function table(
  rows: readonly Row[] | DataFrameLike,
  options: TableOptions = {},
): Displayable {
  if (isDataFrame(rows)) return frame(rows, options);
  if (!Array.isArray(rows) || rows.length === 0)
    throw new RangeError(`rows: ${describe(rows)} given, at least one record expected`);
  const records = rows as readonly Row[];
  const wrong = records.findIndex((row) => !isRecord(row));
  if (wrong >= 0)
    throw new TypeError(`rows[${wrong}]: ${describe(records[wrong])} given, a record expected`);
  const names = [...new Set(records.flatMap((row) => Object.keys(row)))];
  for (const name of Object.keys(options.best ?? {})) {
    if (!names.includes(name))
      throw new RangeError(
        `best: column "${name}" given, one of ${names.map((column) => `"${column}"`).join(', ')} expected`,
      );
  }
  return grid(
    names.map((name) =>
      column(
        name,
        records.map((row) => row[name]),
        options,
      ),
    ),
    options.caption,
  );
}
