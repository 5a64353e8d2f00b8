/** Claims: of two runs, one has a turn. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { openClaims, type Claims } from '../../lib/study/claims';

const root = mkdtempSync(join(tmpdir(), 'claims-test-'));
let file: string;
let count = 0;
beforeEach(() => {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  file = join(folder, 'tiny.claims');
});
afterAll(() => rmSync(root, { recursive: true }));

/** Runs that are there. */
async function entered(n: number) {
  const runs = Array.from({ length: n }, () => openClaims(file));
  for (const run of runs) await run.enter();
  return runs as [Claims, Claims];
}

/** Changes what the file says of its one run. */
function told(change: object): void {
  const [[id, run]] = Object.entries(JSON.parse(readFileSync(file, 'utf8'))) as [[string, object]];
  writeFileSync(file, JSON.stringify({ [id]: { ...run, ...change } }));
}

test('what one has, no other gets until it is given back, and its owner may ask again', async () => {
  const [one, other] = await entered(2);
  expect(await one.take('SimCLR, 3')).toBe(true);
  expect(await one.take('SimCLR, 3')).toBe(true);
  expect(await other.take('SimCLR, 3')).toBe(false);
  await other.give('SimCLR, 3');
  expect(await other.take('SimCLR, 3')).toBe(false);
  await one.give('SimCLR, 3');
  expect(await other.take('SimCLR, 3')).toBe(true);
});

test('of many that ask at once, one gets it, also where a run that was killed had it', async () => {
  const [killed] = await entered(1);
  await killed.take('x, 0');
  told({ pid: spawnSync(process.execPath, ['--version']).pid });
  const runs = await entered(20);
  const got = await Promise.all(runs.map((run) => run.take('x, 0')));
  expect(got.filter(Boolean)).toHaveLength(1);
});

test('a run is over when its process is, and also where this process has its pid by chance', async () => {
  for (const [change, free] of [
    [{ pid: process.ppid }, false],
    [{ pid: spawnSync(process.execPath, ['--version']).pid }, true],
    [{ process: 'an earlier one' }, true],
  ] as const) {
    rmSync(file, { force: true });
    const [other] = await entered(1);
    await other.take('x, 0');
    told(change);
    const [claims] = await entered(1);
    expect(await claims.take('x, 0'), JSON.stringify(change)).toBe(free);
  }
});

test('a run of another machine stands in nobody’s way, and is there for a day', async () => {
  const [other] = await entered(1);
  await other.take('x, 0');
  told({ machine: 'another' });
  const [one] = await entered(1);
  expect(await one.take('x, 0')).toBe(true);
  expect(await one.leave()).toBe(false);
  told({ since: Date.now() - 25 * 60 * 60 * 1000 });
  const [next] = await entered(1);
  expect(await next.leave()).toBe(true);
});

test('the last to leave is told so, and takes the file with it', async () => {
  const [one, other] = await entered(2);
  await other.take('x, 1');
  expect(await one.leave()).toBe(false);
  expect(await other.leave()).toBe(true);
  expect(existsSync(file)).toBe(false);
});

test('a run that enters while the last one leaves loses nothing', async () => {
  for (let i = 0; i < 50; i++) {
    const [leaves, enters] = [openClaims(file), openClaims(file)];
    await leaves.enter();
    await Promise.all([leaves.leave(), enters.enter()]);
    expect(await enters.take('x, 0')).toBe(true);
    expect(await openClaims(file).leave()).toBe(false);
    await enters.leave();
  }
});
