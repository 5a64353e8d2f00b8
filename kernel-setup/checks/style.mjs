/** Check: everything is written as prettier writes it, the code in the notebooks' cells too. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../setup/files.mjs';
import { listNotebooks } from '../runner/choose.mjs';
import { indentOf, readNotebook, sourceOf } from '../runner/notebook.mjs';
import { asText } from '../runner/saved.mjs';
import { judged, outcomeOf } from './outcome.mjs';

/** @type {import('./outcome.mjs').Check} */
export const style = {
  name: 'style',
  async run(context) {
    const args = ['--check', '--log-level=warn', '.'];
    const files = await outcomeOf('prettier/bin/prettier.cjs', args, context);
    const cells = judged(await unformatted(join(context.paths.root, 'notebooks')), context);
    return { passed: files.passed + cells.passed, failed: files.failed + cells.failed };
  },
};

/** What `npm run format` does to the notebooks. @param {string} folder */
export async function formatNotebooks(folder) {
  for (const name of listNotebooks(folder)) {
    const file = join(folder, name);
    const text = readFileSync(file, 'utf8');
    const notebook = readNotebook(file);
    for (const cell of notebook.cells) {
      if (cell.cell_type === 'code') cell.source = lines(await formatted(sourceOf(cell)));
    }
    const changed = asText(notebook, indentOf(text));
    if (changed !== text) writeWhole(file, changed);
  }
}

/** @param {string} folder @returns {Promise<Map<string, string[]>>} findings by notebook */
async function unformatted(folder) {
  const found = new Map();
  for (const name of listNotebooks(folder)) {
    const findings = [];
    for (const cell of readNotebook(join(folder, name)).cells) {
      if (cell.cell_type !== 'code' || sourceOf(cell) === (await formatted(sourceOf(cell))))
        continue;
      findings.push(`notebooks/${name}: cell ${cell.id} is not formatted: npm run format`);
    }
    found.set(name, findings);
  }
  return found;
}

/** A cell's code as prettier writes it, without the last line's end. @param {string} code */
async function formatted(code) {
  // Loaded late: the packages are there only after the set-up.
  const { format } = await import('prettier');
  return (
    await format(code, { parser: 'typescript', printWidth: 100, singleQuote: true })
  ).trimEnd();
}

/** Text as notebooks keep it: each line with its end. @param {string} text */
const lines = (text) => text.split(/(?<=\n)/);
