/** What a reader's browser fetches for "Run it here", and which pages offer it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNotebook } from '../../kernel-setup/runner/notebook.mjs';
import { barHtml } from '../../kernel-setup/site/here/bar.mjs';
import { offered } from '../../kernel-setup/site/here/offered.mjs';
import { writeHere } from '../../kernel-setup/site/here.mjs';
import { root } from '../runner/support';

const folder = mkdtempSync(join(tmpdir(), 'dark-matter-here-'));
const names = readdirSync(join(root, 'notebooks'))
  .filter((file) => file.endsWith('.ipynb'))
  .map((file) => file.replace('.ipynb', ''));

beforeAll(async () => {
  await writeHere(folder, {
    root,
    modules: join(root, 'node_modules'),
    notebooks: [...offered.keys()].map((name) => ({
      name,
      notebook: readNotebook(join(root, 'notebooks', `${name}.ipynb`)),
    })),
  });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const read = (file: string) => readFileSync(join(folder, file));

describe('what is fetched', () => {
  it('engine, compiler, library, declarations and editor are at most 2.0 MB compressed', () => {
    const bundles = readdirSync(folder).filter((file) => file.endsWith('.js'));
    // Graphviz comes with the first diagram, digits when they are asked for.
    const late = bundles.filter((file) => read(file).includes('graphviz'));
    expect(late.length).toBeGreaterThan(0);
    const first = [
      ...bundles.filter((file) => file === 'executor.js' || !late.includes(file)),
      'style.css',
      'tfjs-backend-wasm-simd.wasm',
      'types.json.gz',
    ];
    const sizes = first.map((file) => {
      const bytes = read(file);
      return [file, file.endsWith('.gz') ? bytes.length : gzipSync(bytes, { level: 9 }).length];
    });
    const total = sizes.reduce((sum, [, size]) => sum + Number(size), 0);
    expect(total, JSON.stringify(sizes)).toBeGreaterThan(1e6);
    expect(total, JSON.stringify(sizes)).toBeLessThan(2e6);
  });

  it('the declarations are of today’s library and Node, with its docstrings and without examples', () => {
    const { node, files } = JSON.parse(gunzipSync(read('types.json.gz')).toString()) as {
      node: string;
      files: Record<string, string>;
    };
    expect(node).toBe(process.versions.node);
    const paths = Object.keys(files);
    expect(paths.filter((path) => !path.startsWith('/dark-matter/'))).toEqual([]);
    expect(paths).toContain('/dark-matter/lib/dist/index.d.ts');
    expect(paths.some((path) => path.endsWith('typescript/lib/lib.es2023.d.ts'))).toBe(true);
    const train = files['/dark-matter/lib/dist/train/train.d.ts']!;
    expect(train).toContain('* @throws');
    expect(train).not.toContain('@example');
  });

  it('notebooks come without what they showed, and the records that they read with them', () => {
    for (const name of offered.keys()) {
      const { cells } = readNotebook(join(folder, 'notebooks', `${name}.ipynb`));
      expect(cells.flatMap(({ outputs = [] }) => outputs)).toEqual([]);
    }
    const hashes = JSON.parse(read('results/code.json').toString()) as Record<string, string>;
    expect(Object.keys(hashes).sort()).toEqual([...offered.keys()].sort());
    expect(existsSync(join(folder, 'results', '00-start-here.jsonl'))).toBe(true);
  });
});

describe('the bar above a notebook', () => {
  it('every notebook that is offered is there, and 00 is', () => {
    expect([...offered.keys()].filter((name) => !names.includes(name))).toEqual([]);
    expect(offered.has('00-start-here')).toBe(true);
  });

  it.each(names)('%s has a button, or a reason and two commands', (name) => {
    const html = barHtml(name, offered);
    if (offered.has(name)) expect(html).toContain(`data-notebook="${name}"`);
    else expect(html).toMatch(/: it \S.+<code>npm ci<\/code>.+<code>npm start<\/code>/);
  });
});
