/**
 * One setup at a time: a lock file that names its owner, and is known to be stale when its owner is
 * gone.
 */
import { randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from './fault.mjs';
import { isAlive } from './processes.mjs';

const heartbeat = 2_000;
/**
 * An owner on another machine (or in another container) is believed gone after this many
 * milliseconds of silence.
 */
const silence = 30_000;

/**
 * Runs `work` while holding the lock; waits for another owner first, telling the user once.
 *
 * @template T
 * @param {string} path the lock file
 * @param {() => Promise<T>} work
 * @param {{ signal?: AbortSignal, say?: (text: string) => void }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(path, work, { signal, say = () => {} } = {}) {
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  await acquire(path, mine, signal, say);
  const beat = setInterval(() => touch(path), heartbeat);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if (read(path) === mine) rmSync(path, { force: true });
  }
}

/**
 * @param {string} path
 * @param {string} mine
 * @param {AbortSignal | undefined} signal
 * @param {(text: string) => void} say
 */
async function acquire(path, mine, signal, say) {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; !create(path, mine);) {
    if (signal?.aborted) throw new Interrupted();
    const theirs = read(path);
    if (theirs !== undefined && isStale(path, theirs)) {
      say(`A lock was left behind by a setup that ended (${path}); taking it over.`);
      removeExactly(path, theirs);
      continue;
    }
    if (!told)
      say(
        `Another setup is at work (process ${owner(theirs)?.pid ?? 'unknown'}, lock ${path}); waiting for it.`,
      );
    told = true;
    await sleep(200, undefined, { signal }).catch(() => {
      throw new Interrupted();
    });
  }
}

/**
 * @param {string} path
 * @param {string} content
 * @returns {boolean} whether it was created: false where it exists already
 */
function create(path, content) {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a stale lock, unless another process did so first and holds a new one: that one is put
 * back.
 *
 * @param {string} path
 * @param {string} stale
 */
function removeExactly(path, stale) {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    const found = read(aside);
    if (found !== undefined && found !== stale) create(path, found);
  } catch {
    // Somebody else was faster; the next attempt sees what they did.
  }
  rmSync(aside, { force: true });
}

/**
 * @param {string} path
 * @param {string} content
 */
function isStale(path, content) {
  const { pid, host } = owner(content) ?? {};
  if (host === hostname() && typeof pid === 'number' && !isAlive(pid)) return true;
  const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return touched !== undefined && Date.now() - touched > silence;
}

/** @param {string | undefined} content */
function owner(content) {
  try {
    return /** @type {{ pid?: number, host?: string }} */ (JSON.parse(content ?? ''));
  } catch {
    return undefined;
  }
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {string} path */
function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // A lock that somebody removed cannot be kept alive; the owner finishes its work all the same.
  }
}
