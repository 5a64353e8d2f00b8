/**
 * The cache folder, marked as such: backups may skip it, and `npm run clean` removes from it what
 * was made there.
 */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from './files.mjs';
import { defaultCache } from './paths.mjs';

/** @typedef {import('./paths.mjs').Paths} Paths */

const file = 'CACHEDIR.TAG';

/** The signature is that of the Cache Directory Tagging Specification. */
const tag = `Signature: 8a477f597d28d172789f06886806bc55
# The cache of Dark Matter, in a folder of its own. Everything in it is made again when it is missed.
`;

/** What setup and the library's data sets put there. */
const contents = ['data', 'engine', 'engine.lock', 'npm', 'pip', 'wheels'];

/**
 * Makes the cache folder. One that holds other things stays unmarked; one that may not be written
 * stays as it is, and serves as far as it goes.
 *
 * @param {Paths} paths
 */
export function prepareCache({ cache }) {
  mkdirSync(cache, { recursive: true });
  const names = readdirSync(cache);
  if (isWritable(cache) && names.every((name) => contents.includes(name)))
    writeWhole(join(cache, file), tag);
}

/** @param {string} folder */
export function isWritable(folder) {
  if (!existsSync(folder)) return true;
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * What may be removed. Where the folder is our own, that is all we put there, and the folder itself
 * where nothing else is in it. Earlier versions wrote into the very folder that DARK_MATTER_CACHE
 * names; a `data` there may be the user's, so only the photographs in it go.
 *
 * @param {Paths} paths
 * @returns {string[]}
 */
export function removableCache({ cache }) {
  if (!existsSync(cache)) return [];
  const mark = join(cache, file);
  const own = cache === defaultCache() || (existsSync(mark) && readFileSync(mark, 'utf8') === tag);
  const ours = own
    ? contents
    : [...contents.filter((name) => name !== 'data'), join('data', 'photos')];
  if (own && readdirSync(cache).every((name) => name === file || contents.includes(name)))
    return [cache];
  return [...ours, file].map((name) => join(cache, name)).filter((path) => existsSync(path));
}
