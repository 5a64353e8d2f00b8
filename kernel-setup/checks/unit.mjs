/** Checks: the unit tests, and the suites with commands of their own. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../setup/files.mjs';
import { show } from './outcome.mjs';

/**
 * @param {string[]} filters passed to vitest, such as `core/pytree`
 * @returns {import('./outcome.mjs').Check}
 */
export const unitTests = (filters) => tests('unit tests', 'unit.json', filters);

/** @param {string} name the folder of its tests @returns {import('./outcome.mjs').Check} */
export const suite = (name) =>
  tests(`${name} tests`, `${name}.json`, [`test/${name}`], { DARK_MATTER_SUITE: name });

/**
 * @param {string} name
 * @param {string} report
 * @param {string[]} filters
 * @param {Record<string, string>} [env]
 * @returns {import('./outcome.mjs').Check}
 */
function tests(name, report, filters, env) {
  return {
    name,
    async run(context) {
      const file = join(context.paths.state, 'test', report);
      rmSync(file, { force: true });
      const vitest = join('node_modules', 'vitest', 'vitest.mjs');
      const code = await show(
        process.execPath,
        [
          vitest,
          'run',
          ...filters,
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${file}`,
        ],
        context,
        env,
      );
      return counted(readJson(file), code);
    },
  };
}

/**
 * @param {any} report vitest's, if it wrote one
 * @param {number} code its exit code
 * @returns {import('./outcome.mjs').Outcome}
 */
export function counted(report, code) {
  if (!report) return { passed: 0, failed: 1 };
  const {
    numPassedTests: passed,
    numFailedTests,
    numPendingTests,
    numTodoTests,
    testResults,
  } = report;
  // A file that cannot be imported fails without having a test.
  const broken = testResults.filter(
    (/** @type {any} */ { status, assertionResults }) =>
      status === 'failed' && assertionResults.length === 0,
  ).length;
  const failed = numFailedTests + broken;
  // An error outside of any test fails the run alone.
  return {
    passed,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: numPendingTests + numTodoTests,
  };
}
