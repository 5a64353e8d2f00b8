/** Claims: of two runs, one has a turn. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  const runs = Array.from({ length: n }, () => openClaims(folder));
  for (const run of runs) await run.enter();
  return runs as [Claims, Claims];
}

test('what one has, no other gets until it is given back, and its owner may ask again', async () => {
  const [one, other] = await entered(2);
  expect(await one.take('SimCLR, 3')).toBe(true);
  expect(await one.take('SimCLR, 3')).toBe(true);
  expect(await other.take('SimCLR, 3')).toBe(false);
  expect(await other.take('a/b ± 1, 3')).toBe(true);
  await one.give('SimCLR, 3');
  expect(await other.take('SimCLR, 3')).toBe(true);
});

test('of many that ask at once, one gets it', async () => {
  const runs = await entered(20);
  const got = await Promise.all(runs.map((run) => run.take('x, 0')));
  expect(got.filter(Boolean)).toHaveLength(1);
});

test('a claim of a process that is gone is nobody’s; of one that lives it is', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const [claims] = await entered(1);
  writeFileSync(join(folder, 'gone'), `${hostname()} ${pid}`);
  writeFileSync(join(folder, 'lives'), `${hostname()} ${process.ppid}`);
  expect(await claims.take('gone')).toBe(true);
  expect(await claims.take('lives')).toBe(false);
});

test('the last to leave is told so, and takes the folder with it', async () => {
  const [one, other] = await entered(2);
  expect(await one.leave()).toBe(false);
  expect(existsSync(folder)).toBe(true);
  expect(await other.leave()).toBe(true);
  expect(existsSync(folder)).toBe(false);
  expect(await openClaims(folder).leave()).toBe(true);
});
