/** The recipes of docs/cookbook.md, type-checked and run as the page has them, in a folder of their own. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fences, root } from './publicSurface';
import { run, typeFaults } from './runExamples';

const page = readFileSync(join(root, 'docs', 'cookbook.md'), 'utf8');
const recipes = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const title = section.slice(0, section.indexOf('\n'));
      return fences(section).map((code) => [title, code] as const);
    }),
);

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'cookbook-'));
beforeAll(() => {
  mkdirSync(join(folder, 'pictures'));
  for (const name of ['bench.png', 'energies.png'])
    cpSync(join(root, 'docs', name), join(folder, 'pictures', name));
  process.chdir(folder);
  vi.stubEnv('DARK_MATTER_CACHE', join(folder, 'cache'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

/** What each recipe says at its end. */
const says: Record<string, RegExp | (() => boolean)> = {
  'A loss of your own, in five lines': /loss \d.* -> \d/,
  'Your own images': /2 pictures: \[2, 32, 32, 3\]/,
  'Views of colour pictures': /views \[32, 24, 32, 3\]/,
  'Embeddings as a table': /spread 0\.\d/,
  'Stop, and go on later': /100 steps in all/,
  'To Python, or to production': () =>
    existsSync('encoder/saved_model.pb') && existsSync('encoder.safetensors'),
};

describe('docs/cookbook.md', () => {
  it('has the recipes that this test knows', () => {
    expect([...recipes.keys()]).toEqual(Object.keys(says));
  });

  it('has code whose types are right', { timeout: 120_000 }, () => {
    expect(Object.fromEntries(typeFaults(recipes))).toEqual({});
  });

  it.each([...recipes.keys()])('%s: works', { timeout: 120_000 }, async (title) => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    try {
      await run(recipes.get(title)!);
      const expected = says[title]!;
      if (typeof expected === 'function') expect(expected()).toBe(true);
      else expect(said.mock.calls.flat().join('\n')).toMatch(expected);
    } finally {
      said.mockRestore();
    }
  });
});
