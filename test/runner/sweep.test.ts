/** What runs leave behind that were killed with everything in them goes with the next run. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runAll } from '../../kernel-setup/runner/all.mjs';
import { locate } from '../../kernel-setup/setup/paths.mjs';
import { temporaryFolder } from './support';

/** Starts a run of no notebooks over the state in this folder. */
const startIn = (state: string) =>
  runAll([], {
    parameters: [],
    cellTimeout: 0,
    timeout: 0,
    jobs: 1,
    html: false,
    out: state,
    folder: state,
    paths: { ...locate(), state },
    signal: new AbortController().signal,
  });

it('a run removes the folders of runners that are no more, and of no other', async () => {
  const state = temporaryFolder();
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  for (const name of [`${dead}-1`, `${dead}-2`, `${process.pid}-1`]) {
    mkdirSync(join(state, 'runs', name), { recursive: true });
    writeFileSync(join(state, 'runs', name, 'kernel.json'), '{}');
  }
  await startIn(state);
  expect(readdirSync(join(state, 'runs'))).toEqual([`${process.pid}-1`]);
});

it('a run where none was before has nothing to remove', async () => {
  expect(await startIn(temporaryFolder())).toEqual([]);
});
