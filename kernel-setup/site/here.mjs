/**
 * "Run it here": what the notebooks' pages fetch to run their cells in the reader's browser. Engine,
 * compiler and library are bundled; declarations, digits, results and the notebooks lie beside them.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { withoutOutputs } from '../runner/notebook.mjs';
import { writeEngine } from './engine.mjs';
import { typesFor } from './here/types.mjs';

const sources = fileURLToPath(new URL('here', import.meta.url));
const require = createRequire(import.meta.url);

/** Which file stands for which of Node's modules. */
const standIns = new Map([
  ['assert', 'assert'],
  ['assert/strict', 'assert'],
  ['crypto', 'crypto'],
  ['fs', 'fs'],
  ['module', 'module'],
  ['os', 'os'],
  ['path', 'path'],
  ['timers/promises', 'timers'],
  ['util', 'util'],
  ['zlib', 'zlib'],
]);

/**
 * One of Node's modules in a browser: its stand-in, and for all other names an error.
 *
 * @param {string} name
 */
function moduleText(name) {
  const file = standIns.get(name);
  const path = file && join(sources, 'node', `${file}.ts`);
  const text = path ? readFileSync(path, 'utf8') : '';
  const own = new Set(
    [
      ...text.matchAll(
        /^export (?:async )?(?:const|function|class) (\w+)|(?:as|\{) (\w+)(?=[ ,}])/gm,
      ),
    ].flatMap(([, declared, renamed]) => declared ?? renamed ?? []),
  );
  const missing = Object.keys(require(`node:${name}`)).filter(
    (key) => /^[A-Za-z_]\w*$/.test(key) && key !== 'default' && !own.has(key),
  );
  return [
    `import { absent } from ${JSON.stringify(join(sources, 'node', 'absent.ts'))};`,
    ...missing.map(
      (key) => `const ${key}_ = absent('${name}.${key}'); export { ${key}_ as ${key} };`,
    ),
    ...(path
      ? [
          `export * from ${JSON.stringify(path)};`,
          `import * as own from ${JSON.stringify(path)};`,
          `export default own${/^export default/m.test(text) ? '.default' : ''};`,
        ]
      : [`export default { ${missing.map((key) => `${key}: ${key}_`).join(', ')} };`]),
  ].join('\n');
}

/** Packages and files that no browser has, or whose twin is for other pages. */
const browser = () => {
  return {
    name: 'browser',
    /** @param {string} id @param {string | undefined} importer */
    resolveId(id, importer) {
      if (isBuiltin(id))
        return `\0node:${id.replace(/^node:/, '')}${importer?.includes('/typescript/') ? '?empty' : ''}`;
      // Decoding photographs, laying galleries out, bundling: the library's, and not for a browser.
      if (
        importer?.includes('/lib/') &&
        /^[@a-z]/.test(id) &&
        !/^(@tensorflow|@viz-js|dark-matter)/.test(id) &&
        !importer.includes('/node_modules/')
      )
        return '\0none';
      // Cells show their trainings' progress; the playground draws its own.
      if (id === './progress' && importer && /\/lib\/train\/\w+\.ts$/.test(importer))
        return join(importer, '..', 'progress.ts');
      return undefined;
    },
    /** @param {string} id */
    load(id) {
      if (id === '\0none') return 'export default undefined;';
      if (!id.startsWith('\0node:')) return undefined;
      return id.endsWith('?empty') ? 'export {}' : moduleText(id.slice('\0node:'.length));
    },
  };
};

/**
 * Bundles of the page and its workers.
 *
 * @param {string} folder where they go
 */
export async function writeBundles(folder) {
  const build = await rolldown({
    input: {
      compiler: join(sources, 'compiler', 'worker.ts'),
      executor: join(sources, 'executor', 'worker.ts'),
      page: join(sources, 'page', 'main.ts'),
    },
    platform: 'browser',
    tsconfig: false,
    shimMissingExports: true,
    plugins: [browser()],
    transform: {
      define: { __filename: '"/dark-matter/lib/index.ts"', __dirname: '"/dark-matter/lib"' },
    },
    logLevel: 'silent',
  });
  try {
    const { output } = await build.write({
      dir: folder,
      format: 'es',
      minify: true,
      entryFileNames: '[name].js',
      chunkFileNames: 'chunk-[hash].js',
    });
    const files = new Set(output.map(({ fileName }) => fileName));
    const missing = output
      .flatMap((each) => (each.type === 'chunk' ? [...each.imports, ...each.dynamicImports] : []))
      .filter((name) => !files.has(name));
    if (missing.length > 0)
      throw new Error(`${missing.join(', ')}: imported, and no browser has it`);
  } finally {
    await build.close();
  }
}

/**
 * All that "Run it here" fetches.
 *
 * @param {string} folder where it goes
 * @param {object} of
 * @param {string} of.root of the clone, whose library and kernel are built
 * @param {string} of.modules node_modules
 * @param {readonly { name: string, notebook: import('../runner/notebook.mjs').Notebook }[]} of.notebooks
 * those that run there
 */
export async function writeHere(folder, { root, modules, notebooks }) {
  mkdirSync(folder, { recursive: true });
  await writeBundles(folder);
  writeEngine(folder, modules);
  for (const file of ['start.js', 'style.css'])
    copyFileSync(join(sources, file), join(folder, file));
  const types = typesFor(
    root,
    notebooks.map(({ notebook }) => notebook),
  );
  writeFileSync(join(folder, 'types.json.gz'), gzipSync(JSON.stringify(types), { level: 9 }));
  writeFileSync(join(folder, 'digits.bin.gz'), gzipSync(await packedDigits(root), { level: 9 }));
  writeNotebooks(folder, notebooks);
  await writeResults(folder, root, notebooks);
}

/**
 * Ten numbers, how many digits there are of each class, and their pixels (digitPixels.browser.ts).
 *
 * @param {string} root
 */
async function packedDigits(root) {
  const { digitPixels } = require(join(root, 'lib', 'dist', 'data', 'digitPixels.js'));
  const { pixels, labels } = await digitPixels();
  const counts = new Uint32Array(10);
  for (const label of labels) counts[label]++;
  return Buffer.concat([Buffer.from(counts.buffer), pixels]);
}

/**
 * The notebooks without what they showed: the page has that.
 *
 * @param {string} folder
 * @param {readonly { name: string, notebook: import('../runner/notebook.mjs').Notebook }[]} notebooks
 */
function writeNotebooks(folder, notebooks) {
  mkdirSync(join(folder, 'notebooks'), { recursive: true });
  for (const { name, notebook } of notebooks) {
    writeFileSync(
      join(folder, 'notebooks', `${name}.ipynb`),
      JSON.stringify(withoutOutputs(notebook)),
    );
  }
}

/**
 * The records that the notebooks read, and the code that they would be of today
 * (resultFiles.browser.ts).
 *
 * @param {string} folder
 * @param {string} root
 * @param {readonly { name: string }[]} notebooks
 */
async function writeResults(folder, root, notebooks) {
  const { hashOfCode } = require(join(root, 'lib', 'dist', 'measure', 'resultFiles.js'));
  const out = join(folder, 'results');
  mkdirSync(out, { recursive: true });
  /** @type {Record<string, string>} */
  const hashes = {};
  for (const { name } of notebooks) {
    hashes[name] = await hashOfCode(name);
    for (const file of readdirSync(join(root, 'results')))
      if (file.endsWith('.jsonl') && file.startsWith(name))
        copyFileSync(join(root, 'results', file), join(out, file));
  }
  writeFileSync(join(out, 'code.json'), JSON.stringify(hashes));
}
