/**
 * Which Node runs this.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from './fault.mjs';
import { cloneRoot } from './paths.mjs';

/** The oldest Node that package.json accepts, such as "20.19". */
export function oldestNode(root = cloneRoot) {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return engines.node.replace('>=', '');
}

/**
 * @param {string} [version] such as "20.19.0"
 * @param {string} [oldest]
 * @throws {Fault} where it is too old
 */
export function checkNode(version = process.versions.node, oldest = oldestNode()) {
  const [major, minor] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldest.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Fault(
    `This is Node ${version}, and Dark Matter needs Node ${oldest} or later.`,
    'Install a newer Node (nvm, fnm, your package manager or the installer of the Node project) and run the same command again.',
  );
}

/**
 * How to call npm: the one that called us, or the one on the PATH.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {[program: string, ...args: string[]]}
 */
export function npmCommand(env = process.env) {
  // npm's own path also serves Windows, where `npm` is a script that only a shell can start.
  return env.npm_execpath?.endsWith('.js') && env.npm_execpath.includes('npm')
    ? [process.execPath, env.npm_execpath]
    : ['npm'];
}
