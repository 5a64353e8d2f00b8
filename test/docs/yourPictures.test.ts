/** The code of docs/your-pictures.md, type-checked and run as the page has it, in a folder of its own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { plain, write } from '../data/pictures/files';
import { fences, root } from './publicSurface';
import { run, typeFaults } from './runExamples';

const page = readFileSync(join(root, 'docs', 'your-pictures.md'), 'utf8');
const examples = fences(page);
const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'your-pictures-'));
beforeAll(() => {
  process.chdir(folder);
  vi.stubEnv('DARK_MATTER_CACHE', join(folder, 'cache'));
  for (let i = 0; i < 10; i++) {
    write('pictures', { [`${i}.png`]: plain(i, 0, 0) });
    write('animals', { [`${i % 2 ? 'cat' : 'dog'}/${i}.png`]: plain(i, 0, 0) });
  }
});
afterAll(() => {
  vi.unstubAllEnvs();
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

describe('docs/your-pictures.md', () => {
  it('has code whose types are right', { timeout: 120_000 }, () => {
    const faults = typeFaults(new Map(examples.map((code, i) => [String(i), code])));
    expect(Object.fromEntries(faults)).toEqual({});
  });

  it.each([
    [0, '10 pictures'],
    [1, 'cat,dog'],
    [2, 'loss '],
  ])('example %i works', { timeout: 120_000 }, async (which, says) => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    try {
      await run(examples[which]!);
      expect(said.mock.calls.flat().join('\n')).toContain(says);
    } finally {
      said.mockRestore();
    }
  });
});
