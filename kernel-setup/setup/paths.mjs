/**
 * Where everything lies. Two places are written to and no others: the clone, and one cache folder
 * that every clone shares.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readJson, writeWhole } from './files.mjs';

/** The folder of this clone. */
export const cloneRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** The name of our own folder below the one that `DARK_MATTER_CACHE` names. */
const below = 'dark-matter-cache';

/**
 * Where the cache lies unless somebody says otherwise: `$XDG_CACHE_HOME/dark-matter`, or
 * `~/.cache/dark-matter`.
 *
 * @param {NodeJS.ProcessEnv} [env]
 */
export function defaultCache(env = process.env) {
  // The XDG specification tells programs to ignore a relative path.
  const base =
    env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)
      ? env.XDG_CACHE_HOME
      : join(homedir(), '.cache');
  return join(base, 'dark-matter');
}

/**
 * The shared cache: a folder of our own below `DARK_MATTER_CACHE`, which may hold other things; the
 * one that this clone was set up with; or the default one. `dataCache` in lib/data/files/locate.ts
 * follows the same rule.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [root] of the clone
 * @returns {string} an absolute path
 */
export function cacheFolder(env = process.env, root = undefined) {
  if (env.DARK_MATTER_CACHE) {
    const given = resolve(env.DARK_MATTER_CACHE);
    return isCache(given) ? given : join(given, below);
  }
  return (root && rememberedCache(root)) || defaultCache(env);
}

/**
 * Whether a folder is a cache of ours already, so that nothing is made below it.
 *
 * @param {string} folder
 */
function isCache(folder) {
  if (basename(folder) === below) return true;
  try {
    return readFileSync(join(folder, 'CACHEDIR.TAG'), 'utf8').includes('cache of Dark Matter');
  } catch {
    return false;
  }
}

/** @param {string} root */
const memory = (root) => join(root, '.dark-matter', 'cache.json');

/**
 * The cache that a clone was set up with, so that it need not be named again.
 *
 * @param {string} root
 * @returns {string | undefined} undefined where it is the default, or is gone
 */
function rememberedCache(root) {
  const folder = readJson(memory(root))?.cache;
  return typeof folder === 'string' && existsSync(folder) ? folder : undefined;
}

/**
 * @param {Paths} paths
 */
export function rememberCache({ root, cache }) {
  if (readJson(memory(root))?.cache !== cache)
    writeWhole(memory(root), JSON.stringify({ cache }, undefined, 2));
}

/**
 * What tells the programs that we start, and the library in them, of a cache that is not the
 * default one.
 *
 * @param {Pick<Paths, 'cache'>} paths
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ DARK_MATTER_CACHE?: string }}
 */
export function cacheEnvironment({ cache }, env = process.env) {
  return cache === defaultCache(env) ? {} : { DARK_MATTER_CACHE: cache };
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
  const cache = cacheFolder(env, root);
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
