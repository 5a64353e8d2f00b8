/** What a reader's browser fetches for the playground. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { playgroundHtml, writePlayground } from '../../kernel-setup/site/playground.mjs';
import { writePages } from '../../kernel-setup/site/write.mjs';
import { notebookOf, root } from '../runner/support';

const folder = mkdtempSync(join(tmpdir(), 'dark-matter-play-'));
beforeAll(async () => {
  await writePlayground(folder, join(root, 'node_modules'));
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 60 };
  large = await sharp({
    create: { width: 600, height: 600, channels: 3, background: '#888', noise },
  })
    .png()
    .toBuffer();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Noise, which no encoder makes small: 1 MB. */
let large: Buffer;

const files = ['main.js', 'worker.js', 'style.css', 'tfjs-backend-wasm-simd.wasm'];
const compressed = (file: string) =>
  gzipSync(readFileSync(join(folder, file)), { level: 9 }).length;

it('engine, library and page are at most 400 kB compressed', () => {
  const sizes = files.map((file) => [file, compressed(file)] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, playgroundHtml.length);
  expect(sizes.filter(([, size]) => size < 500)).toEqual([]);
  expect(total, JSON.stringify(sizes)).toBeLessThan(400_000);
});

it('with the whole front page, they still are', async () => {
  const site = join(folder, 'site');
  const picture = {
    cell_type: 'code' as const,
    id: 'a',
    metadata: {},
    source: '',
    execution_count: 1,
    outputs: [
      {
        output_type: 'display_data',
        data: { 'image/png': large.toString('base64') },
        metadata: {},
      },
    ],
  };
  const notebook = { ...notebookOf([]), cells: [picture] };
  const modules = join(root, 'node_modules');
  const names = ['00-a', '01-b', '02-c'];
  await writePages(
    site,
    names.map((name) => ({ name, notebook })),
    { names: new Map(), modules },
  );
  const html = readFileSync(join(site, 'index.html'), 'utf8');
  // What is fetched at once: a picture that is scrolled to is not.
  const fetched = [...html.matchAll(/<(?:script|link)[^>]* (?:src|href)="\.\/([^"]+)"/g)].map(
    ([, file]) => file!,
  );
  expect(fetched).toContain('play/main.js');
  const all = [...fetched, 'index.html', 'play/worker.js', 'play/tfjs-backend-wasm-simd.wasm'];
  const sizes = all.map((file) => [file, compressed(join('site', file))] as const);
  expect(
    sizes.reduce((sum, [, size]) => sum + size, 0),
    JSON.stringify(sizes),
  ).toBeLessThan(400_000);
  for (const name of names)
    expect(html).toMatch(
      new RegExp(
        `loading="lazy" alt="" width="300" height="300" src="./assets/cards/${name}.webp"`,
      ),
    );
});

it('the compiler of the cells is not among it, nor anything of Node', () => {
  for (const file of ['main.js', 'worker.js']) {
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text).not.toMatch(/from"node:|require\("node:|createSourceFile/);
  }
});

it('each control has a label, around it or by its id', () => {
  const controls = [...playgroundHtml.matchAll(/(<label>)?<(?:input|select)[^>]* ?id="([^"]+)"/g)];
  expect(controls.length).toBeGreaterThan(15);
  for (const [, within, id] of controls)
    expect(within !== undefined || playgroundHtml.includes(`for="${id}"`), id).toBe(true);
});
