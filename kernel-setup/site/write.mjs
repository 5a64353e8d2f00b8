/** The site's files: a page for each notebook, the front page, and what they all use. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { frontHtml } from './front.mjs';
import { notebookHtml, titleOf } from './notebookPage.mjs';
import { pageHtml } from './page.mjs';
import { scriptJson } from './text.mjs';

const assets = fileURLToPath(new URL('assets', import.meta.url));

/**
 * @param {string} folder
 * @param {readonly { name: string, notebook: import('../runner/notebook.mjs').Notebook }[]} notebooks executed, in their order
 * @param {import('./code.mjs').Names} names where the library's pages are
 * @param {string} modules node_modules, for Vega
 */
export function writePages(folder, notebooks, names, modules) {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  const entries = notebooks.map(({ name, notebook }) => ({ name, title: titleOf(notebook) }));
  const index = notebooks.flatMap(({ name, notebook }, i) => {
    const title = entries[i]?.title ?? name;
    const { html, sections } = notebookHtml(notebook, names);
    writeFileSync(join(folder, `${name}.html`), pageHtml({ title, body: html, entries, current: name }));
    return sections.map((section) => ({ page: name, title, ...section }));
  });
  writeFileSync(join(folder, 'index.html'), pageHtml({ title: 'Self-supervised learning in TypeScript', body: frontHtml(notebooks, entries), entries }));
  cpSync(assets, join(folder, 'assets'), { recursive: true });
  for (const file of ['vega/build/vega.min.js', 'vega-lite/build/vega-lite.min.js']) cpSync(join(modules, file), join(folder, 'assets', basename(file)));
  // A script, not a file to be fetched: pages that are opened from a disk may fetch nothing.
  writeFileSync(join(folder, 'assets', 'search-index.js'), `const searchIndex = ${scriptJson(index)};\n`);
}
