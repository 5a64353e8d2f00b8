/**
 * danfojs data frames, typed: what of danfojs a notebook needs, without its `any`.
 *
 * danfojs takes a second to load; the first frame loads it, and no other does again.
 */
import { createRequire } from 'node:module';
import type { DataFrameLike } from '../plot/frame';
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

export function dataFrame(rows: readonly Row[]): Frame {
  const { DataFrame } = createRequire(__filename)('danfojs-node') as {
    DataFrame: new (rows: readonly Row[]) => Frame;
  };
  return new DataFrame(rows);
}
