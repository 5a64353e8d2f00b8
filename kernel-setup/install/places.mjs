/** Where Jupyter looks for kernels: the user's folder, and those of Python environments. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { Fault } from '../setup/fault.mjs';
import { tryRun } from '../setup/run.mjs';

/**
 * A folder of Jupyter's data, with `kernels` in it, and the Python beside it.
 *
 * @typedef {{ data: string, python?: string }} Place
 */

/**
 * Where a user's own kernels are, for every Jupyter that the user starts: as jupyter_core finds it.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @param {NodeJS.Platform} [platform]
 */
export function userData(env = process.env, platform = process.platform) {
  if (env.JUPYTER_DATA_DIR) return resolve(env.JUPYTER_DATA_DIR);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  if (platform === 'win32')
    return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'jupyter');
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'jupyter');
}

/** @param {string} prefix of a Python environment @returns {Place} */
export function placeBelow(prefix) {
  const programs = [join(prefix, 'bin', 'python'), join(prefix, 'Scripts', 'python.exe')];
  const python = programs.find((program) => existsSync(program));
  return { data: join(prefix, 'share', 'jupyter'), ...(python !== undefined && { python }) };
}

/**
 * The place that an option names.
 *
 * @param {{ user?: boolean, sysPrefix?: boolean, prefix?: string }} option
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Place>}
 * @throws {Fault} where --sys-prefix finds no Python
 */
export async function placeOf({ sysPrefix = false, prefix }, env = process.env) {
  if (prefix !== undefined) return placeBelow(resolve(prefix));
  const python = await currentPython(env);
  if (!sysPrefix) return { data: userData(env), ...(python && { python: python.program }) };
  if (!python)
    throw new Fault(
      '--sys-prefix: no Python was found on the PATH.',
      'Activate the environment that Jupyter is installed in, or name it: --prefix FOLDER.',
    );
  return { data: join(python.prefix, 'share', 'jupyter'), python: python.program };
}

/** The Python that `python3` or `python` starts. @param {NodeJS.ProcessEnv} env */
async function currentPython(env) {
  for (const name of env.PYTHON ? [env.PYTHON] : ['python3', 'python']) {
    const said = await tryRun(name, ['-c', 'import sys; print(sys.prefix)'], env);
    if (said) return { program: name, prefix: said.trim() };
  }
  return undefined;
}

/**
 * All folders of data that a Jupyter of the current environment reads, without those of the system.
 *
 * @param {string[]} prefixes of environments besides
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function knownData(prefixes, env = process.env) {
  const python = await currentPython(env);
  const all = [
    ...(env.JUPYTER_PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
    userData(env),
    ...[...(python ? [python.prefix] : []), ...prefixes].map((prefix) => placeBelow(prefix).data),
  ];
  return [...new Set(all)];
}
