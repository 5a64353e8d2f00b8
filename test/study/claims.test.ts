/** Claims: of two runs, one has a turn. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { openClaims, type Claims } from '../../lib/study/claims';

const root = mkdtempSync(join(tmpdir(), 'claims-test-'));
let folder: string;
let count = 0;
beforeEach(() => void (folder = join(root, String(count++))));
afterAll(() => rmSync(root, { recursive: true }));

/** Runs that are there. */
async function entered(n: number) {
  const runs = Array.from({ length: n }, () => openClaims(folder, 'tiny'));
  for (const run of runs) await run.enter();
  return runs as [Claims, Claims];
}

test('what one has, no other gets until it is given back, and its owner may ask again', async () => {
  const [one, other] = await entered(2);
  expect(await one.take('SimCLR, 3')).toBe(true);
  expect(await one.take('SimCLR, 3')).toBe(true);
  expect(await other.take('SimCLR, 3')).toBe(false);
  expect(await other.take(`a/b ${'±'.repeat(300)}, 3`)).toBe(true);
  await one.give('SimCLR, 3');
  expect(await other.take('SimCLR, 3')).toBe(true);
});

test('of many that ask at once, one gets it', async () => {
  const runs = await entered(20);
  const got = await Promise.all(runs.map((run) => run.take('x, 0')));
  expect(got.filter(Boolean)).toHaveLength(1);
});

test('a claim of a process that is gone is nobody’s; of one that lives it is', async () => {
  const [other] = await entered(1);
  const [name] = readdirSync(folder);
  await other.take('x, 0');
  const [claims] = await entered(1);
  // Its claims are links to the file that names its process.
  writeFileSync(join(folder, name!), `${hostname()} ${process.ppid}`);
  expect(await claims.take('x, 0')).toBe(false);
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(join(folder, name!), `${hostname()} ${pid}`);
  expect(await claims.take('x, 0')).toBe(true);
});

test('the last to leave is told so, and leaves no file; runs of another study are not counted', async () => {
  const [one, other] = await entered(2);
  expect(await one.leave()).toBe(false);
  const [stranger, claims] = [openClaims(folder, 'tiny-2'), await other.take('x, 1')];
  expect(claims).toBe(true);
  await stranger.enter();
  expect(await other.leave()).toBe(true);
  expect(readdirSync(folder)).toHaveLength(1);
  await stranger.leave();
  expect(readdirSync(folder)).toEqual([]);
  expect(await openClaims(folder, 'tiny').leave()).toBe(true);
});

test('a run that enters while the last one leaves loses nothing', async () => {
  for (let i = 0; i < 200; i++) {
    const [leaves, enters] = [openClaims(folder, 'tiny'), openClaims(folder, 'tiny')];
    await leaves.enter();
    await Promise.all([leaves.leave(), enters.enter()]);
    expect(await enters.take('x, 0')).toBe(true);
    expect(await openClaims(folder, 'tiny').leave()).toBe(false);
    await enters.leave();
  }
});
