/** Processes and threads that a cell started end with it when it is interrupted. */
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';
import { currentCell } from './cell';

export function followOffspring(): void {
  subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess };
    const forget = currentCell()?.onKill(() => child.kill());
    if (forget) child.once('exit', forget);
  });
  process.on('worker', (worker: Worker) => {
    const forget = currentCell()?.onKill(() => void worker.terminate());
    if (forget) worker.once('exit', forget);
  });
}
