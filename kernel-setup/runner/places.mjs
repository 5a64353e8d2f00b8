/** Where results go: looked at before anything runs, so that an hour's run is not lost at its end. */
import { mkdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Fault, Usage } from '../setup/fault.mjs';

/** What the executed notebooks may take beyond their sources, in bytes: they hold outputs. */
const room = 32e6;

/**
 * @param {string} place the folder of the executed notebooks
 * @param {string[]} notebooks paths
 * @param {string} cwd what the user's paths are relative to
 * @param {(folder: string) => number} [free] bytes free for this user
 * @returns {string} the folder, made where it was not there
 * @throws {Usage} where sources or results would be overwritten
 * @throws {Fault} where it cannot be written, or its disk is full
 */
export function outputFolder(place, notebooks, cwd, free = freeSpace) {
  const inside = notebooks.find((path) => dirname(path) === place);
  if (inside)
    throw new Usage(
      `--out: ${relative(cwd, place) || '.'} holds the source ${basename(inside)}; give another folder.`,
    );
  const names = notebooks.map((path) => basename(path));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice)
    throw new Usage(
      `Two notebooks are called ${twice}, and one would overwrite the other: run them apart.`,
    );
  tryOut(place, (reason) => [
    `The folder ${relative(cwd, place)} cannot be written (${reason}).`,
    'Give another one with --out.',
  ]);
  const sources = notebooks.reduce((sum, path) => sum + statSync(path).size, 0);
  if (free(place) < sources + room)
    throw new Fault(
      `The disk of ${relative(cwd, place) || place} is full.`,
      'Free some space, or give another folder with --out.',
    );
  return place;
}

/** @param {string} folder */
function freeSpace(folder) {
  const { bavail, bsize, blocks } = statfsSync(folder);
  // Some file systems of networks do not tell.
  return blocks === 0 ? Infinity : bavail * bsize;
}

/**
 * @param {string[]} reports files as the user gave them
 * @param {string} cwd
 * @throws {Fault} where one cannot be written
 */
export function checkReports(reports, cwd) {
  for (const report of reports) {
    const file = resolve(cwd, report);
    const advice = 'Give another file with --report.';
    tryOut(dirname(file), (reason) => [
      `The report ${report} cannot be written (${reason}).`,
      advice,
    ]);
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
      throw new Fault(`The report ${report} is a folder.`, advice);
  }
}

/**
 * Makes a folder and writes to it, as permissions alone do not tell whether that is possible.
 *
 * @param {string} folder
 * @param {(reason: string) => [what: string, mend: string]} say
 * @throws {Fault}
 */
function tryOut(folder, say) {
  const trial = join(folder, `.trial-${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(trial, 'x'.repeat(4096));
  } catch (error) {
    throw new Fault(...say(/** @type {Error} */ (error).message));
  } finally {
    try {
      rmSync(trial, { force: true });
    } catch {
      // The folder is none: it was told.
    }
  }
}
