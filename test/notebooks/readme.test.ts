/** What the README says of notebook 17 is what was measured. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readResults } from '../../lib/measure/results';
import { leaderboardTable } from './leaderboardTable';

it('the README’s table of methods is that of the newest five-seed results of notebook 17', async () => {
  const newest = (await readResults('17-leaderboard')).filter(({ budget }) => budget === 'full').at(-1)!;
  expect(newest.seeds).toHaveLength(5);
  expect(readFileSync(join(__dirname, '../../README.md'), 'utf8')).toContain(leaderboardTable(newest));
});
