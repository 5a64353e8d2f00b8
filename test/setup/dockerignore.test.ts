/** An image built in a clone that is in use gets what a fresh clone has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../runner/support';

const linesOf = (file: string): string[] =>
  readFileSync(join(root, file), 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'));
/**
 * Git's pattern without a slash but at its end is for any folder; Docker's wants stars for that.
 */
const forDocker = (pattern: string): string =>
  (pattern.startsWith('/') ? pattern.slice(1) : `**/${pattern}`).replace(/\/$/, '');

it('what git ignores is sent to no Docker build', () => {
  expect(linesOf('.dockerignore')).toEqual(
    expect.arrayContaining(linesOf('.gitignore').map(forDocker)),
  );
});
