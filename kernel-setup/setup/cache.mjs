/**
 * The cache folder, marked as such: backups may skip it, and `npm run clean` may remove it whole.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from './files.mjs';

/** @typedef {import('./paths.mjs').Paths} Paths */

/** The signature is that of the Cache Directory Tagging Specification. */
const tag = `Signature: 8a477f597d28d172789f06886806bc55
# The cache of Dark Matter: engines, data sets and downloads. Everything in it is made again when it is missed.
`;

/** What setup and the library's data sets put there. */
const contents = ['data', 'engine', 'engine.lock', 'npm', 'pip'];

/**
 * Makes the cache folder. One that held other things before stays unmarked.
 *
 * @param {Paths} paths
 */
export function prepareCache({ cache }) {
  mkdirSync(cache, { recursive: true });
  if (readdirSync(cache).every((name) => contents.includes(name)))
    writeWhole(join(cache, 'CACHEDIR.TAG'), tag);
}

/**
 * What may be removed: the whole folder where it is ours alone, or only what we put there.
 *
 * @param {Paths} paths
 * @returns {string[]}
 */
export function removableCache({ cache }) {
  const mark = join(cache, 'CACHEDIR.TAG');
  const ours = existsSync(mark) && readFileSync(mark, 'utf8') === tag;
  return ours
    ? [cache]
    : contents.map((name) => join(cache, name)).filter((path) => existsSync(path));
}
