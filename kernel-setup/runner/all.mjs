/** Runs the chosen notebooks, some at a time, and tells how each ended. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { isAlive } from '../setup/processes.mjs';
import { atOnce } from './atOnce.mjs';
import { oneLine } from './errors.mjs';
import { execute, failedBy, pending } from './execution.mjs';
import { BadNotebook, readNotebook, withParameters } from './notebook.mjs';
import { nameOf, progressOn } from './progress.mjs';

/** @typedef {import('./execution.mjs').Result} Result */
/** @typedef {import('./execution.mjs').Plan} Plan */

/**
 * @param {string[]} notebooks paths
 * @param {{ parameters: [string, string][], cellTimeout: number, timeout: number, jobs: number,
 * html: boolean, out: string, folder: string, paths: import('../setup/paths.mjs').Paths, signal:
 * AbortSignal }} options
 * @returns {Promise<Result[]>} in the order of the notebooks, one for each whatever happens
 * @throws {import('../setup/fault.mjs').Usage} for parameters that do not fit, before anything is
 * run
 */
export async function runAll(
  notebooks,
  { parameters, cellTimeout, timeout, jobs, html, out, folder, paths, signal },
) {
  const plans = notebooks.map((path) => ({
    path,
    ...planOf(path, parameters),
    output: join(out, basename(path)),
    html: html ? join(out, basename(path, '.ipynb') + '.html') : null,
  }));
  sweep(join(paths.state, 'runs'));
  const progress = progressOn(plans.length, process.stderr, Boolean(process.env.CI));
  const results = plans.map((plan) => pending(plan));
  const options = { paths, folder, cellTimeout, timeout, signal };
  await atOnce(plans, jobs, async (plan, i) => {
    if (signal.aborted) return;
    const result = (results[i] = plan.bad
      ? failedBy(pending(plan), plan.bad)
      : await execute(plan, options, progress.onCell).catch((error) =>
          failedBy(pending(plan), error),
        ));
    progress.onNotebook(result);
    progress.clear();
    tell(result, paths.root);
  });
  return results;
}

/**
 * What is to be run of a file. One that is no notebook has a row all the same, and the others are
 * run.
 *
 * @param {string} path
 * @param {[string, string][]} parameters
 * @returns {{ notebook: Plan['notebook'], bad?: BadNotebook }}
 */
function planOf(path, parameters) {
  try {
    return { notebook: withParameters(readNotebook(path), parameters, path) };
  } catch (error) {
    if (!(error instanceof BadNotebook)) throw error;
    return { notebook: { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 }, bad: error };
  }
}

/** Removes what runs that were killed with everything in them could not. @param {string} runs */
function sweep(runs) {
  for (const name of existsSync(runs) ? readdirSync(runs) : []) {
    if (!isAlive(Number.parseInt(name, 10)))
      rmSync(join(runs, name), { recursive: true, force: true });
  }
}

/** @param {Result} result @param {string} root */
function tell(result, root) {
  const executed = result.cells.filter(
    ({ status }) => status !== 'skipped' && status !== 'not run',
  ).length;
  const facts = [
    result.status,
    nameOf(result),
    `${executed} cell${executed === 1 ? '' : 's'}`,
    `${result.seconds.toFixed(1)} s`,
    relative(root, result.executed),
  ];
  process.stdout.write(`${facts.join('  ')}\n`);
  if (result.error)
    process.stdout.write(
      `  ${nameOf(result)}, ${oneLine(result.error)}\n${indented(result.error.traceback)}`,
    );
}

/** @param {string} text */
const indented = (text) => (text ? `${text.trimEnd().replace(/^/gm, '    ')}\n` : '');
