/** Rows turned into columns: what charts take. */

/**
 * The columns of rows: a film's frames, say, as the lines of a chart.
 *
 * @param rows records with the same keys; at least one.
 * @returns by key, the values of all rows.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { columns } from 'dark-matter';
 *
 * const { step, loss } = columns([{ step: 0, loss: 2 }, { step: 5, loss: 1 }]);
 * assert.deepEqual([step, loss], [[0, 5], [2, 1]]);
 * ```
 */
export function columns<R extends object>(rows: readonly R[]): { [K in keyof R]: R[K][] } {
  if (rows.length === 0) throw new RangeError('rows: none given, at least one expected');
  const keys = Object.keys(rows[0]!) as (keyof R)[];
  return Object.fromEntries(keys.map((key) => [key, rows.map((row) => row[key])])) as {
    [K in keyof R]: R[K][];
  };
}
