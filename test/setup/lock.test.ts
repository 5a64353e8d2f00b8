import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Interrupted } from '../../kernel-setup/setup/fault.mjs';
import { withLock } from '../../kernel-setup/setup/lock.mjs';
import { cloneRoot } from '../../kernel-setup/setup/paths.mjs';
import { temporaryFolder } from './support';

const lockIn = (folder: string) => join(folder, 'setup.lock');

/** The id of a process that has ended. */
function deadProcess(): number {
  return Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
}

describe('withLock', () => {
  it('lets one at a time work, and removes the lock', async () => {
    const folder = temporaryFolder();
    let working = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++working);
      await sleep(20);
      working--;
    };
    await Promise.all([1, 2, 3].map(() => withLock(lockIn(folder), work)));
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps processes apart: no count is lost', async () => {
    const folder = temporaryFolder();
    const counter = join(folder, 'counter');
    writeFileSync(counter, '0');
    const script = `
      import { readFileSync, writeFileSync } from 'node:fs';
      import { withLock } from ${JSON.stringify(pathToFileURL(join(cloneRoot, 'kernel-setup/setup/lock.mjs')).href)};
      for (let i = 0; i < 3; i++) await withLock(${JSON.stringify(lockIn(folder))}, async () => {
        const count = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'));
        await new Promise((resolve) => setTimeout(resolve, 20));
        writeFileSync(${JSON.stringify(counter)}, String(count + 1));
      });`;
    const ended = [1, 2].map(() => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: 'inherit',
      });
      return new Promise((resolve) => child.on('close', resolve));
    });
    expect(await Promise.all(ended)).toEqual([0, 0]);
    expect(readFileSync(counter, 'utf8')).toBe('6');
  });

  it('is released when the work fails, and passes the error on', async () => {
    const path = lockIn(temporaryFolder());
    await expect(withLock(path, () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
    expect(existsSync(path)).toBe(false);
  });

  it('takes over the lock of a process that is gone, and says so', async () => {
    const path = lockIn(temporaryFolder());
    writeFileSync(path, JSON.stringify({ pid: deadProcess(), host: hostname(), id: 'x' }));
    const said: string[] = [];
    expect(await withLock(path, async () => 'done', { say: (text) => said.push(text) })).toBe(
      'done',
    );
    expect(said).toEqual([
      `A lock was left behind by a setup that ended (${path}); taking it over.`,
    ]);
  });

  it('waits for an owner that lives, naming it, until interrupted', async () => {
    const path = lockIn(temporaryFolder());
    writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname(), id: 'x' }));
    const said: string[] = [];
    const controller = new AbortController();
    const waiting = withLock(path, async () => 'done', {
      signal: controller.signal,
      say: (text) => said.push(text),
    });
    setTimeout(() => controller.abort(), 100);
    await expect(waiting).rejects.toThrow(Interrupted);
    expect(said).toEqual([
      `Another setup is at work (process ${process.pid}, lock ${path}); waiting for it.`,
    ]);
    expect(existsSync(path)).toBe(true);
  });

  it('believes an owner on another machine gone after half a minute of silence', async () => {
    const path = lockIn(temporaryFolder());
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere', id: 'x' }));
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(path, longAgo, longAgo);
    expect(await withLock(path, async () => 'done')).toBe('done');
  });
});
