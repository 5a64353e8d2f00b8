/**
 * One look for every chart: colours that a colour-blind reader can tell apart, a white ground (also
 * in a dark JupyterLab), type that is readable at the 700 pixels of a notebook cell.
 */

/** Okabe and Ito's eight colours, the faintest on white last. For up to seven or eight classes. */
export const okabeIto = [
  '#0072B2',
  '#D55E00',
  '#009E73',
  '#CC79A7',
  '#E69F00',
  '#56B4E9',
  '#000000',
  '#F0E442',
] as const;

/** Petroff's ten colours (arXiv:2107.02270), for ten classes such as the digits. */
export const petroff10 = [
  '#3f90da',
  '#ffa90e',
  '#bd1f01',
  '#94a4a2',
  '#832db6',
  '#a96b59',
  '#e76300',
  '#b9ac70',
  '#717581',
  '#92dadd',
] as const;

/**
 * The colours of `n` classes: Okabe-Ito to seven, Petroff to ten; beyond that twenty colours that
 * only help a little.
 *
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * assert.deepEqual(plot.palette(2), { range: ['#0072B2', '#D55E00'] });
 * ```
 */
export function palette(
  n: number,
): { readonly range: readonly string[] } | { readonly scheme: string } {
  if (n <= 7) return { range: okabeIto.slice(0, Math.max(n, 1)) };
  if (n <= 10) return { range: petroff10.slice(0, n) };
  return { scheme: 'tableau20' };
}

/** The colour of what has no classes: a single line, bar or histogram. */
export const ink = okabeIto[0];

/** The colour of what recedes: rules, references, the rest. */
export const grey = '#767676';

/** Continuous scales: `sequential` from low (dark) to high (light), `diverging` around a middle. */
export const schemes = { sequential: 'viridis', diverging: 'blueorange' } as const;

/** The font's generic name, so that a browser takes its own and the PNG takes DejaVu Sans. */
export const font = 'sans-serif';

/**
 * The size of a chart's plotting area, in CSS pixels; axes and a legend then fit in a cell of 700.
 */
export const size = { width: 480, height: 280, square: 340, legend: 70, cell: 700 } as const;

const text = '#333333';

/** Vega-Lite's config of every chart. */
export const config = {
  background: 'white',
  padding: 8,
  font,
  view: { stroke: null },
  axis: {
    labelFontSize: 12,
    titleFontSize: 13,
    titleFontWeight: 'normal',
    labelColor: text,
    titleColor: text,
    titlePadding: 8,
    gridColor: '#e6e6e6',
    domainColor: '#999999',
    tickColor: '#999999',
    labelLimit: 220,
    labelOverlap: 'parity',
    labelSeparation: 4,
  },
  legend: {
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelColor: text,
    titleColor: text,
    labelLimit: 170,
    symbolStrokeWidth: 3,
    symbolOpacity: 1,
    gradientOpacity: 1,
  },
  header: { labelFontSize: 13, titleFontSize: 13, labelColor: text, titleColor: text },
  title: {
    anchor: 'start',
    frame: 'bounds',
    fontSize: 15,
    fontWeight: 'bold',
    color: '#111111',
    subtitleFontSize: 12,
    subtitleColor: '#555555',
    subtitlePadding: 4,
    offset: 12,
  },
  line: { strokeWidth: 2, strokeJoin: 'round' },
  point: { filled: true, size: 30 },
  range: {
    category: okabeIto,
    ramp: { scheme: schemes.sequential },
    heatmap: { scheme: schemes.sequential },
  },
} as const;
