/** A figure that was measured several times, as a cell of a table or a data frame. */
import type { Estimate } from './columns';

/**
 * Mean and standard deviation of a figure's runs; it sorts by its mean and prints as `94.1 ± 0.6`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { plot } from 'dark-matter';
 *
 * assert.equal(String(new plot.Spread([1, 2, 3])), '2 ± 1');
 * ```
 */
export class Spread implements Estimate {
  readonly mean: number;
  /** Standard deviation (n - 1); undefined for a single value, which has none. */
  readonly error: number | undefined;

  /**
   * @param values one a seed; at least one.
   * @param better which of a column's means is best, and printed bold.
   */
  constructor(
    readonly values: readonly number[],
    readonly better?: 'max' | 'min',
  ) {
    if (values.length === 0) throw new Error('values: none given, at least one expected');
    const n = values.length;
    this.mean = values.reduce((sum, value) => sum + value, 0) / n;
    const squares = values.reduce((sum, value) => sum + (value - this.mean) ** 2, 0);
    this.error = n > 1 ? Math.sqrt(squares / (n - 1)) : undefined;
  }

  valueOf(): number {
    return this.mean;
  }

  toString(): string {
    const digits = (value: number): string => String(Number(value.toPrecision(4)));
    return this.error === undefined
      ? digits(this.mean)
      : `${digits(this.mean)} ± ${digits(this.error)}`;
  }
}
