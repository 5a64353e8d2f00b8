/** A sweep's runs in long form: a row a measured value, as charts and data frames want it. */

/** @typedef {import('./store.mjs').Kept} Kept */
/** @typedef {{ row: string, figure: string, value: number } & Record<string, string | number | boolean>} Value */

/** The figure that every run has. */
export const duration = 'seconds';

/**
 * Passed runs alone. A figure with a value a seed gives as many rows; a parameter that is no plain value is written as JSON.
 *
 * @param {readonly Kept[]} runs
 * @returns {Value[]}
 */
export function longForm(runs) {
  return runs.filter(({ status }) => status === 'passed').flatMap(({ notebook, parameters, figures, seconds }) => {
    const plain = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, plainOf(value)]));
    const measured = Object.entries(figures).flatMap(([row, columns]) =>
      Object.entries(columns).flatMap(([figure, values]) => values.map((value) => ({ ...plain, notebook, row, figure, value }))),
    );
    return [...measured, { ...plain, notebook, row: notebook, figure: duration, value: seconds }];
  });
}

/** @param {unknown} value */
const plainOf = (value) => (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string' ? value : JSON.stringify(value));
