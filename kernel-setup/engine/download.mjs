/**
 * Fetches the wheel with pip, so that every mirror, proxy and certificate that pip is set up with
 * is honoured, and accepts nothing but the pinned contents.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, toolEnvironment } from '../setup/environment.mjs';
import { Fault } from '../setup/fault.mjs';
import { needSpace, sha256 } from '../setup/files.mjs';
import { progressBar, say } from '../setup/progress.mjs';
import { run } from '../setup/run.mjs';
import { tensorflowVersion } from './wheels.mjs';

/** @typedef {import('./wheels.mjs').Wheel} Wheel */
/** @typedef {import('../setup/paths.mjs').Paths} Paths */

/**
 * @param {Wheel} wheel
 * @param {Paths} paths
 * @param {AbortSignal} signal
 * @returns {Promise<string>} the path of a wheel whose checksum is right
 */
export async function fetchWheel(wheel, paths, signal) {
  const kept = join(paths.engines, `${wheel.sha256.slice(0, 16)}.whl`);
  if (existsSync(kept)) {
    if ((await sha256(kept, signal)) === wheel.sha256) return kept;
    say('The wheel in the cache is damaged; fetching it again.');
    rmSync(kept);
  }
  mkdirSync(paths.engines, { recursive: true });
  needSpace(paths.engines, wheel.bytes + wheel.unpacked + 150e6, 'the TensorFlow engine');

  for (const attempt of [1, 2]) {
    const folder = paths.unfinished('wheel');
    try {
      const arrived = await download(wheel, folder, paths, signal);
      const found = await sha256(arrived, signal);
      if (found === wheel.sha256) {
        renameSync(arrived, kept);
        return kept;
      }
      if (attempt === 1)
        say(
          `The download is damaged (sha256 ${found.slice(0, 12)}…, expected ${wheel.sha256.slice(0, 12)}…); once more.`,
        );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  throw new Fault(
    `The wheel of ${wheel.project} ${tensorflowVersion} arrived damaged twice: its checksum is not the pinned one. It was deleted.`,
    'Check the proxy or mirror between this machine and PyPI (pip config list), and run the same command again.',
  );
}

/**
 * @param {Wheel} wheel
 * @param {string} folder
 * @param {Paths} paths
 * @param {AbortSignal} signal
 */
async function download(wheel, folder, paths, signal) {
  mkdirSync(folder, { recursive: true });
  const bar = progressBar(`${wheel.project} ${tensorflowVersion}`, wheel.bytes);
  // The wheel is for one Python only; we name that one, whichever runs pip.
  const target = [
    '--no-deps',
    '--only-binary=:all:',
    '--platform',
    wheel.platform,
    '--implementation',
    'cp',
    '--python-version',
    '3.12',
    '--abi',
    'cp312',
  ];
  const manner = [
    '--progress-bar',
    'raw',
    '--no-cache-dir',
    '--retries',
    '3',
    '--resume-retries',
    '5',
  ];
  try {
    await run(
      paths.python,
      [
        '-m',
        'pip',
        'download',
        `${wheel.project}==${tensorflowVersion}`,
        ...target,
        ...manner,
        '--dest',
        folder,
      ],
      {
        // pip's own temporary files are as large as the wheel, and go with the folder.
        env: { ...toolEnvironment(paths), ...temporaryFolder(folder) },
        signal,
        doing: `pip download ${wheel.project}==${tensorflowVersion}`,
        onLine: (line) => bar.read(line.trim()),
      },
    );
  } finally {
    bar.end();
  }
  const [name] = readdirSync(folder).filter((file) => file.endsWith('.whl'));
  if (!name) throw new Error(`pip download ended well, but left no wheel in ${folder}`);
  return join(folder, name);
}
