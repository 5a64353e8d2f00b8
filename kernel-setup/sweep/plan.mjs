/** What a sweep runs: one notebook with one set of parameters each, known by its contents. */
import { basename } from 'node:path';
import {
  hasTag,
  readNotebook,
  sourceOf,
  withParameters,
  withoutOutputs,
} from '../runner/notebook.mjs';
import { declaredParameters } from '../runner/parameters.mjs';
import { Usage } from '../setup/fault.mjs';
import { stamp } from '../setup/files.mjs';
import { combinations } from './grid.mjs';

/** @typedef {import('../runner/notebook.mjs').Notebook} Notebook */

/**
 * @typedef {object} Run
 * @property {string} key of the notebook's code, the library and the parameters: equal for runs
 * that measure the same
 * @property {string} notebook its file name without the ending
 * @property {Record<string, unknown>} parameters their values
 * @property {[name: string, text: string][]} given as they were on the command line
 * @property {Notebook} page the notebook itself, without outputs; sent along, so what is edited
 * while a sweep goes on does not change it
 */

/**
 * @param {string[]} notebooks paths
 * @param {readonly (readonly [name: string, values: readonly string[]])[]} axes
 * @param {string} library the stamp of the library's sources
 * @returns {Run[]} each once, also where two texts mean the same value: 0.1 and .1
 * @throws {Usage} for a parameter that a notebook does not declare, or a value of another type
 */
export function plan(notebooks, axes, library) {
  const names = notebooks.map((path) => basename(path, '.ipynb'));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice)
    throw new Usage(
      `Two notebooks are called ${twice}: sweep them apart, with --results of their own.`,
    );
  const grid = combinations(axes);
  const runs = notebooks.flatMap((path) => {
    const page = withoutOutputs(readNotebook(path));
    const notebook = basename(path, '.ipynb');
    return grid.map((given) => {
      withParameters(page, given, path);
      const parameters = valuesOf(page, given);
      return { key: keyOf(page, notebook, parameters, library), notebook, parameters, given, page };
    });
  });
  return [...new Map(runs.map((run) => [run.key, run])).values()];
}

/**
 * Prose, outputs and the cells' ids may change and leave the key; code and tags may not. The order
 * in which parameters were given does not matter.
 *
 * @param {Notebook} page @param {string} notebook @param {Record<string, unknown>} parameters
 * @param {string} library
 */
export function keyOf({ cells }, notebook, parameters, library) {
  const code = cells
    .filter(({ cell_type }) => cell_type === 'code')
    .map((cell) => [sourceOf(cell), cell.metadata?.tags ?? []]);
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return stamp(JSON.stringify([notebook, code, sorted, library]));
}

/**
 * The values that the injected cell would hold, which are written there as JSON.
 *
 * @param {Notebook} page @param {readonly (readonly [string, string])[]} given names and values
 * that fit
 */
function valuesOf({ cells }, given) {
  const declaring = cells.find((cell) => cell.cell_type === 'code' && hasTag(cell, 'parameters'));
  const declared = declaredParameters(declaring ? sourceOf(declaring) : '');
  return Object.fromEntries(
    given.map(([name, text]) => [name, JSON.parse(declared.get(name)?.read(text) ?? 'null')]),
  );
}
