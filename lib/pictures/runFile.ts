/** Which run a folder of results is of: so that it can be gone on with, and is never mixed with another. */
import { access, constants, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeWhole } from '../core/files';
import { CannotLearn } from './cannotLearn';

/** What makes two runs the same, by the words of the command line. */
export type RunSettings = Readonly<Record<string, string | number>>;

/** A folder of results, opened. */
export interface Run {
  readonly folder: string;
  /** How many steps the run has, where an earlier part of it has found out. */
  readonly steps: number | undefined;
  /** Remembers the steps for later parts. */
  keepSteps(steps: number): Promise<void>;
}

const NAME = 'learn.json';

/**
 * Opens a folder for a run's results; makes it where it is not there.
 *
 * @throws CannotLearn where it cannot be written, holds another run (saying what differs), or holds
 * files that no run has written. Nothing in it is touched then.
 */
export async function openRun(folder: string, settings: RunSettings): Promise<Run> {
  await expectWritable(folder);
  const there = await readRun(folder);
  if (there === undefined && (await readdir(folder)).length > 0)
    throw new CannotLearn(
      `out: ${folder} holds files that are no results of this command; a new or an empty folder expected`,
    );
  const found = there ? differences(there.settings, settings) : [];
  if (found.length > 0)
    throw new CannotLearn(
      `out: ${folder} holds another run: ${found.join('; ')}. Nothing was changed. ` +
        'Give the same settings to go on with it, or name another folder',
    );
  const write = (steps: number | undefined): Promise<void> =>
    writeWhole(join(folder, NAME), [`${JSON.stringify({ settings, steps }, undefined, 2)}\n`]);
  if (there === undefined) await write(undefined);
  return { folder, steps: there?.steps, keepSteps: write };
}

/**
 * That a folder can be made, or be written where it is there.
 *
 * @throws CannotLearn in a sentence.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync } from 'node:fs';
 * import { pictures } from 'dark-matter';
 * const folder = mkdtempSync('/tmp/dark-matter-');
 * await pictures.expectWritable(`${folder}/new`);
 * await assert.rejects(
 *   pictures.expectWritable('/dev/null'),
 *   /\/dev\/null .*a folder of your own/,
 * );
 * ```
 */
export async function expectWritable(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    // An executable file would pass for a folder below.
    await readdir(folder);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const isFile = await stat(folder).then(
      (found) => found.isFile(),
      () => false,
    );
    throw new CannotLearn(
      isFile
        ? `out: ${folder} is a file; a folder expected`
        : `out: ${folder} cannot be written (${code}); a folder of your own expected`,
      { cause: error },
    );
  }
}

/**
 * A folder with those above it. One at a time, for `mkdir` with `recursive` never ends where a
 * folder is there in which none can be made, as /proc.
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder);
  }
}

async function readRun(
  folder: string,
): Promise<{ settings: RunSettings; steps?: number } | undefined> {
  const file = join(folder, NAME);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { settings, steps } = JSON.parse(text) as { settings: RunSettings; steps?: number };
    return { settings: { ...settings }, ...(typeof steps === 'number' && { steps }) };
  } catch {
    throw new CannotLearn(`out: ${file} is damaged; name another folder, or remove it`);
  }
}

const differences = (there: RunSettings, here: RunSettings): string[] =>
  [...new Set([...Object.keys(there), ...Object.keys(here)])]
    .filter((name) => there[name] !== here[name])
    .map((name) =>
      name === 'pictures'
        ? 'its pictures are others, or have changed'
        : `${name} is ${there[name] ?? 'not given'} there and ${here[name] ?? 'not given'} here`,
    );
