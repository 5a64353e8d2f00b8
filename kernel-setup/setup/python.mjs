/**
 * Finds a Python that can make a virtual environment.
 */
import { Fault } from './fault.mjs';
import { tryRun } from './run.mjs';

/** The oldest that set-up takes. */
export const oldest = [3, 9];
const probe = `
import json, sys
try:
    import venv, ensurepip
    able = True
except ImportError:
    able = False
print(json.dumps([list(sys.version_info[:3]), able, sys.executable]))
`;

/** @typedef {{ version: number[], able: boolean, path: string }} Python */

/**
 * @param {NodeJS.ProcessEnv} [env] its PATH is searched; `PYTHON` names one to be used instead
 * @returns {Promise<Python>}
 * @throws {Fault} where none is found, or none that will do
 */
export async function findPython(env = process.env) {
  /** @type {Python[]} */
  const found = [];
  for (const name of candidates(env)) {
    const answer = await tryRun(name, ['-I', '-c', probe], env);
    if (!answer) continue;
    const [version, able, path] = JSON.parse(answer);
    found.push({ version, able, path });
    if (able && isNewEnough(version)) return { version, able, path };
  }
  throw explain(found, env);
}

/** @param {NodeJS.ProcessEnv} env */
function candidates(env) {
  if (env.PYTHON) return [env.PYTHON];
  return ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.9'];
}

/** @param {number[]} version */
function isNewEnough([major, minor]) {
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/**
 * @param {Python[]} found
 * @param {NodeJS.ProcessEnv} env
 */
function explain(found, env) {
  const needed = `Python ${oldest.join('.')} or later`;
  const again = 'and run the same command again. PYTHON=/path/to/python names a certain one.';
  const unable = found.find(({ version }) => isNewEnough(version));
  if (unable) {
    return new Fault(
      `Python ${unable.version.join('.')} (${unable.path}) cannot make virtual environments: its venv module is missing.`,
      `Install it (on Debian and Ubuntu: apt-get install python3-venv) ${again}`,
    );
  }
  if (found.length > 0) {
    const { version, path } = found[0];
    return new Fault(
      `${path} is Python ${version.join('.')}, and JupyterLab needs ${needed}.`,
      `Install ${needed} ${again}`,
    );
  }
  const looked = env.PYTHON
    ? `PYTHON=${env.PYTHON} does not run`
    : 'no Python was found on the PATH';
  return new Fault(`JupyterLab needs ${needed}, and ${looked}.`, `Install ${needed} ${again}`);
}
