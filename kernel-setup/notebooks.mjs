/**
 * `npm run notebooks`: runs notebooks from top to bottom without a browser, keeps what was
 * executed, and reports.
 */
import { basename, extname, join, resolve } from 'node:path';
import { HELP, parseArguments } from './runner/arguments.mjs';
import { choose } from './runner/choose.mjs';
import { exitCode, followParent } from './runner/ending.mjs';
import { checkReports, outputFolder } from './runner/places.mjs';
import { save } from './runner/saved.mjs';
import { command } from './setup/cli.mjs';
import { Fault } from './setup/fault.mjs';
import { writeWhole } from './setup/files.mjs';
import { locate } from './setup/paths.mjs';
import { forNotebooks, setUp } from './setup.mjs';

/** @typedef {import('./runner/execution.mjs').Result} Result */

const paths = locate();
const folder = join(paths.root, 'notebooks');
/** Where the user is: npm changes to the clone's root, and says where it came from. */
const cwd =
  (process.env.npm_lifecycle_event === 'notebooks' && process.env.INIT_CWD) || process.cwd();

/** @param {string[]} argv @param {AbortSignal} interruption */
async function main(argv, interruption) {
  const options = parseArguments(argv);
  const { notebooks, unmatched } = choose(options.patterns, { folder, cwd });
  for (const pattern of unmatched) process.stderr.write(`No notebook matches ${pattern}.\n`);
  const place =
    options.out === undefined ? join(paths.state, 'executed') : resolve(cwd, options.out);
  const out = outputFolder(place, notebooks, cwd);
  checkReports(options.reports, cwd);
  const signal = AbortSignal.any([interruption, followParent()]);
  await setUp(forNotebooks, { signal, paths });
  // Only now are the packages there that these import.
  const { runAll } = await import('./runner/all.mjs');
  const { turnAll } = await import('./runner/knobs.mjs');
  const { totalOf } = await import('./runner/total.mjs');

  const started = new Date();
  const began = performance.now();
  const run = { ...options, out, folder, paths, signal };
  const executed = options.knobs ? await turnAll(notebooks, run) : await runAll(notebooks, run);
  const results = options.save ? await savePassed(executed) : executed;
  const seconds = (performance.now() - began) / 1000;
  const parameters = Object.fromEntries(options.parameters);
  const report = { results, started, seconds, parameters, root: paths.root };
  const unwritten = await writeReports(options.reports, report);

  const isCollection =
    options.patterns.length === 0 &&
    !options.knobs &&
    options.parameters.every(([name]) => name !== 'budget');
  process.stdout.write(`${totalOf(results, seconds, isCollection)}\n`);
  const passed = results.filter(({ status }) => status === 'passed').length;
  process.stdout.write(`${passed} passed, ${results.length - passed} failed\n`);
  const faults = [...results.flatMap(({ fault }) => fault ?? []), ...unwritten];
  for (const text of new Set(faults.map(({ what, mend }) => `\n${what}\n${mend}\n`)))
    process.stderr.write(text);
  return exitCode(
    results.map(({ status }) => status),
    signal.aborted,
    faults.length > 0,
  );
}

/**
 * Writes the outputs of notebooks that passed into their sources. One that cannot be written has
 * failed, and the others are written.
 *
 * @param {Result[]} results
 * @returns {Promise<Result[]>}
 */
async function savePassed(results) {
  const { failedBy } = await import('./runner/execution.mjs');
  return results.map((result) => {
    if (result.status !== 'passed') return result;
    try {
      save(result.notebook, result.executed);
      return result;
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      const what = `${basename(result.notebook)} cannot be written (${message}).`;
      const fault = new Fault(what, 'Free some space, or give yourself the right to write it.');
      process.stdout.write(`failed  ${what}\n`);
      return failedBy(result, fault);
    }
  });
}

/**
 * @param {string[]} files
 * @param {import('./runner/report.mjs').Run} run
 * @returns {Promise<Fault[]>} for reports that could not be written
 */
async function writeReports(files, run) {
  const { asJson, asJUnit } = await import('./runner/report.mjs');
  return files.flatMap((file) => {
    try {
      writeWhole(resolve(cwd, file), extname(file) === '.json' ? asJson(run) : asJUnit(run));
      return [];
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      return [
        new Fault(
          `The report ${file} cannot be written (${message}).`,
          'Free some space, or give another file with --report.',
        ),
      ];
    }
  });
}

await command(import.meta.url, HELP, main, 'npm run notebooks -- --help');
