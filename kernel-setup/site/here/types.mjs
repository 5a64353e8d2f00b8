/**
 * The declarations that cells are checked against in a browser: whatever TypeScript reads while it
 * checks the notebooks that run there.
 */
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { sourceOf } from '../../runner/notebook.mjs';

/** Where all lies in the browser's memory (compiler/system.ts). */
const there = '/dark-matter';

/** @typedef {import('../../runner/notebook.mjs').Notebook} Notebook */

/**
 * @param {string} root of the clone, whose library and kernel are built
 * @param {readonly Notebook[]} notebooks
 * @returns {{ node: string, files: Record<string, string> }}
 */
export function typesFor(root, notebooks) {
  const require = createRequire(join(root, 'kernel-setup', 'dist', 'kernel', 'main.js'));
  const ts = /** @type {typeof import('typescript')} */ (require('typescript'));
  const { createCellCompiler } = /** @type {typeof import('../../kernel/compiler/index.js')} */ (
    require('./compiler/index.js')
  );
  /** @type {Map<string, string>} */
  const read = new Map();
  const own = ts.sys.readFile;
  ts.sys.readFile = (name, encoding) => {
    const text = own(name, encoding);
    if (text !== undefined) read.set(name, text);
    return text;
  };
  try {
    const globals = join(root, 'kernel-setup', 'kernel', 'globals.d.ts');
    const compiler = createCellCompiler({
      folder: join(root, 'notebooks'),
      aliases: { 'dark-matter': join(root, 'lib', 'dist', 'index.d.ts') },
      globals: [globals],
    });
    for (const { cells } of notebooks) {
      compiler.reset();
      for (const [i, cell] of cells.filter((each) => each.cell_type === 'code').entries())
        compiler.check(sourceOf(cell), { name: `In[${i + 1}]` });
    }
    const files = [...read]
      .filter(([name]) => name.startsWith(root) && name !== globals)
      .map(([name, text]) => [
        `${there}/${relative(root, name)}`,
        isOurs(name) ? withoutExamples(text) : bare(text),
      ]);
    files.push([`${there}/globals.d.ts`, /** @type {string} */ (own(globals))]);
    return { node: process.versions.node, files: Object.fromEntries(files.sort()) };
  } finally {
    ts.sys.readFile = own;
  }
}

/** Our own comments are what inspection shows. @param {string} name */
const isOurs = (name) => name.includes('/lib/dist/') || !name.endsWith('.d.ts');

/**
 * Declarations without comments, but for those that lead to other files.
 *
 * @param {string} text
 */
const bare = (text) =>
  text
    .replace(/\/\*[\s\S]*?\*\/\n?/g, '')
    .replace(/^\s*\/\/(?!\/).*\n/gm, '')
    .replace(/\n\s*\n+/g, '\n');

/** Docstrings up to their examples, which are half of all. @param {string} text */
const withoutExamples = (text) =>
  text.replace(/\n\s*\* @example\n[\s\S]*?(?=\n\s*(?:\* @|\*\/))/g, '');
