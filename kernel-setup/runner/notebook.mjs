/** A notebook as a file: reading it, and putting the parameters into it. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Usage } from '../setup/fault.mjs';
import { declaredParameters, injectedSource } from './parameters.mjs';

/**
 * @typedef {object} Cell
 * @property {string} cell_type
 * @property {string} [id]
 * @property {string | string[]} source
 * @property {{ tags?: string[] } & Record<string, unknown>} metadata
 * @property {unknown[]} [outputs]
 * @property {number | null} [execution_count]
 */
/**
 * @typedef {{ cells: Cell[], metadata: Record<string, any>, nbformat: number, nbformat_minor: number }} Notebook
 */

/** @param {string} path @returns {Notebook} @throws {Usage} where it is no notebook */
export function readNotebook(path) {
  let notebook;
  try {
    notebook = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Usage(
      `${path} cannot be read as a notebook: ${error instanceof Error ? error.message : error}`,
    );
  }
  if (notebook?.nbformat !== 4 || !Array.isArray(notebook.cells))
    throw new Usage(`${path} is not a notebook of format 4.`);
  return notebook;
}

/** How a notebook's file is indented. @param {string} text */
export const indentOf = (text) => /\n(\s+)"/.exec(text)?.[1] ?? ' ';

/** @param {Cell} cell */
export const sourceOf = ({ source }) => (Array.isArray(source) ? source.join('') : source);

/** Whether a cell holds an error that it was not meant to raise. @param {Cell} cell */
export const hasFailed = (cell) =>
  (cell.outputs?.some(
    (output) => /** @type {{ output_type?: string }} */ (output).output_type === 'error',
  ) ??
    false) &&
  !hasTag(cell, 'raises-exception');

/** @param {Cell} cell @param {string} tag */
export const hasTag = (cell, tag) => cell.metadata?.tags?.includes(tag) ?? false;

/**
 * The notebook with the given parameters set in a new cell after the one tagged `parameters`. Where
 * such a cell is there from an earlier run, it is replaced.
 *
 * @param {Notebook} notebook
 * @param {readonly (readonly [name: string, text: string])[]} given
 * @param {string} path named in errors
 * @returns {Notebook} the same when nothing is given
 * @throws {Usage} for an unknown name or a wrong type
 */
export function withParameters(notebook, given, path) {
  if (given.length === 0) return notebook;
  const cells = notebook.cells.filter((cell) => !hasTag(cell, 'injected-parameters'));
  const at = cells.findIndex((cell) => cell.cell_type === 'code' && hasTag(cell, 'parameters'));
  const declaring = cells[at];
  const source = injectedSource(
    declaredParameters(declaring ? sourceOf(declaring) : ''),
    given,
    basename(path),
  );
  /** @type {Cell} */
  const injected = {
    cell_type: 'code',
    metadata: { tags: ['injected-parameters'] },
    source,
    outputs: [],
    execution_count: null,
  };
  // Format 4.5 brought the cells' ids; before it they are not allowed.
  if (notebook.nbformat_minor >= 5) injected.id = randomUUID().slice(0, 8);
  return { ...notebook, cells: [...cells.slice(0, at + 1), injected, ...cells.slice(at + 1)] };
}

/**
 * What people call the code cells: 1, 2, 3 down the source notebook. The injected cell is not in
 * it, and has none.
 *
 * @param {Notebook} notebook
 * @returns {(number | null)[]} for each cell of the notebook; null where it is no code cell, or
 * injected
 */
export function cellNumbers(notebook) {
  let last = 0;
  return notebook.cells.map((cell) =>
    cell.cell_type === 'code' && !hasTag(cell, 'injected-parameters') ? ++last : null,
  );
}
