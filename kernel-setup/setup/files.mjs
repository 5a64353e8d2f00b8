/**
 * Files that are whole or not there: everything is written beside its place under another name,
 * then renamed.
 */
import { createHash, randomUUID } from 'node:crypto';
import fs, {
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Fault } from './fault.mjs';

/**
 * @param {string} path
 * @param {string} text
 * @param {number} [mode] who may read and write it
 */
export function writeWhole(path, text, mode = 0o666) {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}-${randomUUID().slice(0, 8)}`;
  try {
    writeFileSync(unfinished, text, { mode });
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {any} undefined where the file is missing or is not JSON
 */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * A short name for some contents: the same contents, the same name.
 *
 * @param {...(string | Buffer)} contents
 */
export function stamp(...contents) {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(String(content.length)).update(':').update(content);
  return hash.digest('hex').slice(0, 16);
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<string>} in hexadecimal
 */
export async function sha256(path, signal) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest('hex');
}

/**
 * Every file below a folder, sorted; symbolic links are listed and not followed.
 *
 * @param {string} folder
 * @param {(name: string) => boolean} [enter] which folders to enter
 * @returns {string[]} paths that begin with `folder`
 */
export function filesBelow(folder, enter = () => true) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) return [path];
      return enter(entry.name) ? filesBelow(path, enter) : [];
    });
}

/**
 * Fails early, in words, where a disk would fill up half-way.
 *
 * @param {string} folder an existing folder
 * @param {number} bytes needed
 * @param {string} what for
 * @param {(folder: string) => number} [free] bytes free for this user
 */
export function needSpace(folder, bytes, what, free = freeSpace) {
  const left = free(folder);
  if (left >= bytes) return;
  throw new Fault(
    `The disk of ${folder} has ${inMegabytes(left)} free, and ${what} needs ${inMegabytes(bytes)}.`,
    'Free some space, or point DARK_MATTER_CACHE at a folder on a larger disk, and run the same command again.',
  );
}

/** @param {string} folder */
function freeSpace(folder) {
  const { bavail, bsize } = fs.statfsSync(folder);
  return bavail * bsize;
}

/**
 * What a folder takes on the disk: a file with several names (hard links) counts once, symbolic
 * links do not count.
 *
 * @param {string} folder
 */
export function bytesBelow(folder) {
  const files = filesBelow(folder)
    .map((path) => lstatSync(path, { throwIfNoEntry: false }))
    .filter((file) => file?.isFile());
  return [
    ...new Map(files.map((file) => [`${file?.dev}:${file?.ino}`, file?.size ?? 0])).values(),
  ].reduce((sum, size) => sum + size, 0);
}

/** @param {number} bytes */
export function inMegabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** @param {string} path */
export function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
