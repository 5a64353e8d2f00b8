/** A notebook as a page. */
import { sourceOf } from '../runner/notebook.mjs';
import { codeHtml } from './code.mjs';
import { rendered } from './markdown.mjs';
import { outputHtml } from './outputs.mjs';
import { escaped, textOf } from './text.mjs';

/** @typedef {import('../runner/notebook.mjs').Notebook} Notebook */

/** @param {Notebook} notebook @returns {string} its first heading, without what Markdown adds */
export function titleOf(notebook) {
  for (const cell of notebook.cells) {
    const heading = cell.cell_type === 'markdown' ? /^#\s+(.+)$/m.exec(sourceOf(cell)) : null;
    if (heading?.[1]) return heading[1].replace(/[*_`]/g, '');
  }
  return 'Untitled';
}

/** @param {string} text a heading @returns {string} */
const anchor = (text) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');

/**
 * @param {Notebook} notebook executed
 * @param {import('./code.mjs').Names} names
 * @returns {{ html: string, sections: { heading: string, anchor: string, text: string }[] }}
 * sections, for searching
 */
export function notebookHtml({ cells }, names) {
  /** @type {{ heading: string, anchor: string, text: string }[]} */
  const sections = [];
  const html = cells.map((cell) => {
    if (cell.cell_type === 'markdown') {
      const prose = rendered(sourceOf(cell)).replace(
        /<h([1-4])>([\s\S]*?)<\/h\1>/g,
        (_, level, heading) => {
          const id = anchor(textOf(heading));
          sections.push({ heading: textOf(heading), anchor: id, text: '' });
          return `<h${level} id="${id}">${heading}</h${level}>`;
        },
      );
      const last = sections.at(-1);
      if (last) last.text += ` ${textOf(prose)}`;
      return `<section class="prose">${prose}</section>`;
    }
    if (cell.cell_type !== 'code') return '';
    const outputs = /** @type {import('./outputs.mjs').Output[]} */ (cell.outputs ?? [])
      .map(outputHtml)
      .join('\n');
    return `<div class="cell" data-id="${escaped(cell.id ?? '')}">${codeHtml(sourceOf(cell), names)}${outputs ? `<div class="outputs">${outputs}</div>` : ''}</div>`;
  });
  return { html: html.join('\n'), sections };
}
