/** The sweep's page: a chart and a table in one file that needs nothing else. */
import { createRequire } from 'node:module';
import { escape } from '../runner/report.mjs';
import { writeWhole } from '../setup/files.mjs';
import { chartOf } from './chart.mjs';

/** @typedef {import('./store.mjs').Kept} Kept */

/**
 * @param {{ html?: string, chart?: string }} files what to write, and where
 * @param {readonly Kept[]} runs those that have ended
 * @param {number} asked how many there are in all
 */
export async function writeReport({ html, chart }, runs, asked) {
  const { measure, plot } = createRequire(import.meta.url)('dark-matter');
  const spec = chartOf(runs, measure.sweepValues(runs));
  // As the library draws it in a notebook.
  const drawn = spec && plot.chart(spec);
  if (html) writeWhole(html, pageOf(runs, asked, drawn ? await drawn.svg() : ''));
  if (chart && drawn) writeWhole(chart, await drawn.png());
}

/** @param {readonly Kept[]} runs @param {number} asked @param {string} svg */
export function pageOf(runs, asked, svg) {
  const parameters = [...new Set(runs.flatMap((run) => Object.keys(run.parameters)))];
  const figures = [...new Set(runs.flatMap((run) => Object.keys(flat(run))))];
  const head = ['notebook', ...parameters, 'status', 'seconds', ...figures];
  const body = runs.map((run) => {
    const measured = flat(run);
    const status = run.error ? `${run.status}: ${run.error}` : run.status;
    return [
      run.notebook,
      ...parameters.map((name) => text(run.parameters[name])),
      status,
      run.seconds.toFixed(1),
      ...figures.map((name) => measured[name] ?? ''),
    ];
  });
  const passed = runs.filter(({ status }) => status === 'passed').length;
  const title = `Sweep of ${[...new Set(runs.map(({ notebook }) => notebook))].join(', ') || 'nothing yet'}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
  svg { max-width: 100%; height: auto }
  div { overflow-x: auto }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums }
  th, td { padding: .2rem .8rem .2rem 0; text-align: left; border-bottom: 1px solid #ddd; vertical-align: top }
</style>
<h1>${escape(title)}</h1>
<p>${passed} passed, ${runs.length - passed} failed, ${asked - runs.length} not run.</p>
${svg}
<div><table>
<thead>${row('th', head)}</thead>
<tbody>
${body.map((cells) => row('td', cells)).join('\n')}
</tbody>
</table></div>
</html>
`;
}

/**
 * The figures of a run by one name each, several values as their mean.
 * @param {Kept} run
 * @returns {Record<string, string>}
 */
function flat({ figures }) {
  const named = Object.entries(figures).flatMap(([row, columns]) =>
    Object.entries(columns).map(([name, values]) => [`${row}: ${name}`, mean(values)]),
  );
  return Object.fromEntries(named);
}

/** @param {number[]} values */
const mean = (values) =>
  String(Number((values.reduce((sum, value) => sum + value, 0) / values.length).toPrecision(4)));

/** @param {unknown} value */
const text = (value) =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** @param {'th' | 'td'} tag @param {string[]} cells */
const row = (tag, cells) =>
  `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;
