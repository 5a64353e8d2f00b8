/**
 * The outputs that a notebook carries in git, so that it can be read where nothing runs, and
 * whether they are still its own.
 */
import { readFileSync } from 'node:fs';
import { stamp, writeWhole } from '../setup/files.mjs';
import { indentOf, readNotebook, sourceOf } from './notebook.mjs';

/** @typedef {import('./notebook.mjs').Notebook} Notebook */
/** @typedef {import('./notebook.mjs').Cell} Cell */
/**
 * @typedef {{ output_type: string, data?: Record<string, unknown>, metadata?: Record<string, unknown> } & Record<string, unknown>} Output
 */

/** Where a notebook's metadata says of which code its outputs are. */
const note = 'dark-matter';

/**
 * Writes what was executed back into its source: the outputs and what the kernel says of its
 * language, without times and other marks of the run. JupyterLab, when it saves, leaves it as it
 * is (save_hook.py).
 *
 * @param {string} path of the source
 * @param {string} executed path of the executed notebook
 */
export function save(path, executed) {
  writeWhole(
    path,
    asText(
      withOutputs(readNotebook(path), readNotebook(executed)),
      indentOf(readFileSync(path, 'utf8')),
    ),
  );
}

/**
 * As nbformat writes it: keys in their order, numbers as Python writes them.
 *
 * @param {Notebook} notebook
 * @param {string} indent
 */
export function asText(notebook, indent = ' ') {
  const text = JSON.stringify(notebook, inOrder, indent);
  return `${text.replaceAll(/"\\u0000([-+.e\d]+)"/g, '$1')}\n`;
}

/** @param {string} _ @param {unknown} value */
function inOrder(_, value) {
  // Python has an exponent from 1e-5 down, JavaScript from 1e-7 down. The mark is taken off again.
  if (typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-4)
    return `\0${small(value)}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** 1e-05, for what JavaScript writes as 0.00001. @param {number} value */
function small(value) {
  const [digits, exponent = ''] = value.toExponential().split('e-');
  return `${digits}e-${exponent.padStart(2, '0')}`;
}

/**
 * @param {Notebook} source
 * @param {Notebook} executed the same cells, with outputs
 * @returns {Notebook}
 */
export function withOutputs(source, executed) {
  const done = new Map(executed.cells.map((cell) => [cell.id, cell]));
  const cells = source.cells.map((cell) => {
    if (cell.cell_type !== 'code') return cell;
    const { outputs = [], execution_count = null } = done.get(cell.id) ?? {};
    return { ...cell, execution_count, outputs: /** @type {Output[]} */ (outputs).map(kept) };
  });
  const { language_info = source.metadata.language_info } = executed.metadata;
  return {
    ...source,
    cells,
    metadata: {
      ...source.metadata,
      ...(language_info && { language_info }),
      [note]: { outputs_of: codeOf(source) },
    },
  };
}

/** A widget on a page, which is nothing without its kernel. Its picture or text stands beside it. */
const view = 'application/vnd.jupyter.widget-view+json';

/** The longest specification that is kept, in characters: a notebook must stay readable in git. */
const longest = 400_000;

/**
 * A chart's picture is shown everywhere; its specification, as large again, comes back when the
 * cell is run. That of a chart with a slider stays: the picture shows one of its frames only.
 * save_hook.py does the same for JupyterLab.
 * @param {Output} output
 */
function kept(output) {
  if (output.data && view in output.data) {
    const { [view]: _, ...rest } = output.data;
    return { ...output, data: rest };
  }
  if (!output.data || !('image/png' in output.data)) return output;
  if (Object.values(output.data).some(slides)) return output;
  return {
    ...output,
    data: Object.fromEntries(
      Object.entries(output.data).filter(([type]) => !type.startsWith('application/vnd.vega')),
    ),
  };
}

/** Whether a specification has a parameter that the reader sets. @param {unknown} spec */
function slides(spec) {
  if (typeof spec !== 'object' || spec === null || !('params' in spec)) return false;
  const params = /** @type {{ bind?: { input?: string } }[]} */ (spec.params);
  const bound = Array.isArray(params) && params.some(({ bind }) => bind?.input !== undefined);
  return bound && JSON.stringify(spec).length <= longest;
}

/**
 * @param {Notebook} notebook
 * @returns {string | undefined} what is wrong with the outputs that it carries
 */
export function stale(notebook) {
  const of = notebook.metadata[note]?.outputs_of;
  const carries = notebook.cells.some(({ outputs = [] }) => outputs.length > 0);
  if (of === undefined)
    return carries
      ? 'it holds outputs that `npm run notebooks -- --save` did not write'
      : undefined;
  return of === codeOf(notebook)
    ? undefined
    : 'its code changed since its outputs were saved: `npm run notebooks -- --save` refreshes them';
}

/** @param {Notebook} a @param {Notebook} b whether their code cells are the same */
export const sameCode = (a, b) => codeOf(a) === codeOf(b);

/** A fingerprint of the code cells, in their order. @param {Notebook} notebook */
export function codeOf({ cells }) {
  const code = cells
    .filter(({ cell_type }) => cell_type === 'code')
    .map((cell) => [cell.id, sourceOf(cell)]);
  return stamp(JSON.stringify(code));
}
