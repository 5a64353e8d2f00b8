/** The sweep's chart: each figure over the parameter that was swept, in Vega-Lite. */

/** @typedef {import('./store.mjs').Kept} Kept */
/** @typedef {{ row: string, figure: string, value: number } & Record<string, string | number | boolean>} Value as the library's sweepValues gives them */

/**
 * A panel a figure, a colour a row. Over the x axis is the parameter of numbers with the most values; what else was swept,
 * such as seeds, shows as a point a run, with a line through the means.
 *
 * @param {readonly Kept[]} runs
 * @param {readonly Value[]} all their values
 * @returns {Record<string, unknown> | undefined} a Vega-Lite v5 spec; undefined where no run has passed
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
  const encoding = {
    x: { field: x, type: isNumeric ? 'quantitative' : 'nominal', title: x, ...(isNumeric ? { scale: scaleOf(numbers) } : {}) },
    color: { field: 'row', type: 'nominal', title: null },
  };
  return {
    data: { values },
    facet: { field: 'figure', type: 'nominal', title: null },
    columns: 2,
    spec: {
      width: 280,
      height: 180,
      layer: [
        { mark: 'line', encoding: { ...encoding, y: { aggregate: 'mean', field: 'value', type: 'quantitative', title: null, scale: { zero: false } } } },
        { mark: { type: 'point', filled: true }, encoding: { ...encoding, y: { field: 'value', type: 'quantitative', title: null, scale: { zero: false } } } },
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

/** Logarithmic where the values span more than one order of magnitude. @param {number[]} xs */
function scaleOf(xs) {
  const [least, greatest] = [Math.min(...xs), Math.max(...xs)];
  return least > 0 && greatest / least > 10 ? { type: 'log' } : { zero: false };
}
