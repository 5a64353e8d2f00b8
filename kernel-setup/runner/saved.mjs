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

/** As nbformat writes it, keys in their order. @param {Notebook} notebook @param {string} indent */
export function asText(notebook, indent = ' ') {
  return `${JSON.stringify(notebook, sorted, indent)}\n`;
}

/** @param {string} _ @param {unknown} value */
function sorted(_, value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
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

/** The longest specification that is kept, in characters: a notebook must stay readable in git. */
const longest = 400_000;

/**
 * A chart's picture is shown everywhere; its specification, as large again, comes back when the
 * cell is run. That of a chart with a slider stays: the picture shows one of its frames only.
 * save_hook.py does the same for JupyterLab.
 * @param {Output} output
 */
function kept(output) {
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
