/**
 * What a folder's files held when it was made, so that damage is seen also where it changed no
 * file's length.
 */
import { join, relative } from 'node:path';
import { filesBelow, readJson, sha256, writeWhole } from '../setup/files.mjs';

const name = '.checksums.json';

/**
 * @param {string} folder
 * @param {AbortSignal} [signal]
 */
export async function recordChecksums(folder, signal) {
  /** @type {Record<string, string>} */
  const sums = {};
  for (const path of filesBelow(folder)) {
    const file = relative(folder, path);
    if (file !== name) sums[file] = await sha256(path, signal);
  }
  writeWhole(join(folder, name), JSON.stringify(sums, undefined, 2));
}

/**
 * @param {string} folder
 * @returns {string[] | undefined} the files that were recorded; none where nothing was
 */
export function recordedFiles(folder) {
  const sums = readJson(join(folder, name));
  return sums && Object.keys(sums);
}

/**
 * @param {string} folder
 * @param {AbortSignal} [signal]
 * @returns {Promise<string[] | undefined>} the paths of files that are gone or are not what they
 * were; undefined where nothing was recorded
 */
export async function damagedFiles(folder, signal) {
  /** @type {Record<string, string> | undefined} */
  const sums = readJson(join(folder, name));
  if (!sums) return undefined;
  const found = [];
  for (const [file, sum] of Object.entries(sums)) {
    const path = join(folder, file);
    const now = await sha256(path, signal).catch((error) => {
      signal?.throwIfAborted();
      return String(error);
    });
    if (now !== sum) found.push(path);
  }
  return found;
}
