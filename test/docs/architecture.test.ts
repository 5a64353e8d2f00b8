/** The pictures of docs/architecture.md are those of the code's imports today. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { diagramOf, pictureOf } from '../../docs/architecture.mjs';
import { root } from './publicSurface';

it.each(['lib', 'kernel-setup'])(
  'docs/architecture/%s.svg is drawn from the imports (node docs/architecture.mjs)',
  async (folder) => {
    const drawn = readFileSync(join(root, 'docs', 'architecture', `${folder}.svg`), 'utf8');
    expect(await pictureOf(folder)).toBe(drawn);
  },
);

it('an arrow that follows from others is left out', () => {
  const chain = new Map([
    ['a', new Set(['b', 'c'])],
    ['b', new Set(['c'])],
    ['c', new Set<string>()],
  ]);
  expect(diagramOf(chain).split('\n')).toEqual(['[a] -> [b]', '[b] -> [c]']);
});
