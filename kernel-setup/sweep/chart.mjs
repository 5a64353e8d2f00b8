/** The sweep's chart: each figure over the parameter that was swept, in Vega-Lite. */

/** @typedef {import('./store.mjs').Kept} Kept */
/** @typedef {{ status: string, row: string, figure: string, value: number } & Record<string, string | number | boolean>} Value as the library's sweepValues gives them */

/**
 * A panel a figure, a colour a row. Over the x axis is the parameter of numbers with the most values; what else was swept,
 * such as seeds, shows as a point a run, with a line through the means and a bar of one standard deviation to each side. A
 * run that failed after it had measured, as by a claim that does not hold there, is a cross.
 *
 * @param {readonly Kept[]} runs
 * @param {readonly Value[]} all their values
 * @returns {Record<string, unknown> | undefined} a Vega-Lite v5 spec; undefined where nothing was measured
 */
export function chartOf(runs, all) {
  const measured = all.filter(({ figure }) => figure !== 'seconds');
  // Seconds are drawn where the notebooks recorded nothing.
  const values = measured.length > 0 ? measured : all;
  if (values.length === 0) return undefined;
  const x = axisOf(runs);
  const xs = values.map((value) => value[x]);
  const numbers = xs.filter((value) => typeof value === 'number');
  const isNumeric = numbers.length === xs.length;
  const places = [...new Set(numbers)].sort((a, b) => a - b);
  const named = (/** @type {readonly unknown[]} */ names) => [...new Set(names)];
  const encoding = {
    x: { field: x, type: isNumeric ? 'quantitative' : 'nominal', title: x, ...(isNumeric ? { scale: scaleOf(numbers), ...(places.length <= 8 ? { axis: { values: places, format: '~g' } } : {}) } : {}) },
    color: { field: 'row', type: 'nominal', title: null, sort: named(values.map(({ row }) => row)), legend: { labelLimit: 0 } },
  };
  const value = { field: 'value', type: 'quantitative', title: null, scale: { zero: false, padding: 8 } };
  const hasFailed = values.some(({ status }) => status !== 'passed');
  const statuses = { field: 'status', type: 'nominal', title: null, scale: { domain: ['passed', 'failed', 'timeout'], range: ['circle', 'cross', 'cross'] }, legend: { values: named(values.map(({ status }) => status)) } };
  return {
    data: { values },
    facet: { field: 'figure', type: 'nominal', title: null, sort: named(values.map(({ figure }) => figure)) },
    columns: 2,
    spec: {
      width: 280,
      height: 180,
      layer: [
        { mark: 'line', encoding: { ...encoding, y: { ...value, aggregate: 'mean' } } },
        { ...spread(x), mark: { type: 'rule', strokeWidth: 1.5 }, encoding: { ...encoding, y: { ...value, field: 'low' }, y2: { field: 'high' } } },
        { mark: { type: 'point', filled: true, opacity: 0.6 }, encoding: { ...encoding, y: value, ...(hasFailed ? { shape: statuses } : {}) } },
      ],
    },
    resolve: { scale: { y: 'independent' } },
  };
}

/**
 * The parameter of numbers with the most values, else one of another kind; the seed where nothing else was swept.
 *
 * @param {readonly Kept[]} runs
 */
export function axisOf(runs) {
  const names = [...new Set(runs.flatMap(({ parameters }) => Object.keys(parameters)))];
  const count = (/** @type {string} */ name) => new Set(runs.map(({ parameters }) => JSON.stringify(parameters[name]))).size;
  const isOfNumbers = (/** @type {string} */ name) => runs.every(({ parameters }) => typeof parameters[name] === 'number');
  const swept = names.filter((name) => name !== 'seed' && count(name) > 1).sort((a, b) => count(b) - count(a));
  return swept.find(isOfNumbers) ?? swept[0] ?? names.find((name) => name === 'seed') ?? 'notebook';
}

/** From one standard deviation below the mean to one above, where there are several values. @param {string} x */
const spread = (x) => ({
  transform: [
    { aggregate: [{ op: 'mean', field: 'value', as: 'middle' }, { op: 'stdev', field: 'value', as: 'deviation' }, { op: 'count', as: 'runs' }], groupby: [x, 'row', 'figure'] },
    { filter: 'datum.runs > 1' },
    { calculate: 'datum.middle - datum.deviation', as: 'low' },
    { calculate: 'datum.middle + datum.deviation', as: 'high' },
  ],
});

/** Logarithmic where the values span an order of magnitude. @param {number[]} xs */
function scaleOf(xs) {
  const [least, greatest] = [Math.min(...xs), Math.max(...xs)];
  return least > 0 && greatest / least >= 10 ? { type: 'log' } : { zero: false };
}
