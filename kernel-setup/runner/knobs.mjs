/**
 * A notebook's exercises: knobs that the reader is told to turn, and that `--knobs` turns too.
 *
 * They stand in the markdown cell with the id `knobs`, as the reader types them: a numbered item that
 * says `-p name=value` in code, once or more, is one run with these parameters. An item without any
 * is for the reader alone.
 */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runAll } from './all.mjs';
import { atOnce } from './atOnce.mjs';
import { readNotebook, sourceOf } from './notebook.mjs';

/** @typedef {import('./notebook.mjs').Notebook} Notebook */
/** @typedef {import('./execution.mjs').Result} Result */

/**
 * @param {Pick<Notebook, 'cells'>} notebook
 * @returns {[name: string, text: string][][]} the parameters of each run, in the order of the items
 */
export function knobsOf({ cells }) {
  const cell = cells.find(({ id, cell_type }) => id === 'knobs' && cell_type === 'markdown');
  if (!cell) return [];
  // What is hidden in <details> is the answer, and not to be run.
  const asked = sourceOf(cell).replace(/<details>.*?<\/details>/gs, '');
  return asked
    .split(/^(?=\d+\. )/m)
    .filter((item) => /^\d+\. /.test(item))
    .map((item) => [...item.matchAll(/`([^`]*)`/g)].flatMap(([, code = '']) => parametersOf(code)))
    .filter((parameters) => parameters.length > 0);
}

/** @param {string} code a command, or a part of one @returns {[string, string][]} */
const parametersOf = (code) =>
  [...code.matchAll(/-p (\w+)=(?:'([^']*)'|"([^"]*)"|(\S+))/g)].map(
    ([, name = '', single, double, bare]) => [name, single ?? double ?? bare ?? ''],
  );

/**
 * A claim may fall when a knob is turned: that is what one turns it for. All else has to run.
 *
 * @param {Result} result
 * @returns {Result} passed, where nothing failed but a claim in a cell whose id begins with `claims`
 */
export function withoutClaims(result) {
  const failed = result.cells.find(({ status }) => status === 'failed');
  const isClaim = failed?.id?.startsWith('claims') && failed.error?.name === 'AssertionError';
  return result.status === 'failed' && isClaim ? { ...result, status: 'passed' } : result;
}

/**
 * Runs each notebook once a knob, `jobs` at a time.
 *
 * @param {string[]} notebooks paths
 * @param {Parameters<typeof runAll>[1]} options
 * @returns {Promise<Result[]>} one for each knob, in the notebooks' and the items' order
 */
export async function turnAll(notebooks, options) {
  const turns = notebooks.flatMap((path) => {
    const knobs = knobsOf(readNotebook(path));
    if (knobs.length === 0)
      process.stdout.write(`${basename(path, '.ipynb')} has no knobs to turn\n`);
    return knobs.map((parameters, i) => ({ path, parameters, number: String(i + 1) }));
  });
  /** @type {Result[][]} */
  const results = turns.map(() => []);
  await atOnce(turns, options.jobs, async ({ path, parameters, number }, i) => {
    const told = parameters.map((each) => each.join('=')).join(', ');
    process.stdout.write(`${basename(path, '.ipynb')}: ${told}\n`);
    const out = join(options.out, 'knobs', number);
    mkdirSync(out, { recursive: true });
    const run = await runAll([path], { ...options, parameters, out });
    const turned = (results[i] = run.map(withoutClaims));
    if (turned.some(({ status }, j) => status !== run[j]?.status))
      process.stdout.write(`  Of ${told} only a claim fell, as it may when a knob is turned.\n`);
  });
  return results.flat();
}
