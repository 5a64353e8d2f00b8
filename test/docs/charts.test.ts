/** The code of docs/charts.md and docs/diagrams.md runs, block by block, and shows a chart. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inNotebook } from '../plot/support';

const root = join(__dirname, '../..');
mkdirSync(join(root, '.dark-matter'), { recursive: true });
const folder = mkdtempSync(join(root, '.dark-matter', 'charts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(['charts', 'diagrams'])('docs/%s.md', (name) => {
  const page = readFileSync(join(root, 'docs', `${name}.md`), 'utf8');
  const blocks = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, source]) => source!);

  it.each(blocks.map((source, i) => [i, source] as const))('block %i', async (i, source) => {
    const file = join(folder, `${name}${i}.ts`);
    writeFileSync(file, source);
    await inNotebook(async (sent) => {
      await import(file);
      expect(sent).toHaveLength(1);
      expect(sent[0]!.data).toHaveProperty(['image/png']);
    });
  });
});
