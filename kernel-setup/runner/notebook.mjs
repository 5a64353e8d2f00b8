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

/** A file that is no notebook, or one that is not well-formed. */
export class BadNotebook extends Usage {
  name = 'BadNotebook';
}

/** @param {string} path @returns {Notebook} @throws {BadNotebook} that says what is wrong with it */
export function readNotebook(path) {
  let notebook;
  try {
    notebook = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new BadNotebook(
      `${path} cannot be read as a notebook: ${error instanceof Error ? error.message : error}`,
    );
  }
  if (notebook?.nbformat !== 4 || !Array.isArray(notebook.cells))
    throw new BadNotebook(`${path} is not a notebook of format 4.`);
  for (const [index, cell] of notebook.cells.entries()) {
    const fault = faultOf(cell);
    if (fault) throw new BadNotebook(`${path}: cell ${index + 1} of all ${fault}`);
  }
  return { ...notebook, metadata: notebook.metadata ?? {} };
}

/** @param {Notebook} notebook @returns {Notebook} */
export function withoutOutputs(notebook) {
  return {
    ...notebook,
    cells: notebook.cells.map((cell) =>
      cell.cell_type === 'code' ? { ...cell, outputs: [], execution_count: null } : cell,
    ),
  };
}

/**
 * What a check has to say of a notebook's file, also where that cannot be looked into: one bad file
 * does not keep the others from being checked.
 *
 * @param {() => string[]} look
 * @returns {string[]}
 */
export function findings(look) {
  try {
    return look();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** What a cell must have for all that follows. @param {any} cell @returns {string | undefined} */
function faultOf(cell) {
  if (!isRecord(cell)) return 'is not an object';
  const { cell_type, source, metadata, outputs } = cell;
  if (!['code', 'markdown', 'raw'].includes(cell_type))
    return `has the cell_type ${JSON.stringify(cell_type)}: code, markdown or raw expected`;
  if (source === undefined) return 'has no source';
  if (!isText(source)) return 'has a source that is neither text nor a list of lines';
  if (!isRecord(metadata)) return 'has no metadata, not even {}';
  if (metadata.tags !== undefined && !Array.isArray(metadata.tags))
    return 'has tags that are not a list';
  if (cell_type === 'code' && outputs === undefined)
    return 'is code and has no outputs, not even []';
  if (outputs !== undefined && !(Array.isArray(outputs) && outputs.every(isRecord)))
    return 'has outputs that are not a list of objects';
  return undefined;
}

/** @param {unknown} value */
const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {unknown} value */
const isText = (value) =>
  typeof value === 'string' ||
  (Array.isArray(value) && value.every((line) => typeof line === 'string'));

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
export const hasTag = (cell, tag) => cell.metadata.tags?.includes(tag) ?? false;

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
