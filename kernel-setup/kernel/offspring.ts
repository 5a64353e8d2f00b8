/** Processes and threads that a cell started end with it when it is interrupted. */
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';
import { currentCell } from './cell';

/** Threads that keep the event loop going: Node does not list them among its resources. */
const threads = new Set<Worker>();

export function threadsRunning(): number {
  return threads.size;
}

export function followOffspring(): void {
  subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess };
    const forget = currentCell()?.onKill(() => child.kill());
    if (forget) child.once('exit', forget);
  });
  process.on('worker', (worker: Worker) => {
    const forget = currentCell()?.onKill(() => void worker.terminate());
    if (forget) worker.once('exit', forget);
    follow(worker);
  });
}

function follow(worker: Worker): void {
  const { ref, unref } = worker;
  threads.add(worker);
  worker.once('exit', () => threads.delete(worker));
  worker.ref = () => {
    threads.add(worker);
    ref.call(worker);
  };
  worker.unref = () => {
    threads.delete(worker);
    unref.call(worker);
  };
}
