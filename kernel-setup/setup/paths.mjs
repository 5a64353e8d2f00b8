/**
 * Where everything lies. Two places are written to and no others: the clone, and one cache folder
 * that every clone shares.
 */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this clone. */
export const cloneRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/**
 * The shared cache: `DARK_MATTER_CACHE`, or `$XDG_CACHE_HOME/dark-matter`, or
 * `~/.cache/dark-matter`.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string} an absolute path
 */
export function cacheFolder(env = process.env) {
  if (env.DARK_MATTER_CACHE) return resolve(env.DARK_MATTER_CACHE);
  // The XDG specification tells programs to ignore a relative path.
  const base =
    env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)
      ? env.XDG_CACHE_HOME
      : join(homedir(), '.cache');
  return join(base, 'dark-matter');
}

/**
 * Whatever in the cache's engine folder begins so is removed by the next setup that builds an
 * engine.
 */
export const unfinishedPrefix = 'unfinished-';

/**
 * @param {{ root?: string, env?: NodeJS.ProcessEnv, platform?: NodeJS.Platform }} [where]
 */
export function locate({ root = cloneRoot, env = process.env, platform = process.platform } = {}) {
  const venv = join(root, '.venv');
  const cache = cacheFolder(env);
  return {
    root,
    /** Packages of npm, and the one of them whose native half we build. */
    modules: join(root, 'node_modules'),
    tfjsNode: join(root, 'node_modules', '@tensorflow', 'tfjs-node'),
    venv,
    /** The Python of the virtual environment. */
    python:
      platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python'),
    /** What setup remembers, and Jupyter's configuration, data and runtime files. */
    state: join(root, '.dark-matter'),
    cache,
    engines: join(cache, 'engine'),
    /**
     * The temporary folder of what setup runs: this clone's own, so it may be emptied at any
     * setup's start.
     */
    scratch: join(root, '.dark-matter', 'tmp'),
    /**
     * A place for what is not finished, beside the engines, so that what is finished is renamed and
     * never copied.
     */
    unfinished: (/** @type {string} */ what) => join(cache, 'engine', `${unfinishedPrefix}${what}`),
  };
}

/** @typedef {ReturnType<typeof locate>} Paths */
