/** Files that are whole or not there, and work on them that no other process does meanwhile. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/**
 * Writes a file with its folders. It is on the disk, and replaces an earlier one, when the promise
 * resolves; otherwise the earlier one stays, and nothing of the new one.
 *
 * @param parts one after the other.
 */
export async function writeWhole(
  file: string,
  parts: readonly (Uint8Array | string)[],
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Whether a process of this machine is there. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // The process of another user may not be asked, and is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What this process is about to do to each file, one after the other. */
const turns = new Map<string, Promise<unknown>>();

/**
 * Does what must not be done to a file twice at once, such as to read it and write it anew. A file
 * beside it, `NAME.lock`, tells other processes that somebody is at it; they wait.
 */
export function alone<T>(file: string, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(file) ?? Promise.resolve()).then(() => locked(`${file}.lock`, work));
  const over = mine.then(
    () => undefined,
    () => undefined,
  );
  turns.set(file, over);
  void over.then(() => turns.get(file) === over && turns.delete(file));
  return mine;
}

/** A lock this old was left by a process that was killed: the work takes milliseconds. */
const abandoned = 10_000;

async function locked<T>(lock: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lock), { recursive: true });
  while (!(await taken(lock))) {
    const since = await stat(lock).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - since > abandoned) await rm(lock, { force: true });
    else await setTimeout(5 + 10 * Math.random());
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/** Makes the lock; false where it is there already. */
async function taken(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
