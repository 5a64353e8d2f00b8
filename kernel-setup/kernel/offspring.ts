/** Processes and threads that a cell started end with it when it is interrupted. */
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';
import { InterruptedError, currentCell } from './cell';
import { listen } from './listeners';
import { descendants, signal } from './processes';
import { slot } from './threads';
import { native } from './timers';
import type { ServerLink } from './toServer';

/** How long a process that was asked to end may take, in milliseconds. */
const grace = 1000;

/** Threads that keep the event loop going: Node does not list them among its resources. */
const threads = new Set<Worker>();

export function threadsRunning(): number {
  return threads.size;
}

/** Processes that run beside the cells; one that a cell waits for (`execSync`) is not among them. */
const processes = new Set<ChildProcess>();

/** Around what makes the kernel wait for a process: Stop ends that, and with it the cell. */
export function waitingForProcess(server: ServerLink, shared: Int32Array) {
  const assertNotStopped = (): void => {
    const asked = Atomics.load(shared, slot.interruptAsked);
    if (asked <= Atomics.load(shared, slot.interruptHeard)) return;
    const cell = currentCell();
    cell?.abort();
    throw new InterruptedError(cell?.name ?? 'the cell');
  };
  return <T>(wait: () => T): T => {
    const beside = [...processes].flatMap(({ pid }) => pid ?? []);
    server.send({ type: 'waits', beside });
    try {
      const ended = wait();
      assertNotStopped();
      return ended;
    } catch (error) {
      assertNotStopped();
      throw error;
    } finally {
      server.send({ type: 'waits' });
    }
  };
}

export function followOffspring(): void {
  subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess };
    const forget = currentCell()?.onKill(() => end(child));
    processes.add(child);
    child.once('exit', () => {
      processes.delete(child);
      forget?.();
    });
  });
  listen('worker', (worker: Worker) => {
    const forget = currentCell()?.onKill(() => void worker.terminate());
    if (forget) worker.once('exit', forget);
    follow(worker);
  });
}

/** A process and all that it started: a shell leaves its commands behind. */
function end(child: ChildProcess): void {
  const rest = child.pid === undefined ? [] : descendants(child.pid);
  child.kill();
  signal(rest, 'SIGTERM');
  native
    .setTimeout(() => {
      child.kill('SIGKILL');
      signal(rest, 'SIGKILL');
    }, grace)
    .unref();
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
