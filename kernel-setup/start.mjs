/**
 * `npm start`: sets up what is missing, then serves JupyterLab on the notebooks folder until
 * Ctrl-C.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepPrivate, labAddress, labArguments, labEnvironment } from './jupyter.mjs';
import { command } from './setup/cli.mjs';
import { Fault, Usage } from './setup/fault.mjs';
import { readArguments } from './setup/options.mjs';
import { locate } from './setup/paths.mjs';
import { setUp } from './setup.mjs';

const usage = `npm start [-- OPTIONS]: sets up what is missing and opens JupyterLab on the notebooks folder. Ctrl-C ends it.

  --no-browser   print the address and open nothing
  --port N       listen on port N, or the next free one after it (default: 8888)
  --help         this text
`;

/**
 * @param {string[]} args
 * @throws {Usage}
 */
export function readOptions(args) {
  const { values } = readArguments({
    args,
    options: {
      'no-browser': { type: 'boolean', default: false },
      port: { type: 'string', default: '8888' },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port < 1 || port > 65535) {
    throw new Usage(
      `--port: ${JSON.stringify(values.port)} given, a number from 1 to 65535 expected.`,
    );
  }
  return { port, browser: !values['no-browser'] };
}

/**
 * @param {{ port: number, browser: boolean }} options
 * @param {AbortSignal} signal
 */
async function serve(options, signal) {
  const paths = locate();
  const env = labEnvironment(paths);
  const server = spawn(paths.python, labArguments(options, join(paths.root, 'notebooks')), {
    cwd: paths.root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  /** @type {Promise<number | string>} */
  const ended = new Promise((resolve, reject) => {
    server.on('error', reject);
    server.on('exit', (code, name) => resolve(code ?? name ?? 'ended'));
  });
  // SIGTERM ends its kernels too; SIGKILL, should it hang, leaves them to notice that it is gone.
  signal.addEventListener('abort', () => {
    server.kill('SIGTERM');
    setTimeout(() => server.kill('SIGKILL'), 10_000).unref();
  });
  if (signal.aborted) server.kill('SIGTERM');

  const address = await Promise.race([
    addressOf(env, server.pid ?? 0, ended),
    ended.then(() => undefined),
  ]);
  // Jupyter has written its own files there by now, which others may read.
  if (address) keepPrivate(env.JUPYTER_RUNTIME_DIR ?? '');
  if (address)
    process.stdout.write(
      `\nJupyterLab: ${address}\nBegin with 00-start-here.ipynb. Ctrl-C ends it and its kernels.\n`,
    );
  const code = await ended;
  if (signal.aborted) return (process.stdout.write('\nJupyterLab has ended.\n'), 0);
  throw new Fault(
    `JupyterLab ended by itself (${code}).`,
    'Its own messages are above; `npm run doctor` checks what it stands on.',
  );
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {number} pid
 * @param {Promise<unknown>} ended
 */
async function addressOf(env, pid, ended) {
  let waiting = true;
  void ended.then(
    () => (waiting = false),
    () => (waiting = false),
  );
  while (waiting) {
    const address = labAddress(env, pid);
    if (address) return address;
    await sleep(50);
  }
  return undefined;
}

await command(import.meta.url, usage, async (args, signal) => {
  const options = readOptions(args);
  await setUp(undefined, { signal });
  return serve(options, signal);
});
