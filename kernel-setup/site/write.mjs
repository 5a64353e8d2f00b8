/** The site's files: a page for each notebook, the front page, and what they all use. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeCards } from './cards.mjs';
import { frontHtml } from './front.mjs';
import { barHtml } from './here/bar.mjs';
import { writeHere } from './here.mjs';
import { notebookHtml, titleOf } from './notebookPage.mjs';
import { rendered } from './markdown.mjs';
import { pageHtml } from './page.mjs';
import { writePlayground } from './playground.mjs';
import { scriptJson } from './text.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const assets = fileURLToPath(new URL('assets', import.meta.url));

/**
 * @param {string} folder
 * @param {readonly { name: string, notebook: import('../runner/notebook.mjs').Notebook }[]}
 * notebooks executed, in their order
 * @param {object} options
 * @param {import('./code.mjs').Names} options.names where the library's pages are
 * @param {ReadonlyMap<string, string>} [options.docs] what the library's docstrings say, by name
 * @param {string} options.modules node_modules, for Vega
 * @param {boolean} [options.saved] the outputs are those that the notebooks carry in git
 * @param {ReadonlyMap<string, number>} [options.runs] notebooks that run in the reader's browser, and
 * their seconds; without it pages do not speak of it. Library and kernel have to be built.
 */
export async function writePages(
  folder,
  notebooks,
  { names, docs = new Map(), modules, saved = false, runs },
) {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  const entries = notebooks.map(({ name, notebook }) => ({ name, title: titleOf(notebook) }));
  const index = notebooks.flatMap(({ name, notebook }, i) => {
    const title = entries[i]?.title ?? name;
    const { html, sections } = notebookHtml(notebook, names);
    writeFileSync(
      join(folder, `${name}.html`),
      pageHtml({
        title,
        body: runs ? `${barHtml(name, runs)}\n${html}` : html,
        entries,
        current: name,
      }),
    );
    return sections.map((section) => ({ page: name, title, ...section }));
  });
  writeFileSync(
    join(folder, 'index.html'),
    pageHtml({
      title: 'Self-supervised learning in TypeScript',
      body: frontHtml(entries, await writeCards(folder, notebooks), saved),
      entries,
    }),
  );
  writeFileSync(
    join(folder, 'licences.html'),
    pageHtml({ title: 'Licences', body: licences(), entries }),
  );
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE.txt'));
  await writePlayground(join(folder, 'play'), modules);
  if (runs)
    await writeHere(join(folder, 'here'), {
      root,
      modules,
      notebooks: notebooks.filter(({ name }) => runs.has(name)),
    });
  cpSync(assets, join(folder, 'assets'), { recursive: true });
  for (const file of ['vega/build/vega.min.js', 'vega-lite/build/vega-lite.min.js'])
    cpSync(join(modules, file), join(folder, 'assets', basename(file)));
  const library = [...names].map(([name, address]) => ({
    page: address.replace(/\.html$/, ''),
    title: 'Library',
    heading: name,
    anchor: '',
    text: docs.get(name) ?? '',
  }));
  // A script, not a file to be fetched: pages that are opened from a disk may fetch nothing.
  writeFileSync(
    join(folder, 'assets', 'search-index.js'),
    `const searchIndex = ${scriptJson([...index, ...library])};\n`,
  );
}

/** What is shown is other people's: their names and terms go with it. */
function licences() {
  const text = readFileSync(join(root, 'DATA-LICENSES.md'), 'utf8');
  return `<div class="prose">${rendered(text.replaceAll('(LICENSE)', '(LICENSE.txt)'))}</div>`;
}
