/**
 * Runs on Dask: a Python process of its own with Dask's client in it, followed through its events.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { Fault } from '../setup/fault.mjs';

const script = fileURLToPath(new URL('client.py', import.meta.url));

/** @typedef {import('./store.mjs').Kept} Kept */

/**
 * @typedef {object} Listener
 * @property {(scheduler: string, workers: number) => void} onCluster also after a scheduler came
 * back
 * @property {(scheduler: string) => void} onLost
 * @property {(result: Kept) => Promise<void>} onEnd
 */

/**
 * Has the runs done, in whatever order. Returns when all have ended, or the signal was aborted.
 *
 * @param {import('./plan.mjs').Run[]} runs
 * @param {import('./arguments.mjs').Arguments & { library: string, paths:
 * import('../setup/paths.mjs').Paths, signal: AbortSignal }} options
 * @param {Listener} listener
 * @throws {Fault} where there is no cluster, or none any more
 */
export async function runOnDask(runs, options, { onCluster, onLost, onEnd }) {
  const { paths, signal, workers, scheduler } = options;
  const scratch = join(paths.state, 'sweeps', `dask-${process.pid}`);
  mkdirSync(scratch, { recursive: true });
  const child = execa(paths.python, ['-I', '-B', script], {
    env: environment(workers),
    stdin: 'pipe',
    reject: false,
    buffer: { stdout: false },
    maxBuffer: 1 << 20,
    // Not in the terminal's group: Ctrl-C is ours to pass on. It sees the end of its stdin, also
    // when we are killed.
    detached: true,
    cleanup: false,
  });
  child.stdin.on('error', () => {}); // it ended before it was told
  child.stdin.write(`${JSON.stringify(start(runs, options, scratch))}\n`);
  const stop = () => child.stdin.end();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });

  /** @type {string | undefined} */
  let gone;
  let left = runs.length;
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    if (event.event === 'cluster') onCluster(event.scheduler, event.workers);
    if (event.event === 'lost') onLost(event.scheduler);
    if (event.event === 'gone') gone = event.message;
    if (event.event === 'end') {
      left -= 1;
      await onEnd(event.result);
    }
  }
  const { stderr } = await child;
  signal.removeEventListener('abort', stop);
  rmSync(scratch, { recursive: true, force: true });
  if (signal.aborted || left === 0) return;
  if (scheduler)
    throw new Fault(
      `The scheduler is gone (${gone ?? `Dask ended early: ${tail(stderr)}`}).`,
      'Start it, then give the same command again: it goes on from here.',
    );
  throw new Fault(
    `Dask ended early (${gone ?? tail(stderr)}).`,
    'Give the same command again: it goes on from here.',
  );
}

/**
 * @param {import('./plan.mjs').Run[]} runs
 * @param {Parameters<typeof runOnDask>[1]} options
 * @param {string} scratch
 */
function start(
  runs,
  { workers, scheduler, patience, cellTimeout, timeout, again, library, paths },
  scratch,
) {
  return {
    workers,
    scheduler: scheduler ?? null,
    patience,
    scratch,
    pages: Object.fromEntries(runs.map(({ notebook, page }) => [notebook, page])),
    runs: runs.map(({ key, notebook, parameters, given }) => ({
      key,
      notebook,
      parameters,
      given,
    })),
    options: {
      root: paths.root,
      node: process.execPath,
      library,
      cellTimeout,
      timeout,
      again,
      sweep: `${Date.now()}-${process.pid}`,
    },
  };
}

/**
 * Kernels beside each other share the cores, where each would otherwise take them all.
 * @param {number} workers
 */
function environment(workers) {
  return {
    TF_NUM_INTRAOP_THREADS: String(Math.max(1, Math.floor(availableParallelism() / workers))),
    ...process.env,
  };
}

/** @param {unknown} text the last lines of it, for an error message */
const tail = (text) =>
  String(text ?? '')
    .trim()
    .split('\n')
    .slice(-3)
    .join(' ');
