/** The sweep's chart: each figure over the parameter that was swept, in Vega-Lite. */

/** @typedef {import('./store.mjs').Kept} Kept */
/**
 * @typedef {{ status: string, row: string, figure: string, value: number } & Record<string, string | number | boolean>} Value as the library's sweepValues gives them
 */

/**
 * At the top, large, what the notebook recorded first: its first figure of its first row, which is
 * what it is about. Below, a panel a figure, a colour a row. Over the x axis is the parameter of
 * numbers with the most values; what else was swept, such as seeds, shows as a point a run, with a
 * line through the means and a bar of one standard deviation to each side. A run that failed after
 * it had measured, as by a claim that does not hold there, is a cross.
 *
 * @param {readonly Kept[]} runs
 * @param {readonly Value[]} all their values
 * @returns {Record<string, unknown> | undefined} a Vega-Lite v5 spec; undefined where nothing was
 * measured
 */
export function chartOf(runs, all) {
  const measured = all.filter(({ figure }) => figure !== 'seconds');
  // Seconds are drawn where the notebooks recorded nothing.
  const values = measured.length > 0 ? measured : all;
  const [first] = values;
  if (!first) return undefined;
  const x = axisOf(runs);
  const rows = different(values.map(({ row }) => row));
  const figures = different(values.map(({ figure }) => figure));
  const statuses = different(values.map(({ status }) => status));
  const along = { x: alongX(x, values) };
  // Eight colours can be told apart by all eyes; more rows than that take what there is.
  const colour = {
    color: {
      field: 'row',
      type: 'nominal',
      title: null,
      sort: rows,
      legend: { labelLimit: 0 },
      ...(rows.length > 8 ? { scale: { scheme: 'tableau20' } } : {}),
    },
  };
  const shape = {
    shape: {
      field: 'status',
      type: 'nominal',
      title: null,
      scale: { domain: ['passed', 'failed', 'timeout'], range: ['circle', 'cross', 'cross'] },
      legend: { values: statuses },
    },
  };
  const marked = statuses.some((status) => status !== 'passed') ? shape : {};
  const repeats =
    different(values.map((value) => JSON.stringify([value[x], value.row, value.figure]))).length <
    values.length;
  const top = {
    title: { text: `${first.row}: ${first.figure}`, anchor: 'start' },
    transform: [
      {
        filter: {
          and: [
            { field: 'row', equal: first.row },
            { field: 'figure', equal: first.figure },
          ],
        },
      },
    ],
    width: 420,
    height: 260,
    layer: layersOf(x, along, marked, repeats),
  };
  if (rows.length * figures.length === 1) return { data: { values }, ...top };
  const panels = {
    facet: { field: 'figure', type: 'nominal', title: null, sort: figures },
    columns: 2,
    spec: { width: 280, height: 200, layer: layersOf(x, { ...along, ...colour }, marked, repeats) },
    resolve: { scale: { y: 'independent' } },
  };
  return {
    data: { values },
    vconcat: [top, panels],
    spacing: 40,
    resolve: { legend: { shape: 'shared' } },
  };
}

/**
 * @param {string} x
 * @param {Record<string, unknown>} encoding
 * @param {Record<string, unknown>} marked
 * @param {boolean} repeats whether anything was measured twice
 */
function layersOf(x, encoding, marked, repeats) {
  const y = {
    field: 'value',
    type: 'quantitative',
    title: null,
    scale: { zero: false, padding: 8 },
  };
  return [
    { mark: 'line', encoding: { ...encoding, y: { ...y, aggregate: 'mean' } } },
    ...(repeats
      ? [
          {
            ...spread(x),
            mark: { type: 'rule', strokeWidth: 1.5, color: '#999999' },
            encoding: { ...encoding, y: { ...y, field: 'low' }, y2: { field: 'high' } },
          },
        ]
      : []),
    {
      mark: { type: 'point', filled: true, size: 60, opacity: 0.8 },
      encoding: { ...encoding, y, ...marked },
    },
  ];
}

/** @param {string} x @param {readonly Value[]} values */
function alongX(x, values) {
  const numbers = values.map((value) => value[x]).filter((value) => typeof value === 'number');
  if (numbers.length < values.length) return { field: x, type: 'nominal', title: x };
  const places = different(numbers).sort((a, b) => a - b);
  // What was swept is what the axis tells, where that is legible.
  const axis = places.length <= 8 ? { axis: { values: places, format: '~g' } } : {};
  return { field: x, type: 'quantitative', title: x, scale: scaleOf(numbers), ...axis };
}

/** In the order in which they came. @template T @param {readonly T[]} values */
const different = (values) => [...new Set(values)];

/**
 * The parameter of numbers with the most values, else one of another kind; the seed where nothing
 * else was swept.
 *
 * @param {readonly Kept[]} runs
 */
export function axisOf(runs) {
  const names = [...new Set(runs.flatMap(({ parameters }) => Object.keys(parameters)))];
  const count = (/** @type {string} */ name) =>
    new Set(runs.map(({ parameters }) => JSON.stringify(parameters[name]))).size;
  const isOfNumbers = (/** @type {string} */ name) =>
    runs.every(({ parameters }) => typeof parameters[name] === 'number');
  const swept = names
    .filter((name) => name !== 'seed' && count(name) > 1)
    .sort((a, b) => count(b) - count(a));
  return swept.find(isOfNumbers) ?? swept[0] ?? names.find((name) => name === 'seed') ?? 'notebook';
}

/**
 * From one standard deviation below the mean to one above, where there are several values.
 * @param {string} x
 */
const spread = (x) => ({
  transform: [
    {
      aggregate: [
        { op: 'mean', field: 'value', as: 'middle' },
        { op: 'stdev', field: 'value', as: 'deviation' },
        { op: 'count', as: 'runs' },
      ],
      groupby: [x, 'row', 'figure'],
    },
    { filter: 'datum.runs > 1' },
    { calculate: 'datum.middle - datum.deviation', as: 'low' },
    { calculate: 'datum.middle + datum.deviation', as: 'high' },
  ],
});

/** Logarithmic where the values span an order of magnitude. @param {number[]} xs */
function scaleOf(xs) {
  const [least, greatest] = [Math.min(...xs), Math.max(...xs)];
  return least > 0 && greatest / least >= 10
    ? { type: 'log', nice: false, padding: 20 }
    : { zero: false, nice: false, padding: 20 };
}
