/**
 * Singular values or eigenvalues in falling order, on a log axis: a collapsed dimension is a cliff.
 */
import type { Chart } from './chart';
import { lines, type LinesOptions } from './lines';
import { isNumbers, plural, round, toNumbers, type Numbers } from './values';

export interface SpectrumOptions extends LinesOptions {
  /**
   * Divides each spectrum by its greatest value, on by default: what counts is how the rest
   * compares.
   */
  readonly normalize?: boolean;
  /**
   * Smaller values than this part of the greatest are drawn at it: a log axis has no zero. 1e-7,
   * float32's precision.
   */
  readonly floor?: number;
}

/**
 * The spectrum of an embedding or of a few, such as the singular values of its matrix.
 *
 * Values are sorted; those below the floor are drawn at it and counted in the subtitle.
 *
 * @param values one spectrum, or spectra by name: numbers of at least 0.
 * @throws on negative values or NaN, and when all are 0.
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const chart = plot.spectrum({ healthy: [3, 2, 1], collapsed: [3, 1e-4, 0] });
 * assert.match(chart.text, /healthy 1 → 0.333/);
 * ```
 */
export function spectrum(
  values: Numbers | Readonly<Record<string, Numbers>>,
  options: SpectrumOptions = {},
): Chart {
  const { normalize = true, floor = 1e-7 } = options;
  const named: Readonly<Record<string, Numbers>> = isNumbers(values)
    ? { spectrum: values }
    : values;
  let raised = 0;
  const series = Object.fromEntries(
    Object.entries(named).map(([name, own]) => {
      const sorted = toNumbers(own, name).sort((a, b) => b - a);
      const wrong = sorted.findIndex((value) => !(value >= 0 && value < Infinity));
      if (wrong >= 0)
        throw new RangeError(
          `${name}: ${sorted[wrong]} given, finite numbers of at least 0 expected`,
        );
      const greatest = sorted[0] ?? 0;
      if (greatest === 0)
        throw new RangeError(
          `${name}: ${sorted.length === 0 ? 'no values' : 'only zeros'} given, at least one value above 0 expected`,
        );
      raised += sorted.filter((value) => value < floor * greatest).length;
      return [
        name,
        sorted.map((value) => Math.max(value, floor * greatest) / (normalize ? greatest : 1)),
      ];
    }),
  );
  const note =
    raised > 0
      ? `${plural(raised, 'value')} below ${round(floor)} of the greatest drawn there`
      : undefined;
  return lines(isNumbers(values) ? series['spectrum']! : series, {
    logY: true,
    xLabel: 'dimension, sorted',
    yLabel: normalize ? 'singular value / greatest' : 'singular value',
    ...options,
    subtitle: [options.subtitle, note].filter(Boolean).join(' · '),
  });
}
