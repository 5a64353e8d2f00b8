/** How a cost grows: a law fitted to measurements, with what is not known about it. */
import { mean, studentQuantile, type Interval } from './statistics';

export type LawKind = 'power' | 'exponential';

/** A law y = factor x^rate ('power') or y = factor e^(rate x) ('exponential'). */
export interface Law {
  readonly kind: LawKind;
  readonly factor: number;
  /** The exponent, with Student's interval. */
  readonly rate: number;
  readonly rateInterval: Interval;
  /**
   * The standard deviation of log y about the law, in nats: of two laws for the same data the
   * better has less.
   */
  readonly residual: number;
  /** The share of the variance of log y that the law explains, at most 1. */
  readonly r2: number;
  /** y at x, in the confidence band of the law itself (not of a single measurement). */
  at(x: number): { readonly y: number } & Interval;
}

/**
 * Least squares on logarithms: a straight line through (log x, log y) or (x, log y). The intervals
 * are Student's, exact when the logarithms of the measurements scatter normally and alike about the
 * law.
 *
 * @param x [n], above 0 for a power law; at least two different ones. Repeated measurements at one
 * x are given one by one.
 * @param y [n], above 0. @param confidence in (0, 1), default 0.95.
 * @throws when there are fewer than three points, or a value whose logarithm is not finite.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * const law = measure.fitLaw([1, 2, 4, 8], [3, 6, 12, 24], 'power');
 * assert.ok(Math.abs(law.rate - 1) < 1e-6);
 * ```
 */
export function fitLaw(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  kind: LawKind,
  confidence = 0.95,
): Law {
  if (x.length !== y.length)
    throw new Error(`x, y: ${x.length} and ${y.length} values given, equal numbers expected`);
  if (x.length < 3)
    throw new Error(`x: ${x.length} points given, at least 3 expected: two always lie on a law`);
  if (!(confidence > 0 && confidence < 1))
    throw new Error(`confidence: ${confidence} given, a number between 0 and 1 expected`);
  const along = (value: number): number => (kind === 'power' ? Math.log(value) : value);
  const [u, v] = [Array.from(x, along), Array.from(y, Math.log)];
  for (const [name, values, given] of [
    ['x', u, x],
    ['y', v, y],
  ] as const) {
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new Error(`${name}[${bad}]: ${given[bad]} given, a finite number above 0 expected`);
  }
  const [centreU, centreV] = [mean(u), mean(v)];
  const squaresU = u.reduce((sum, value) => sum + (value - centreU) ** 2, 0);
  if (squaresU === 0)
    throw new Error(`x: only ${x[0]} given, at least two different values expected`);
  const rate =
    u.reduce((sum, value, i) => sum + (value - centreU) * (v[i]! - centreV), 0) / squaresU;
  const logFactor = centreV - rate * centreU;
  const squares = v.reduce((sum, value, i) => sum + (value - logFactor - rate * u[i]!) ** 2, 0);
  const total = v.reduce((sum, value) => sum + (value - centreV) ** 2, 0);
  const residual = Math.sqrt(squares / (u.length - 2));
  const t = studentQuantile((1 + confidence) / 2, u.length - 2);
  const half = (t * residual) / Math.sqrt(squaresU);
  return {
    kind,
    factor: Math.exp(logFactor),
    rate,
    rateInterval: { low: rate - half, high: rate + half },
    residual,
    r2: total === 0 ? 1 : 1 - squares / total,
    at: (value) => {
      const here = along(value);
      const centre = logFactor + rate * here;
      const spread = t * residual * Math.sqrt(1 / u.length + (here - centreU) ** 2 / squaresU);
      return {
        y: Math.exp(centre),
        low: Math.exp(centre - spread),
        high: Math.exp(centre + spread),
      };
    },
  };
}
