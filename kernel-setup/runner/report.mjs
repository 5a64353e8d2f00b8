/** What is left for programs to read: a report as JSON, or as JUnit XML, which CI services show. */
import { relative } from 'node:path';
import { oneLine } from './errors.mjs';
import { nameOf } from './progress.mjs';

/** @typedef {import('./execution.mjs').Result} Result */
/** @typedef {import('./execution.mjs').CellResult} CellResult */
/**
 * @typedef {{ results: Result[], started: Date, seconds: number, parameters: Record<string, string>, root: string }} Run
 */

/** @param {Run} run */
export function asJson({ results, started, seconds, parameters, root }) {
  const short = (/** @type {string | null} */ path) => path && relative(root, path);
  const passed = results.filter(({ status }) => status === 'passed').length;
  const report = {
    started: started.toISOString(),
    seconds: rounded(seconds),
    passed,
    failed: results.length - passed,
    parameters,
    notebooks: results.map(({ fault: _, ...result }) => ({
      ...result,
      notebook: short(result.notebook),
      executed: short(result.executed),
      html: short(result.html),
      seconds: rounded(result.seconds),
      cells: result.cells.map((cell) => ({ ...cell, seconds: rounded(cell.seconds) })),
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** A suite is a notebook, a case is a cell. @param {Run} run */
export function asJUnit({ results, started, seconds }) {
  const suites = results.map((result) => suite(result, started));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'notebooks', ...totals(results.flatMap(casesOf)), time: rounded(seconds) }, suites)}\n`;
}

/** @param {Result} result @param {Date} started */
function suite(result, started) {
  const cases = casesOf(result);
  const attributes = {
    name: nameOf(result),
    ...totals(cases),
    time: rounded(result.seconds),
    timestamp: started.toISOString(),
  };
  return element(
    'testsuite',
    attributes,
    cases.map((each) => testCase(result, each)),
  );
}

/**
 * The notebook's cells, and the notebook itself where it failed outside of any: its kernel did not
 * start, or its time ended between two cells.
 *
 * @param {Result} result
 * @returns {{ name: string, status: string, seconds: number, error:
 * import('./errors.mjs').CellError | null }[]}
 */
function casesOf(result) {
  const cells = result.cells.map((cell) => ({
    ...cell,
    name: cell.cell === null ? 'parameters' : `cell ${cell.cell}`,
  }));
  const told = result.status === 'passed' || cells.some(({ status }) => status === result.status);
  return told
    ? cells
    : [...cells, { name: 'notebook', status: result.status, seconds: 0, error: result.error }];
}

/** @param {{ status: string }[]} cases */
function totals(cases) {
  const count = (/** @type {string[]} */ ...statuses) =>
    cases.filter(({ status }) => statuses.includes(status)).length;
  return {
    tests: cases.length,
    failures: count('failed'),
    errors: count('timeout', 'interrupted'),
    skipped: count('skipped', 'not run'),
  };
}

/** @param {Result} result @param {ReturnType<typeof casesOf>[number]} each */
function testCase(result, { name, status, seconds, error }) {
  return element(
    'testcase',
    { classname: nameOf(result), name, time: rounded(seconds) },
    outcome(status, error),
  );
}

/**
 * @param {string} status
 * @param {import('./errors.mjs').CellError | null} error
 * @returns {string[]}
 */
function outcome(status, error) {
  if (status === 'passed') return [];
  if (status === 'skipped' || status === 'not run')
    return [element('skipped', { message: status }, [])];
  const type = error?.name ?? status;
  const message = error ? oneLine({ ...error, cell: null }) : status;
  return [
    element(status === 'failed' ? 'failure' : 'error', { type, message }, [
      escape(error?.traceback || message),
    ]),
  ];
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string[]} children
 */
function element(name, attributes, children) {
  const written = Object.entries(attributes)
    .map(
      ([key, value]) =>
        ` ${key}="${escape(String(value)).replace(/[\t\n]/g, (space) => `&#${space.charCodeAt(0)};`)}"`,
    )
    .join('');
  return children.length > 0
    ? `<${name}${written}>${children.join('')}</${name}>`
    : `<${name}${written}/>`;
}

/**
 * Text as XML 1.0 allows it: control characters, which no escape makes legal there, become the
 * replacement character.
 *
 * @param {string} text
 */
export function escape(text) {
  return text
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, (character) =>
      '\t\n\r'.includes(character) ? character : '\ufffd',
    )
    .replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** @param {number} value to a millisecond */
const rounded = (value) => Math.round(value * 1000) / 1000;
