/** Where a measured curve reaches a level: how many labels an accuracy takes. */
import { expectNumber } from '../core/checks';

export interface Crossing {
  /** Where the curve reaches the level, within the measured range. */
  readonly at: number;
  /**
   * 'below': the first point has reached it already, so `at` is an upper bound. 'above': no point
   * reaches it, so `at`, the last point, is a lower bound.
   */
  readonly beyond?: 'below' | 'above';
}

/**
 * The first place at which a curve reaches a level. Between two measured points it is taken to be a
 * straight line over log x.
 *
 * @param curve x: [n], above 0 and rising; y: [n]. @param level of y.
 * @throws where x and y differ in length, are empty, or x does not rise.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 *
 * const accuracy = { x: [1, 10, 100], y: [50, 70, 90] };
 * assert.equal(measure.crossing(accuracy, 80).at.toFixed(1), '31.6');
 * assert.deepEqual(measure.crossing(accuracy, 95), { at: 100, beyond: 'above' });
 * ```
 */
export function crossing(
  { x, y }: { readonly x: readonly number[]; readonly y: readonly number[] },
  level: number,
): Crossing {
  if (x.length !== y.length || x.length === 0)
    throw new Error(
      `x, y: ${x.length} and ${y.length} values given, equal numbers of at least 1 expected`,
    );
  for (const [name, values] of Object.entries({ y, level: [level] }))
    if (!values.every(Number.isFinite))
      throw new Error(`${name}: ${values.join(', ')} given, finite numbers expected`);
  x.forEach((value, i) => expectNumber(`x[${i}]`, value, { above: i === 0 ? 0 : x[i - 1]! }));
  const first = y.findIndex((value) => value >= level);
  if (first < 0) return { at: x.at(-1)!, beyond: 'above' };
  if (first === 0) return y[0] === level ? { at: x[0]! } : { at: x[0]!, beyond: 'below' };
  const part = (level - y[first - 1]!) / (y[first]! - y[first - 1]!);
  return { at: x[first - 1]! * (x[first]! / x[first - 1]!) ** part };
}
