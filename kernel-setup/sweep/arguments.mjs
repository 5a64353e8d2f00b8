/** The command line of `npm run sweep`. */
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { parseArguments as parseRunner, wholeNumber } from '../runner/arguments.mjs';
import { Usage } from '../setup/fault.mjs';
import { readArguments } from '../setup/options.mjs';
import { axisValues } from './grid.mjs';

export const HELP = `\
npm run sweep -- NOTEBOOK ... -p NAME=VALUE,VALUE,... [-p ...] [options]

Runs a grid of parameterised notebooks on Dask: every combination of the values, each in a kernel of its own. What has
passed is kept in results/sweeps/NOTEBOOK.jsonl, a line a run, and the same sweep asked again runs only what is missing:
what failed, what is new, and what was measured with other code of the notebook or the library.

NOTEBOOK   a number (5 or 05), a name, a quoted glob over the names, or a path to an .ipynb

  -p, --parameter NAME=VALUES  the values of a parameter that the notebook's cell tagged "parameters" declares; repeatable.
                               0.1,0.5 are two values, 0..4 is 0,1,2,3,4 and 0..10..5 is 0,5,10;
                               '[64,128],[256]' are two lists, and '"0..4"' is a text
      --workers N              processes of the local cluster, a run at a time each (default: the cores, ${availableParallelism()} here)
      --scheduler ADDRESS      a Dask scheduler that runs already, such as tcp://host:8786, instead of a local cluster
      --cell-timeout SECONDS   the longest a cell may take (default 300; none with budget=full; 0 for no limit)
      --timeout SECONDS        the longest a run may take, its kernel's start included (default 900; none with budget=full;
                               0 for no limit)
      --patience SECONDS       how long to wait for a scheduler that is gone to come back (default 60)
      --html FILE              write a page with the sweep's chart and table
      --chart FILE             write the chart alone, as a PNG
      --results DIR            where the results are kept (default results/sweeps)
      --again                  also runs what is kept
      --dry-run                only tell what would be run
  -h, --help                   this text

Progress goes to stderr, results to stdout. What was executed lies in .dark-matter/sweeps/KEY on the worker's machine.
Exit code: 0 all passed, 1 a run failed, 2 wrong usage, 3 something is missing on this machine, 130 interrupted.
`;

/**
 * @typedef {object} Arguments
 * @property {string[]} patterns
 * @property {[name: string, values: string[]][]} axes
 * @property {number} workers
 * @property {string | undefined} scheduler
 * @property {number} cellTimeout seconds; 0 is no limit
 * @property {number} timeout seconds; 0 is no limit
 * @property {number} patience seconds
 * @property {string | undefined} html
 * @property {string | undefined} chart
 * @property {string | undefined} results
 * @property {boolean} again
 * @property {boolean} dryRun
 */

/** @param {string[]} argv @returns {Arguments} @throws {Usage} */
export function parseArguments(argv) {
  const { values, positionals } = parse(argv);
  if (positionals.length === 0)
    throw new Usage('NOTEBOOK: none given, at least one expected, such as 06');
  if (values.workers !== undefined && values.scheduler !== undefined)
    throw new Usage(
      '--workers: with --scheduler given, the workers are those that the scheduler has.',
    );
  // What the runner has too is read by the runner's own code: names, equal signs, seconds.
  const shared = parseRunner([
    ...(values.parameter ?? []).flatMap((text) => ['-p', text]),
    ...['cell-timeout', 'timeout'].flatMap((name) =>
      values[/** @type {'timeout'} */ (name)] === undefined
        ? []
        : [`--${name}=${values[/** @type {'timeout'} */ (name)]}`],
    ),
  ]);
  return {
    patterns: positionals,
    axes: shared.parameters.map(([name, text]) => [name, axisValues(text)]),
    workers:
      values.workers === undefined
        ? availableParallelism()
        : wholeNumber('--workers', values.workers),
    scheduler: scheduler(values.scheduler),
    cellTimeout: shared.cellTimeout,
    timeout: shared.timeout,
    patience: patience(values.patience ?? '60'),
    html: ending('--html', '.html', values.html),
    chart: ending('--chart', '.png', values.chart),
    results: values.results,
    again: values.again ?? false,
    dryRun: values['dry-run'] ?? false,
  };
}

/** @param {string[]} args */
const parse = (args) =>
  readArguments({
    args,
    allowPositionals: true,
    options: {
      parameter: { type: 'string', short: 'p', multiple: true },
      workers: { type: 'string' },
      scheduler: { type: 'string' },
      'cell-timeout': { type: 'string' },
      timeout: { type: 'string' },
      patience: { type: 'string' },
      html: { type: 'string' },
      chart: { type: 'string' },
      results: { type: 'string' },
      again: { type: 'boolean' },
      'dry-run': { type: 'boolean' },
    },
  });

/** @param {string | undefined} address */
function scheduler(address) {
  if (address !== undefined && !/^(tcp|tls|wss?):\/\/\S+$/.test(address))
    throw new Usage(`--scheduler: "${address}" given, an address such as tcp://host:8786 expected`);
  return address;
}

/** @param {string} text */
function patience(text) {
  const seconds = Number(text);
  if (text.trim() === '' || !Number.isFinite(seconds) || seconds < 0)
    throw new Usage(`--patience: "${text}" given, a number of seconds expected`);
  return seconds;
}

/** @param {string} option @param {string} extension @param {string | undefined} path */
function ending(option, extension, path) {
  if (path !== undefined && extname(path) !== extension)
    throw new Usage(`${option}: "${path}" given, a file ending in ${extension} expected`);
  return path;
}
