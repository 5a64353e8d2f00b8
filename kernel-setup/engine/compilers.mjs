/**
 * C++ compilers, in order: the one that CXX names, the machine's own, and the one that PyPI's
 * ziglang wheel carries.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder, toolEnvironment } from '../setup/environment.mjs';
import { asFault, Fault, Interrupted } from '../setup/fault.mjs';
import { needSpace } from '../setup/files.mjs';
import { sayLoudly } from '../setup/progress.mjs';
import { run, tryRun } from '../setup/run.mjs';
import { Impossible } from './impossible.mjs';

/** What its wheel, unpacked, and the addon's compilation take. */
const zigBytes = 700e6;
const zigRequirements = fileURLToPath(new URL('../requirements-zig.txt', import.meta.url));

/** @typedef {{ name: string, program: string, args: string[], env: NodeJS.ProcessEnv }} Compiler */
/** @typedef {import('../setup/paths.mjs').Paths} Paths */

/**
 * Tries each compiler until one makes the addon.
 *
 * @template T
 * @param {Paths} paths
 * @param {AbortSignal} signal
 * @param {(compiler: Compiler) => Promise<T>} compile
 * @returns {Promise<T>}
 * @throws {Impossible} where none does
 */
export async function withCompiler(paths, signal, compile) {
  const env = toolEnvironment(paths);
  /** @type {string[]} */
  const failures = [];
  for (const program of await installedCompilers(env)) {
    try {
      return await compile({ name: program, program, args: [], env });
    } catch (error) {
      failures.push(giveUpOrTell(program, error));
    }
  }
  sayLoudly(
    failures.length === 0
      ? 'No C++ compiler was found (CXX, g++, c++, clang++). Using the one in the ziglang package of PyPI: a larger download, once.'
      : `${failures.join('\n')}\n      Using the compiler in the ziglang package of PyPI: a larger download, once.`,
  );
  const folder = paths.unfinished('zig');
  try {
    return await compile(await installZig(paths, folder, env, signal));
  } catch (error) {
    throw new Impossible(
      `no C++ compiler made the addon. ${[...failures, giveUpOrTell('ziglang', error)].join(' ')}`,
    );
  } finally {
    // It is needed once, and is large.
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {NodeJS.ProcessEnv} env */
async function installedCompilers(env) {
  const names = env.CXX ? [env.CXX] : ['g++', 'c++', 'clang++'];
  const answers = await Promise.all(
    names.map(async (name) => ({ name, version: await tryRun(name, ['--version'], env) })),
  );
  const found = answers.filter(({ version }) => version);
  // One compiler under two names is tried once.
  return found
    .filter(
      ({ version }, i) => found.findIndex((other) => body(other.version) === body(version)) === i,
    )
    .map(({ name }) => name);
}

/** @param {string | undefined} version the first line begins with the name that was called */
function body(version) {
  return version?.replace(/^\S+/, '');
}

/**
 * @param {Paths} paths
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @param {AbortSignal} signal
 * @returns {Promise<Compiler>}
 */
async function installZig(paths, folder, env, signal) {
  const [packages, temporary] = ['packages', 'tmp'].map((name) => join(folder, name));
  mkdirSync(temporary, { recursive: true });
  needSpace(folder, zigBytes, 'the compiler in the ziglang package');
  const ownFolders = {
    ...env,
    ...temporaryFolder(temporary),
    ZIG_GLOBAL_CACHE_DIR: temporary,
    ZIG_LOCAL_CACHE_DIR: temporary,
  };
  await run(
    paths.python,
    [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-cache-dir',
      '--retries',
      '3',
      '--require-hashes',
      '--target',
      packages,
      '-r',
      zigRequirements,
    ],
    {
      env: ownFolders,
      signal,
      doing: 'pip install -r kernel-setup/requirements-zig.txt',
    },
  );
  return {
    name: 'ziglang',
    program: paths.python,
    args: ['-m', 'ziglang', 'c++'],
    env: { ...ownFolders, PYTHONPATH: packages },
  };
}

/**
 * A fault of the machine (a full disk, no network) is for the user to mend; a compiler's failure is
 * for the next one.
 *
 * @param {string} compiler
 * @param {unknown} error
 */
function giveUpOrTell(compiler, error) {
  const told = asFault(error);
  if (!(error instanceof Error) || told instanceof Fault || error instanceof Interrupted)
    throw told;
  return `${compiler} failed: ${error.message.split('\n').find((line) => /error|cannot|undefined/i.test(line)) ?? error.message.split('\n')[0]}.`;
}
