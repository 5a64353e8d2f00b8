/** The code of docs/experiments.md is one program: its types are right, and it runs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './publicSurface';
import { run, typeFaults } from './runExamples';

const page = readFileSync(join(root, 'docs', 'experiments.md'), 'utf8');
const program = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code).join('\n');

it('has a piece of code for each of the names that its table lists', () => {
  const listed = page.match(/^\| `[^|]*\|/gm)!.flatMap((row) => row.match(/\w+(?=`)/g)!);
  expect(listed.length).toBeGreaterThan(8);
  for (const name of listed) expect(program).toContain(`${name}(`);
});

it('has types that are right', { timeout: 120_000 }, () => {
  expect(Object.fromEntries(typeFaults(new Map([['the page', program]])))).toEqual({});
});

it('runs', { timeout: 120_000 }, () => run(program));
