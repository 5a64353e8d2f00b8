/**
 * The kernel's entry: `node --no-force-async-hooks-checks main.js <connection file> [--javascript]`,
 * as kernel.json says.
 *
 * It starts in the notebook's folder and stays there, so relative paths mean what they seem to.
 * TypeScript is loaded after the sockets answer: a front end sees a ready kernel at once.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { currentCell, followPromises, ownCell, ownerOf } from './cell';
import { Comms } from './comms';
import type { ProjectOptions } from './compiler/tsconfig';
import type { CellCompiler } from './compiler/types';
import { followDescriptors, native } from './descriptors';
import { Executor } from './executor';
import { installHost } from './host';
import { followInherited } from './inherited';
import type { CellLanguage } from './info';
import { announceExit } from './leave';
import { keepListeners, listen } from './listeners';
import type { Loader } from './loader';
import { followOffspring, waitingForProcess } from './offspring';
import { logFile, startLog } from './log';
import { Printed } from './printed';
import { installPrompts } from './prompt';
import { createRest } from './rest';
import { Results } from './results';
import { installInput } from './stdin';
import { captureStreams } from './streams';
import { slots, type ServerOptions, type ToExecutor } from './threads';
import { followTimers } from './timers';
import { ServerLink } from './toServer';
import { Sources } from './traceback';

const root = resolve(__dirname, '..', '..', '..');

function versionOf(packageFile: string): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;
}

function startServer(
  connectionFile: string,
  language: CellLanguage,
  shared: Int32Array,
): { worker: Worker; answers: MessageChannel['port1'] } {
  const { port1, port2 } = new MessageChannel();
  const workerData: ServerOptions = {
    connectionFile,
    shared,
    inputPort: port2,
    language,
    version: versionOf(join(root, 'package.json')),
    typescript: versionOf(require.resolve('typescript/package.json')),
  };
  const worker = new Worker(join(__dirname, 'serverThread.js'), {
    workerData,
    transferList: [port2],
  });
  worker.once('error', (error) => {
    // Past the streams that go to the notebook: there is none any more.
    native.writeSync(2, `dark-matter kernel: ${error.message}\n`);
    process.kill(process.pid, 'SIGKILL');
  });
  return { worker, answers: port1 };
}

function main(connectionFile: string | undefined, language: CellLanguage): void {
  if (!connectionFile)
    throw new Error('usage: main.js <connection file>. Jupyter starts this; see kernel.json.');
  if (startLog()) native.writeSync(2, `dark-matter kernel: writes what it does to ${logFile}\n`);
  const shared = new Int32Array(new SharedArrayBuffer(4 * slots));
  const { worker, answers } = startServer(connectionFile, language, shared);
  const exit = process.exit.bind(process);
  const server = new ServerLink(worker, shared);

  const folder = process.cwd();
  const aliases = {
    'dark-matter': join(root, 'lib', 'index.ts'),
    tslab: join(root, 'kernel-setup', 'kernel', 'tslab.ts'),
  };
  const sources = new Sources((file) => loader().sourceMap(file), join(root, 'lib'));
  const loader = once((): Loader => {
    const { createLoader } = require('./loader') as typeof import('./loader');
    const onStale = (error: unknown): void =>
      console.error('An edited module could not be loaded; the old one goes on.\n', error);
    return createLoader({
      folder,
      aliases,
      builds: { [join(root, 'lib')]: join(root, 'lib', 'dist') },
      project: once(() => tsconfig().modulesOf(project())),
      onStale,
      signal: () => ownCell()?.signal,
    });
  });
  const tsconfig = () => require('./compiler/tsconfig') as typeof import('./compiler/tsconfig');
  const project = once((): ProjectOptions => {
    const found = tsconfig().projectOptions(folder);
    for (const problem of found.problems) console.error(`${found.file}: ${problem}`);
    return found;
  });
  const compiler = once((): CellCompiler => {
    const { createCellCompiler } = require('./compiler') as typeof import('./compiler');
    return createCellCompiler({
      folder,
      aliases,
      project: project().options,
      untyped: language === 'javascript',
      globals: [
        join(root, 'kernel-setup', 'kernel', 'globals.d.ts'),
        ...(tsconfig().hasDom(project()) ? [] : [join(root, 'kernel-setup', 'kernel', 'web.d.ts')]),
      ],
    });
  });

  const comms = new Comms(server);
  const printed = new Printed(
    (stream, text, cell) => server.stream(stream, text, cell),
    join(root, '.dark-matter', 'output'),
  );
  const results = new Results();
  results.install();
  const executor = new Executor({
    compiler,
    loader,
    server,
    comms,
    sources,
    shared,
    printed,
    results,
  });
  const stray = executor.stray.bind(executor);

  sources.install();
  const rest = once(createRest);
  const atRest = (seconds: number): Promise<void> => {
    // What the kernel itself does ahead is not to be waited for.
    compiler().dispose();
    return rest()(seconds);
  };
  installHost(server, comms, executor.callbacks, atRest);
  installPrompts(server, shared, answers);
  const enterLine = installInput(server);
  announceExit(server, shared);
  followPromises();
  followOffspring();
  followInherited(waitingForProcess(server, shared));
  followDescriptors();
  followTimers((error, cell) => stray(error, cell, 'Uncaught exception'));
  listen('uncaughtException', (error) => stray(error, currentCell(), 'Uncaught exception'));
  listen('unhandledRejection', (reason, promise: Promise<unknown>) =>
    stray(reason, ownerOf(promise), 'Unhandled rejection'),
  );
  keepListeners();

  worker.on('message', (message: ToExecutor) => {
    if (message.type === 'exit') exit(0);
    else if (message.type === 'line') enterLine(message.text);
    else if (message.type === 'hearSignals')
      listen('SIGINT', () => server.send({ type: 'signal' }));
    else executor.handle(message);
  });
  captureStreams(server, printed);
  setImmediate(() => {
    rest();
    executor.warmUp();
  });
}

/** Made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

main(process.argv[2], process.argv.includes('--javascript') ? 'javascript' : 'typescript');
