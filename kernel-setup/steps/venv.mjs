/**
 * Steps: the Python packages in .venv, pinned to the last transitive one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolEnvironment } from '../setup/environment.mjs';
import { readJson, stamp, writeWhole } from '../setup/files.mjs';
import { findPython } from '../setup/python.mjs';
import { run, tryRun } from '../setup/run.mjs';

/**
 * Pinned, so that its progress is read the same everywhere; the pip that came with Python may be
 * years old.
 */
const pip = 'pip==25.3';

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
      await run(
        paths.python,
        [
          '-m',
          'pip',
          'install',
          '--quiet',
          '--retries',
          '2',
          '-r',
          join(paths.root, 'kernel-setup', file),
        ],
        {
          env,
          signal,
          doing: `pip install -r kernel-setup/${file}`,
        },
      );
      writeWhole(record(paths, file), JSON.stringify({ stamp: wanted(paths, file) }));
    },
  };
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
  await run(paths.python, ['-m', 'pip', 'install', '--quiet', '--retries', '2', pip], {
    env,
    signal,
    doing: `pip install ${pip}`,
  });
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
  const pins = ['requirements.txt', file].map((name) =>
    readFileSync(join(root, 'kernel-setup', name)),
  );
  // Programs in .venv know their own path, so a clone that was moved needs a new one.
  return stamp(venv, ...pins);
}
