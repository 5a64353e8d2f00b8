/** What was measured: a file of JSON lines a notebook, a line a run, replaced as a whole. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../setup/fault.mjs';
import { writeWhole } from '../setup/files.mjs';
import { withLock } from '../setup/lock.mjs';

/**
 * @typedef {object} Kept what is known of a run that has ended
 * @property {string} key
 * @property {string} notebook
 * @property {Record<string, unknown>} parameters
 * @property {'passed' | 'failed' | 'timeout'} status
 * @property {number} seconds of the run on its worker, the runner's and the kernel's start included
 * @property {Record<string, Record<string, number[]>>} figures what the notebook recorded, also
 * before it failed: by row, by name, a value a seed
 * @property {string | null} error the first failed cell's, on one line
 * @property {string} worker
 * @property {string} time when it ended, ISO 8601
 * @property {string} library the stamp of the library's sources
 */

/** @param {string} folder @param {string} notebook */
export const fileOf = (folder, notebook) => join(folder, `${notebook}.jsonl`);

/**
 * @param {string} file
 * @returns {Kept[]} the oldest first; none where there is no file
 * @throws {Fault} where a line is not JSON
 */
export function read(file) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.flatMap((line, i) => {
    if (line === '') return [];
    try {
      return [JSON.parse(line)];
    } catch {
      throw new Fault(
        `${file}, line ${i + 1} is not JSON.`,
        'Mend or remove the line: only its run is then done again.',
      );
    }
  });
}

/**
 * Adds a run, in the place of an earlier one with its key. Two sweeps may write at a time.
 *
 * @param {string} folder @param {Kept} run
 */
export async function keep(folder, run) {
  const file = fileOf(folder, run.notebook);
  await withLock(`${file}.lock`, async () => {
    const others = read(file).filter(({ key }) => key !== run.key);
    writeWhole(file, [...others, run].map((each) => `${JSON.stringify(each)}\n`).join(''));
  });
}
