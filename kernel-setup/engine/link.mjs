/**
 * An engine lives in the cache; node_modules only points at it, so `npm ci` costs milliseconds and
 * not a build.
 */
import { cpSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesBelow, sizeOf } from '../setup/files.mjs';
import { recordedFiles } from './checksums.mjs';

const parts = ['deps', 'lib'];
export const addon = join('lib', 'napi-v8', 'tfjs_binding.node');

/**
 * @param {string} engine folder with deps/ and lib/
 * @param {string} tfjsNode the package's folder
 */
export function linkEngine(engine, tfjsNode) {
  unlinkEngine(tfjsNode);
  for (const file of engineFiles(engine)) {
    const place = join(tfjsNode, file);
    mkdirSync(dirname(place), { recursive: true });
    const unfinished = `${place}.${process.pid}`;
    rmSync(unfinished, { force: true });
    point(join(engine, file), unfinished);
    renameSync(unfinished, place);
  }
}

/** @param {string} tfjsNode */
export function unlinkEngine(tfjsNode) {
  // Symbolic links are removed, not followed.
  for (const part of parts) rmSync(join(tfjsNode, part), { recursive: true, force: true });
}

/**
 * @param {string} engine
 * @param {string} tfjsNode
 */
export function isLinked(engine, tfjsNode) {
  const files = engineFiles(engine);
  // Sizes are read through the links: one that dangles, or points at another engine, does not
  // count.
  const sizes = (/** @type {string} */ folder) => files.map((file) => sizeOf(join(folder, file)));
  return (
    files.includes(addon) &&
    !sizes(engine).includes(undefined) &&
    String(sizes(engine)) === String(sizes(tfjsNode))
  );
}

/** @param {string} engine */
function engineFiles(engine) {
  return (
    recordedFiles(engine) ??
    parts.flatMap((part) => filesBelow(join(engine, part))).map((path) => relative(engine, path))
  );
}

/**
 * Where the system allows no symbolic link (Windows, for most users), a hard link; on another disk,
 * a copy.
 *
 * @param {string} target
 * @param {string} place
 */
function point(target, place) {
  if (!allowed(() => symlinkSync(target, place))) linkOrCopy(target, place);
}

/**
 * The same file in two places of the cache, held once by the disk where that is possible.
 *
 * @param {string} target
 * @param {string} place
 */
export function linkOrCopy(target, place) {
  if (!allowed(() => linkSync(target, place))) cpSync(target, place);
}

/** @param {() => void} link */
function allowed(link) {
  try {
    link();
    return true;
  } catch (error) {
    if (
      ['EPERM', 'EXDEV', 'ENOTSUP', 'EMLINK'].includes(
        /** @type {NodeJS.ErrnoException} */ (error).code ?? '',
      )
    )
      return false;
    throw error;
  }
}
