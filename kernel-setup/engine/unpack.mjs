/**
 * The part of TensorFlow's wheel that we need: two libraries and some headers, unpacked once for
 * all engines that are compiled against it. The wheel itself is deleted.
 */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toolEnvironment } from '../setup/environment.mjs';
import { sizeOf, stamp } from '../setup/files.mjs';
import { progressBar } from '../setup/progress.mjs';
import { run } from '../setup/run.mjs';
import { damagedFiles, recordChecksums } from './checksums.mjs';
import { fetchWheel } from './download.mjs';
import { tensorflowVersion } from './wheels.mjs';

const extractor = fileURLToPath(new URL('extract.py', import.meta.url));

/** The C API, and what its headers include. */
const headers = [
  'tensorflow/c/',
  'tensorflow/core/platform/',
  'tsl/platform/',
  'xla/tsl/c/',
  'absl/',
].map((path) => `tensorflow/include/${path}`);

/** @param {import('./wheels.mjs').Wheel} wheel */
const membersOf = (wheel) => [...wheel.libraries.map((name) => `tensorflow/${name}`), ...headers];

/**
 * @param {import('./wheels.mjs').Wheel} wheel
 * @param {import('../setup/paths.mjs').Paths} paths
 */
export const unpackedFolder = (wheel, { engines }) =>
  join(
    engines,
    `${wheel.project}-${tensorflowVersion}-${stamp(wheel.sha256, ...membersOf(wheel)).slice(0, 8)}`,
  );

/**
 * @param {import('./wheels.mjs').Wheel} wheel
 * @param {import('../setup/paths.mjs').Paths} paths
 * @param {AbortSignal} signal
 * @returns {Promise<{ libraries: string[], include: string }>} the libraries' paths, and the
 * headers' folder
 */
export async function unpackedTensorflow(wheel, paths, signal) {
  const members = membersOf(wheel);
  const folder = unpackedFolder(wheel, paths);
  const inside = join(folder, 'tensorflow');
  const libraries = wheel.libraries.map((name) => join(inside, name));
  const bytes = libraries.reduce((sum, path) => sum + (sizeOf(path) ?? 0), 0);
  if (bytes !== wheel.unpacked || (await damagedFiles(folder, signal))?.length) {
    rmSync(folder, { recursive: true, force: true });
    const file = await fetchWheel(wheel, paths, signal);
    await unpack(file, members, folder, wheel, paths, signal);
    rmSync(file);
  }
  return { libraries, include: join(inside, 'include') };
}

/**
 * @param {string} file
 * @param {string[]} members
 * @param {string} folder
 * @param {import('./wheels.mjs').Wheel} wheel
 * @param {import('../setup/paths.mjs').Paths} paths
 * @param {AbortSignal} signal
 */
async function unpack(file, members, folder, wheel, paths, signal) {
  const aside = paths.unfinished('unpacked');
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  const bar = progressBar('unpacking', wheel.unpacked);
  try {
    await run(paths.python, [extractor, file, aside, ...members], {
      env: toolEnvironment(paths),
      signal,
      doing: `unpacking ${wheel.project}`,
      onLine: (line) => bar.read(line),
    });
    await recordChecksums(aside, signal);
    renameSync(aside, folder);
  } finally {
    bar.end();
    rmSync(aside, { recursive: true, force: true });
  }
}
