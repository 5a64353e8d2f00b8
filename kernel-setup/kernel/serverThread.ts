/** The worker's entry: binds the sockets and serves until the process ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { readConnection } from './connection';
import { Server } from './server';
import { onInterruptSignal } from './signal';
import { bindSockets } from './sockets';
import type { ServerOptions } from './threads';
import { watchClient } from './watch';

/** How long a process that was asked to exit may take, in milliseconds. */
const grace = 500;

async function main(): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('serverThread must run in a worker');
  const options = workerData as ServerOptions;
  const connection = readConnection(options.connectionFile);
  const kill = (): void => void process.kill(process.pid, 'SIGKILL');
  const exit = (): void => {
    port.postMessage({ type: 'exit' });
    setTimeout(kill, grace);
  };
  const server = new Server(await bindSockets(connection), connection.signer, port, options, exit);
  server.start();
  if (!onInterruptSignal(() => server.interrupt())) port.postMessage({ type: 'hearSignals' });
  watchClient(kill);
}

void main();
