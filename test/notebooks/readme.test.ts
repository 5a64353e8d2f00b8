/** What the README says that notebooks measured is what they measured. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readNotebook } from '../../kernel-setup/runner/notebook.mjs';
import { readResults } from '../../lib/measure/results';
import { leaderboardTable, longRaceTable } from './leaderboardTable';

const root = join(__dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

it('the tables of methods are those of the newest five-seed results of notebook 17', async () => {
  const races = (await readResults('17-leaderboard')).filter(({ budget }) => budget === 'full');
  for (const { seeds } of races) expect(seeds).toHaveLength(5);
  expect(readme).toContain(leaderboardTable(races));
  expect(readme).toContain(longRaceTable(races));
});

/** `- [05](notebooks/….ipynb): text with **0.001**`, of the section on ten minutes. */
const lessons = [...readme.matchAll(/^- \[\d\d\]\((notebooks\/[\w-]+\.ipynb)\): (.*)$/gm)];

it('what one learns in ten minutes has a handful of lessons', () => {
  expect(lessons.length).toBeGreaterThan(5);
});

it.each(
  lessons.map(([, path, text]) => ({
    path: path!,
    figures: [...text!.matchAll(/\*\*([\d.]+)\*\*/g)].map((match) => match[1]!),
  })),
)('the figures that the README takes from $path stand in its outputs', ({ path, figures }) => {
  const outputs = JSON.stringify(
    readNotebook(join(root, path)).cells.flatMap((cell) =>
      ((cell.outputs ?? []) as Record<string, unknown>[]).map((output) => ({
        text: output['text'],
        plain: (output['data'] as Record<string, unknown> | undefined)?.['text/plain'],
      })),
    ),
  );
  for (const figure of figures)
    expect(outputs, `${figure} in ${path}`).toMatch(
      new RegExp(`(?<![\\d.])${figure.replace('.', '\\.')}(?!\\d)`),
    );
});
