/**
 * JupyterLab as we run it: local, private, on the notebooks folder, with nothing that asks the
 * network.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { kernelName } from './kernelspec.mjs';
import { jupyterEnvironment } from './setup/environment.mjs';
import { readJson, writeWhole } from './setup/files.mjs';

/** @typedef {import('./setup/paths.mjs').Paths} Paths */

/**
 * @param {{ port: number, browser: boolean }} options
 * @param {string} notebooks folder
 * @returns {string[]} arguments of the virtual environment's Python
 */
export function labArguments({ port, browser }, notebooks) {
  return [
    '-m',
    'jupyterlab',
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.port=${port}`,
    `--ServerApp.root_dir=${notebooks}`,
    `--ServerApp.open_browser=${browser ? 'True' : 'False'}`,
    // The URL is printed by us; Jupyter says only what is wrong.
    '--ServerApp.log_level=WARN',
    '--LabApp.log_level=WARN',
    // Ctrl-C ends it without a question.
    '--ServerApp.answer_yes=True',
    `--MultiKernelManager.default_kernel_name=${kernelName}`,
    '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
    '--LabApp.extension_manager=readonly',
    // It would look for language servers with npm, which writes to the home folder.
    '--LanguageServerManager.autodetect=False',
    // Jupyter refuses to run as root, which in a container everybody is; it still listens on
    // 127.0.0.1 only.
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
}

/**
 * Writes what Jupyter reads from its folders: no news, so no question about news and no request for
 * them. The token is ours, so it is on no command line, and Jupyter prints no address beside ours;
 * it is in a file, because kernels and terminals get the server's environment.
 *
 * @param {Paths} paths
 * @returns {NodeJS.ProcessEnv}
 */
export function labEnvironment(paths) {
  const env = jupyterEnvironment(paths);
  const runtime = env.JUPYTER_RUNTIME_DIR ?? '';
  keepPrivate(runtime);
  const config = env.JUPYTER_CONFIG_DIR ?? '';
  const page = join(config, 'labconfig', 'page_config.json');
  const asked = readJson(page) ?? {};
  const disabledExtensions = {
    ...asked.disabledExtensions,
    '@jupyterlab/apputils-extension:announcements': true,
  };
  writeWhole(page, JSON.stringify({ ...asked, disabledExtensions }, undefined, 2));
  // A notebook that is opened where no kernel runs shows its widgets as they were saved.
  const settings = { '@jupyter-widgets/jupyterlab-manager:plugin': { saveState: true } };
  writeWhole(
    join(config, 'labconfig', 'default_setting_overrides.json'),
    JSON.stringify(settings, undefined, 2),
  );
  writeSaveHook(paths, config);
  const token = join(runtime, 'token');
  writeWhole(token, randomBytes(24).toString('hex'), 0o600);
  return { ...env, JUPYTER_TOKEN_FILE: token };
}

/**
 * Makes a folder, and lets nobody but its owner into it and into the files that are there: the
 * server's token is in some, and whoever has it may run code as the owner.
 *
 * @param {string} folder
 */
export function keepPrivate(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isFile()) chmodSync(join(folder, entry.name), 0o600);
}

/**
 * Has JupyterLab save notebooks as git keeps them.
 *
 * @param {Pick<Paths, 'root'>} paths
 * @param {string} folder of Jupyter's configuration
 * @returns {string} the file
 */
export function writeSaveHook({ root }, folder) {
  const file = join(folder, 'jupyter_server_config.py');
  const hook = JSON.stringify(join(root, 'kernel-setup', 'runner', 'save_hook.py'));
  writeWhole(
    file,
    `import runpy
import warnings

# Its configuration is read twice, which it takes for two hooks.
warnings.filterwarnings("ignore", message="Overriding existing pre_save_hook")
c.ContentsManager.pre_save_hook = runpy.run_path(${hook})["pre_save"]
`,
  );
  return file;
}

/**
 * The address of a running server, from the file that Jupyter writes once it listens.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {number} pid of the server
 * @returns {string | undefined}
 */
export function labAddress({ JUPYTER_RUNTIME_DIR: runtime = '' }, pid) {
  const name = readdirSync(runtime).find((file) => file === `jpserver-${pid}.json`);
  const server = name && readJson(join(runtime, name));
  return server && `http://127.0.0.1:${server.port}/lab?token=${server.token}`;
}
