/** What a reader's browser fetches for the playground. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { playgroundHtml, writePlayground } from '../../kernel-setup/site/playground.mjs';
import { root } from '../runner/support';

const folder = mkdtempSync(join(tmpdir(), 'dark-matter-play-'));
beforeAll(() => writePlayground(folder, join(root, 'node_modules')));
afterAll(() => rmSync(folder, { recursive: true }));

const files = ['main.js', 'worker.js', 'style.css', 'tfjs-backend-wasm-simd.wasm'];
const compressed = (file: string) =>
  gzipSync(readFileSync(join(folder, file)), { level: 9 }).length;

it('engine, library and page are at most 400 kB compressed', () => {
  const sizes = files.map((file) => [file, compressed(file)] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, playgroundHtml.length);
  expect(sizes.filter(([, size]) => size < 500)).toEqual([]);
  expect(total, JSON.stringify(sizes)).toBeLessThan(400_000);
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
