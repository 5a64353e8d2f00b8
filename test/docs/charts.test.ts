/** The code of docs/charts.md and docs/diagrams.md has right types, runs, and shows a chart. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inNotebook } from '../plot/support';
import { fences, root } from './publicSurface';
import { run, typeFaults } from './runExamples';

describe.each(['charts', 'diagrams'])('docs/%s.md', (name) => {
  const blocks = fences(readFileSync(join(root, 'docs', `${name}.md`), 'utf8'));

  it('its types are right', { timeout: 120_000 }, () => {
    const pieces = new Map(blocks.map((code, i) => [String(i), code]));
    expect(Object.fromEntries(typeFaults(pieces))).toEqual({});
  });

  it.each(blocks.map((code, i) => [i, code] as const))(
    'block %i shows a picture',
    async (_i, code) => {
      await inNotebook(async (sent) => {
        await run(code);
        expect(sent).toHaveLength(1);
        expect(sent[0]!.data).toHaveProperty(['image/png']);
      });
    },
  );
});
