/**
 * Steps: the Python packages in .venv, pinned to the last transitive one.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isWritable } from '../setup/cache.mjs';
import { toolEnvironment } from '../setup/environment.mjs';
import { Fault } from '../setup/fault.mjs';
import { readJson, stamp, writeWhole } from '../setup/files.mjs';
import { findPython } from '../setup/python.mjs';
import { ProgramFailed, run, tryRun } from '../setup/run.mjs';

/** Pinned, so that its progress is read the same everywhere. */
const pip = 'requirements-pip.txt';

/** @typedef {import('../setup/paths.mjs').Paths} Paths */

/** JupyterLab and nbconvert, for everyone. */
export const venv = requirements(
  'Python packages in .venv (JupyterLab, nbconvert)',
  'requirements.txt',
);

/** What `npm test` adds. */
export const testVenv = requirements(
  'Python packages for the tests (jupyter_kernel_test)',
  'requirements-test.txt',
);

/** What `npm run test:export` adds. */
export const exportVenv = requirements("Python's TensorFlow", 'requirements-export.txt');

/** What `npm run sweep` adds. */
export const sweepVenv = requirements('Dask', 'requirements-sweep.txt');

/**
 * @param {string} name
 * @param {string} file
 * @returns {import('./step.mjs').Step}
 */
function requirements(name, file) {
  return {
    name,

    isDone: ({ paths }) =>
      existsSync(paths.python) && readJson(record(paths, file))?.stamp === wanted(paths, file),

    async run({ paths, signal }) {
      const env = toolEnvironment(paths);
      await makeVenv(paths, env, signal);
      await install(paths, file, env, signal);
      writeWhole(record(paths, file), JSON.stringify({ stamp: wanted(paths, file) }));
    },
  };
}

/**
 * Installs what a file pins, by its contents, out of the wheels in the cache; what is missing there
 * is fetched first. So a second clone needs no network.
 *
 * @param {Paths} paths
 * @param {string} file
 * @param {NodeJS.ProcessEnv} env
 * @param {AbortSignal} signal
 */
async function install(paths, file, env, signal) {
  const shared = join(paths.cache, 'wheels');
  const own = isWritable(paths.cache) ? shared : join(paths.state, 'wheels');
  const places = [...new Set([shared, own])].filter((folder) => existsSync(folder));
  const pip = (/** @type {string[]} */ ...args) =>
    run(
      paths.python,
      ['-m', 'pip', ...args, '--require-hashes', '-r', join(paths.root, 'kernel-setup', file)],
      { env, signal, doing: `pip ${args[0]} -r kernel-setup/${file}` },
    );
  const found = () => places.flatMap((folder) => ['--find-links', folder]);
  const fromWheels = () =>
    pip('install', '--quiet', '--no-index', ...found()).then(
      () => true,
      (error) => {
        if (error instanceof ProgramFailed || error instanceof Fault) return false;
        throw error;
      },
    );

  if (places.length > 0 && (await fromWheels())) return;
  const aside = join(own, `unfinished-${process.pid}`);
  mkdirSync(aside, { recursive: true });
  try {
    const manner = ['--quiet', '--no-cache-dir', '--prefer-binary', '--retries', '2'];
    await pip('download', ...manner, ...found(), '--dest', aside);
    for (const name of readdirSync(aside)) renameSync(join(aside, name), join(own, name));
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  if (!places.includes(own)) places.push(own);
  // Where a package has no wheel for this machine, what builds it is fetched as well.
  if (!(await fromWheels())) await pip('install', '--quiet', '--retries', '2', ...found());
}

/**
 * Makes .venv, or makes it anew where it does not run: half-made, moved with its clone, or of a
 * Python that is gone.
 *
 * @param {Paths} paths
 * @param {NodeJS.ProcessEnv} env
 * @param {AbortSignal} signal
 */
async function makeVenv(paths, env, signal) {
  const made = join(paths.venv, '.made');
  const runs =
    existsSync(made) &&
    readFileSync(made, 'utf8') === paths.venv &&
    (await tryRun(paths.python, ['-m', 'pip', '--version'], env));
  if (runs) return;
  const python = await findPython();
  await run(python.path, ['-m', 'venv', '--clear', paths.venv], {
    env,
    signal,
    doing: `making ${paths.venv}`,
  });
  await install(paths, pip, env, signal);
  writeWhole(made, paths.venv);
}

/**
 * The note, inside .venv, of what was installed: it goes when .venv goes.
 *
 * @param {Paths} paths
 * @param {string} file
 */
function record({ venv }, file) {
  return join(venv, `.installed-${file}.json`);
}

/**
 * @param {Paths} paths
 * @param {string} file
 */
function wanted({ root, venv }, file) {
  const pins = [pip, 'requirements.txt', file].map((name) =>
    readFileSync(join(root, 'kernel-setup', name)),
  );
  // Programs in .venv know their own path, so a clone that was moved needs a new one.
  return stamp(venv, ...pins);
}
