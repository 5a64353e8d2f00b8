/** Whether measurements can tell two laws of growth apart. */
import { fitLaw, type Law } from './powerLaw';
import { mean, studentQuantile, type Interval } from './statistics';

export interface LawComparison {
  readonly exponential: Law;
  readonly power: Law;
  /**
   * y = factor size^exponent e^(rate x), which holds both laws: what each factor adds to the other;
   * with the scatter and the share of variance that `Law` has.
   */
  readonly both: {
    readonly rate: Interval & { readonly mean: number };
    readonly exponent: Interval & { readonly mean: number };
    readonly residual: number;
    readonly r2: number;
  };
  /**
   * What the measurements do not reject at 95%: one law, 'either' (they cannot be told apart) or
   * 'neither'.
   */
  readonly fits: 'exponential' | 'power' | 'either' | 'neither';
}

/**
 * An exponential and a power law for the same measurements, and whether either is rejected: both are
 * put into one regression, log y = a + exponent log(size) + rate x. The exponential is rejected where
 * the interval of the exponent excludes 0, the power law where that of the rate does. The intervals
 * are Student's, exact when the logarithms scatter normally and alike (the test of non-nested
 * hypotheses by a comprehensive model: Davidson and MacKinnon 1981, section 1).
 *
 * @param x [n], above 0, at least three different ones; repeated measurements are given one by one.
 * @param y [n], above 0.
 * @param sizes [n], above 0: what the power law is of, where that is not x itself: the number of
 * coefficients to learn in x dimensions, say.
 * @throws where sizes are proportional to e^x, as `fitLaw` does, and with fewer than four points or three different x.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * const x = [2, 4, 6, 8, 10, 12];
 * const y = x.map((v, i) => Math.exp(v / 2) * (i % 2 ? 1.01 : 0.99));
 * assert.equal(measure.compareLaws(x, y).fits, 'exponential');
 * ```
 */
export function compareLaws(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  sizes: ArrayLike<number> = x,
): LawComparison {
  const exponential = fitLaw(x, y, 'exponential');
  const power = fitLaw(sizes, y, 'power');
  if (x.length < 4 || new Set(Array.from(x)).size < 3)
    throw new Error(
      `x: [${Array.from(x).join(', ')}] given, at least 4 points at 3 different values expected`,
    );
  const [u, v, w] = [
    centred(Array.from(x)),
    centred(Array.from(sizes, Math.log)),
    centred(Array.from(y, Math.log)),
  ];
  const [uu, uv, vv, uw, vw] = [dot(u, u), dot(u, v), dot(v, v), dot(u, w), dot(v, w)];
  const determinant = uu * vv - uv * uv;
  if (determinant < 1e-12 * uu * vv)
    throw new Error('sizes: proportional to e^x given, sizes that differ from that law expected');
  const rate = (vv * uw - uv * vw) / determinant;
  const exponent = (uu * vw - uv * uw) / determinant;
  const errors = w.map((value, i) => value - rate * u[i]! - exponent * v[i]!);
  const freedom = w.length - 3;
  const residual = Math.sqrt(dot(errors, errors) / freedom);
  const half = studentQuantile(0.975, freedom) * residual;
  const interval = (value: number, inverse: number) => {
    const width = half * Math.sqrt(inverse / determinant);
    return { mean: value, low: value - width, high: value + width };
  };
  const total = dot(w, w);
  const r2 = total === 0 ? 1 : 1 - dot(errors, errors) / total;
  const both = { rate: interval(rate, vv), exponent: interval(exponent, uu), residual, r2 };
  const [grows, bends] = [excludesZero(both.rate), excludesZero(both.exponent)];
  const fits = grows ? (bends ? 'neither' : 'exponential') : bends ? 'power' : 'either';
  return { exponential, power, both, fits };
}

const excludesZero = ({ low, high }: Interval): boolean => low > 0 || high < 0;

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

function centred(values: readonly number[]): number[] {
  const centre = mean(values);
  return values.map((value) => value - centre);
}
