// @ts-check
/**
 * The peers' own packages, below .dark-matter: a Python environment and a folder of npm's. Made
 * once, and anew when the pins change.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toolEnvironment } from '../../kernel-setup/setup/environment.mjs';
import { writeWhole } from '../../kernel-setup/setup/files.mjs';
import { findPython } from '../../kernel-setup/setup/python.mjs';
import { run } from '../../kernel-setup/setup/run.mjs';

/** @typedef {import('../../kernel-setup/setup/paths.mjs').Paths} Paths */

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const jaxJs = '@jax-js/jax@0.1.25';

/**
 * PyTorch and JAX.
 * @param {Paths} paths
 * @param {AbortSignal} signal
 * @returns {Promise<string>} the Python to run them with
 */
export async function python(paths, signal) {
  const venv = join(paths.state, 'bench-venv');
  const program =
    process.platform === 'win32'
      ? join(venv, 'Scripts', 'python.exe')
      : join(venv, 'bin', 'python');
  await once(join(venv, '.installed'), readFileSync(requirements, 'utf8'), async () => {
    const env = toolEnvironment(paths);
    mkdirSync(paths.scratch, { recursive: true });
    if (!existsSync(program))
      await run((await findPython()).path, ['-m', 'venv', venv], {
        env,
        signal,
        doing: `making ${venv}`,
      });
    await run(program, ['-m', 'pip', 'install', '--quiet', '-r', requirements], {
      env,
      signal,
      doing: 'pip install -r test/bench/requirements.txt',
    });
  });
  return program;
}

/**
 * jax-js.
 * @param {Paths} paths
 * @param {AbortSignal} signal
 * @returns {Promise<string>} its module
 */
export async function javascript(paths, signal) {
  const folder = join(paths.state, 'bench-js');
  await once(join(folder, '.installed'), jaxJs, async () => {
    mkdirSync(folder, { recursive: true });
    mkdirSync(paths.scratch, { recursive: true });
    writeWhole(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    await run(npm, ['install', '--ignore-scripts', '--no-audit', '--no-fund', jaxJs], {
      cwd: folder,
      env: toolEnvironment(paths),
      signal,
      doing: `npm install ${jaxJs}`,
    });
  });
  return join(folder, 'node_modules', '@jax-js', 'jax', 'dist', 'index.js');
}

/**
 * @param {string} mark a file that says what is there
 * @param {string} wanted
 * @param {() => Promise<void>} make
 */
async function once(mark, wanted, make) {
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  await make();
  writeWhole(mark, wanted);
}
