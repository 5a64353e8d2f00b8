/**
 * `npm test`: sets up what is missing, then checks types, lint, the notebooks' files, the unit
 * tests, and two notebooks.
 */
import { command } from './setup/cli.mjs';
import { Interrupted } from './setup/fault.mjs';
import { locate } from './setup/paths.mjs';
import { forExportTests, forSweepTests, forTests, setUp } from './setup.mjs';

const HELP = `\
npm test                  everything: types, lint, unused code, style, notebooks' format, unit tests, notebooks 00 and 05
npm test -- core/pytree   only the unit tests whose file's path contains this
npm run test:browser      JupyterLab in an installed Chromium; skipped, and told so, where there is none
npm run test:export       Python's TensorFlow, which it downloads (300 MB), goes on training from what export() wrote
npm run test:sweep        sweeps on Dask, which it downloads: a worker killed, a scheduler restarted, a run that fails

Ends with a table and the line "N passed, N failed": checks, unit tests and notebooks together.
Exit code: 0 all passed, 1 something failed, 3 something is missing on this machine, 130 interrupted.
`;

/** @typedef {import('./checks/outcome.mjs').Check} Check */
/** @typedef {import('./checks/outcome.mjs').Outcome & { name: string, seconds: number }} Row */

/**
 * What has a command of its own, by its option: the folder of its tests, and what they need.
 *
 * @type {Record<string, { folder: string, steps: import('./setup.mjs').Step[] }>}
 */
const suites = {
  '--browser': { folder: 'browser', steps: forTests },
  '--export': { folder: 'export', steps: forExportTests },
  '--sweep': { folder: 'sweep-cluster', steps: forSweepTests },
};

/** @param {string[]} filters @param {AbortSignal} signal */
async function main(filters, signal) {
  const paths = locate();
  await setUp(suites[filters[0] ?? '']?.steps ?? forTests, { signal, paths });
  /** @type {Row[]} */
  const rows = [];
  for (const together of await checks(filters))
    rows.push(
      ...(await Promise.all(
        together.map((check) => carriedOut(check, { paths, signal }, together.length > 1)),
      )),
    );
  process.stdout.write(`\n${table(rows)}\n`);
  const sum = (/** @type {'passed' | 'failed'} */ key) =>
    rows.reduce((total, row) => total + row[key], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  return sum('failed') > 0 ? 1 : 0;
}

/**
 * @param {Check} check
 * @param {{ paths: import('./setup/paths.mjs').Paths, signal: AbortSignal }} context
 * @param {boolean} besideOthers its text is then shown in one piece
 * @returns {Promise<Row>}
 */
async function carriedOut({ name, run }, { paths, signal }, besideOthers) {
  let text = '';
  /** @param {string} more */
  const print = (more) => void (besideOthers ? (text += more) : process.stdout.write(more));
  print(`\n── ${name}\n`);
  const began = performance.now();
  const outcome = await run({ paths, signal, print }).catch((error) => crashed(error, print));
  if (signal.aborted) throw new Interrupted();
  process.stdout.write(text);
  return { name, ...outcome, seconds: (performance.now() - began) / 1000 };
}

/**
 * Imported late: the packages are there only after the set-up.
 *
 * @param {string[]} filters
 * @returns {Promise<Check[][]>} one group after another, those of a group side by side
 */
async function checks(filters) {
  const { suite, unitTests } = await import('./checks/unit.mjs');
  const own = suites[filters[0] ?? ''];
  if (own) return [[suite(own.folder)]];
  if (filters.length > 0) return [[unitTests(filters)]];
  const { staticChecks } = await import('./checks/static.mjs');
  const { typesOfCells } = await import('./checks/cells.mjs');
  const { format } = await import('./checks/format.mjs');
  const { style } = await import('./checks/style.mjs');
  const { executed } = await import('./checks/notebooks.mjs');
  return [
    [...staticChecks, style, format, typesOfCells],
    [unitTests([])],
    [executed(['00', '05'])],
  ];
}

/**
 * A check that cannot be carried out has failed, and the others go on.
 * @param {unknown} error
 * @param {(text: string) => void} print
 */
function crashed(error, print) {
  print(`${error instanceof Error ? error.stack : error}\n`);
  return { passed: 0, failed: 1 };
}

/** @param {Row[]} rows */
function table(rows) {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const line = (/** @type {string} */ name, /** @type {(string | number)[]} */ ...cells) =>
    `${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(9)).join('')}`;
  const body = rows.map(({ name, passed, failed, skipped = 0, seconds }) =>
    line(name, passed, failed, skipped, seconds.toFixed(1)),
  );
  return [line('', 'passed', 'failed', 'skipped', 'seconds'), ...body].join('\n');
}

await command(import.meta.url, HELP, main);
