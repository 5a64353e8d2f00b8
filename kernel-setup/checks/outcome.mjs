/** What the checks of `npm test` have in common. */
import { join } from 'node:path';
import { execa } from 'execa';

/**
 * @typedef {object} Context
 * @property {import('../setup/paths.mjs').Paths} paths
 * @property {AbortSignal} signal
 * @property {(text: string) => void} print for checks that run beside others: each one's text is
 * shown whole
 */

/** @typedef {{ passed: number, failed: number, skipped?: number }} Outcome */

/** @typedef {{ name: string, run: (context: Context) => Promise<Outcome> }} Check */

/**
 * Runs a program whose output the user sees, ends it with us, and tells how it ended.
 *
 * @param {string} program @param {string[]} args @param {Context} context
 * @param {Record<string, string>} [env] added to ours
 * @returns {Promise<number>} its exit code; 1 where a signal ended it
 */
export async function show(program, args, { paths, signal }, env) {
  const { exitCode } = await execa(program, args, {
    cwd: paths.root,
    stdio: ['ignore', 'inherit', 'inherit'],
    reject: false,
    cancelSignal: signal,
    env,
  });
  return exitCode ?? 1;
}

/**
 * The same for a program whose output is shown when it has ended.
 *
 * @param {string} program @param {string[]} args @param {Context} context
 * @returns {Promise<number>} its exit code; 1 where a signal ended it
 */
export async function collect(program, args, { paths, signal, print }) {
  const { exitCode, all } = await execa(program, args, {
    cwd: paths.root,
    stdin: 'ignore',
    all: true,
    reject: false,
    cancelSignal: signal,
  });
  if (all) print(`${all}\n`);
  return exitCode ?? 1;
}

/**
 * Findings, printed, as an outcome: one unit of work each, such as a notebook, passes when nothing
 * is found in it.
 *
 * @param {Map<string, string[]>} found by unit
 * @param {Context} context
 * @returns {Outcome}
 */
export function judged(found, { print }) {
  for (const finding of [...found.values()].flat()) print(`${finding}\n`);
  const failed = [...found.values()].filter(({ length }) => length > 0).length;
  return { passed: found.size - failed, failed };
}

/** @param {boolean} passed @returns {Outcome} */
export const single = (passed) => ({ passed: passed ? 1 : 0, failed: passed ? 0 : 1 });

/**
 * The outcome of a package's script, which passes when it exits with 0.
 *
 * @param {string} script its path within `node_modules`
 * @param {string[]} args
 * @param {Context} context
 * @returns {Promise<Outcome>}
 */
export const outcomeOf = async (script, args, context) =>
  single((await collect(process.execPath, [join('node_modules', script), ...args], context)) === 0);
