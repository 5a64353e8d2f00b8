/**
 * The environment of the programs that setup and start run, so that their caches, logs and settings
 * stay inside our own folders.
 */
import { join } from 'node:path';
import { isWritable } from './cache.mjs';
import { cacheEnvironment } from './paths.mjs';

/** @typedef {import('./paths.mjs').Paths} Paths */

/**
 * For npm, pip and compilers.
 *
 * @param {Paths} paths
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment({ cache, state, scratch }, env = process.env) {
  // npm and pip write where they read, so a cache that may only be read is none for them.
  const downloads = isWritable(cache) ? cache : state;
  const { VIRTUAL_ENV, PYTHONHOME, PYTHONPATH, PIP_USER, PIP_TARGET, PIP_PREFIX, ...rest } = env;
  return {
    ...rest,
    npm_config_cache: join(downloads, 'npm'),
    // What is in the cache is taken without asking the registry, which may be out of reach.
    npm_config_prefer_offline: 'true',
    npm_config_logs_max: '0',
    npm_config_update_notifier: 'false',
    PIP_CACHE_DIR: join(downloads, 'pip'),
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    ...temporaryFolder(scratch),
  };
}

/**
 * Where programs put what they will not keep.
 *
 * @param {string} folder
 */
export function temporaryFolder(folder) {
  return { TMPDIR: folder, TEMP: folder, TMP: folder };
}

/**
 * For JupyterLab, nbconvert and nbclient: its configuration, data, runtime files and kernels are
 * the clone's own.
 *
 * @param {Paths} paths
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function jupyterEnvironment({ state, cache }, env = process.env) {
  const {
    PYTHONHOME,
    PYTHONPATH,
    JUPYTER_PATH,
    JUPYTER_CONFIG_PATH,
    JUPYTER_TOKEN,
    JUPYTER_TOKEN_FILE,
    ...rest
  } = env;
  const folder = (/** @type {string} */ name) => join(state, 'jupyter', name);
  return {
    ...rest,
    ...cacheEnvironment({ cache }, env),
    JUPYTER_CONFIG_DIR: folder('config'),
    JUPYTER_DATA_DIR: folder('data'),
    JUPYTER_RUNTIME_DIR: folder('runtime'),
    JUPYTERLAB_SETTINGS_DIR: folder('settings'),
    JUPYTERLAB_WORKSPACES_DIR: folder('workspaces'),
    IPYTHONDIR: folder('ipython'),
    JUPYTER_PREFER_ENV_PATH: '1',
  };
}
