/**
 * Runs one notebook: a Python process of its own with nbclient in it, followed through its events.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { kernelName } from '../kernelspec.mjs';
import { jupyterEnvironment } from '../setup/environment.mjs';
import { Fault } from '../setup/fault.mjs';
import { describeError } from './errors.mjs';
import { BadNotebook, cellNumbers } from './notebook.mjs';

const script = fileURLToPath(new URL('execute.py', import.meta.url));
/**
 * How long Python may overstay the notebook's time limit (it ends the kernel, and writes HTML)
 * before it is killed.
 */
const grace = 30;

/** @typedef {'passed' | 'failed' | 'timeout' | 'interrupted' | 'skipped' | 'not run'} Status */

/**
 * @typedef {object} CellResult
 * @property {number | null} cell its number among the source's code cells, from 1; null for the
 * injected parameters
 * @property {number} index its place among all cells of the executed notebook, from 0
 * @property {string | undefined} id
 * @property {Status} status
 * @property {number} seconds
 * @property {number | null} executionCount
 * @property {import('./errors.mjs').CellError | null} error also of a cell that is meant to raise
 * one, which passes
 */

/**
 * @typedef {object} Result
 * @property {string} notebook the source's path
 * @property {string} executed where the executed notebook is
 * @property {string | null} html
 * @property {Status} status
 * @property {number} seconds
 * @property {(import('./errors.mjs').CellError & { cell: number | null }) | null} error what ended
 * the run
 * @property {CellResult[]} cells the code cells
 * @property {Fault} [fault] what is wrong with this machine, where that is what ended the run
 */

/**
 * @typedef {object} Plan
 * @property {string} path of the source
 * @property {import('./notebook.mjs').Notebook} notebook with its parameters injected
 * @property {string} output
 * @property {string | null} html
 */

/** @param {Plan} plan @param {Status} status @returns {Result} before anything has run */
export function pending({ path, notebook, output, html }, status = 'not run') {
  const numbers = cellNumbers(notebook);
  const cells = notebook.cells.flatMap(({ cell_type, id }, index) =>
    cell_type === 'code'
      ? [
          {
            cell: numbers[index] ?? null,
            index,
            id,
            status: /** @type {Status} */ ('not run'),
            seconds: 0,
            executionCount: null,
            error: null,
          },
        ]
      : [],
  );
  return { notebook: path, executed: output, html, status, seconds: 0, error: null, cells };
}

/**
 * The row of a notebook that could not be run, or not to its end, for a reason outside of its cells.
 *
 * @param {Result} result
 * @param {unknown} error
 * @returns {Result}
 */
export function failedBy(result, error) {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return {
    ...result,
    status: 'failed',
    error: { cell: null, line: null, name, message, traceback: '' },
    ...(error instanceof Fault ? { fault: error } : {}),
  };
}

/**
 * @param {Plan} plan
 * @param {{ paths: import('../setup/paths.mjs').Paths, folder: string, cellTimeout: number,
 * timeout: number, signal: AbortSignal }} options
 * @param {(result: Result, cell: CellResult, running: boolean) => void} onCell called when a cell
 * starts, and when it ends
 * @returns {Promise<Result>} also where the kernel cannot be started, or nothing can be written
 */
export async function execute(plan, { paths, folder, cellTimeout, timeout, signal }, onCell) {
  const result = pending(plan);
  if (signal.aborted) return result;
  const runtime = join(paths.state, 'runs', `${process.pid}-${++runs}`);
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...jupyterEnvironment(paths), JUPYTER_RUNTIME_DIR: runtime };
  // Without its folder, IPython would make one in the system's temporary folder.
  for (const needed of [runtime, env.IPYTHONDIR])
    if (needed) mkdirSync(needed, { recursive: true });
  /** @type {number | undefined} */
  let kernel;
  /** @type {{ name: string, message: string } | undefined} */
  let fault;
  let ended = false;

  const child = execa(paths.python, ['-I', '-B', script], {
    env,
    extendEnv: false,
    stdin: 'pipe',
    reject: false,
    buffer: { stdout: false },
    maxBuffer: 1 << 20,
    // It sees the end of its stdin, and ends its kernel before itself; a signal would leave it no
    // time for that.
    cleanup: false,
  });
  const started = performance.now();
  const say = (/** @type {string} */ line) => child.stdin.write(`${line}\n`, () => {});
  child.stdin.on('error', () => {}); // it ended before it was told
  say(
    JSON.stringify({
      notebook: plan.notebook,
      output: plan.output,
      html: plan.html,
      kernel: kernelName,
      folder,
      cellTimeout,
      timeout,
    }),
  );

  const stop = () => say('stop');
  signal.addEventListener('abort', stop, { once: true });
  let overdue = false;
  const guard =
    timeout > 0
      ? setTimeout(() => ((overdue = true), child.kill('SIGKILL')), (timeout + grace) * 1000)
      : undefined;

  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    const cell = result.cells.find(({ index }) => index === event.index);
    if (event.event === 'kernel') kernel = event.pid;
    if (event.event === 'fault') fault = event;
    if (event.event === 'start' && cell) onCell(result, cell, true);
    if (event.event === 'cell' && cell) {
      cell.status = event.status;
      cell.seconds = event.seconds ?? cell.seconds;
      cell.executionCount = event.count;
      cell.error = event.error && describeError(event.error, event.count);
      onCell(result, cell, false);
    }
    if (event.event === 'end') {
      ended = true;
      result.status = event.status;
      const at = result.cells.find(({ index }) => index === event.error?.index);
      result.error = event.error && {
        ...(at?.error ?? describeError(event.error, null)),
        cell: at?.cell ?? null,
      };
    }
  }
  const { stderr } = await child;
  clearTimeout(guard);
  signal.removeEventListener('abort', stop);
  result.seconds = (performance.now() - started) / 1000;
  rmSync(runtime, { recursive: true, force: true });
  // Python takes its kernel with it; should Python itself have been killed, we do.
  if (!ended && kernel) killGroup(kernel);
  if (fault) return failedBy(result, faultOf(fault, tail(stderr)));
  if (!ended) {
    result.status = signal.aborted ? 'interrupted' : overdue ? 'timeout' : 'failed';
    const message = overdue
      ? `the notebook took longer than ${timeout} s`
      : `the process that executes the notebook ended early.${tail(stderr)}`;
    result.error = { cell: null, line: null, name: 'RunnerDied', message, traceback: '' };
  }
  return result;
}

let runs = 0;

/**
 * @param {{ name: string, message: string }} fault
 * @param {string} said by the programs that ran
 * @returns {Error} a Fault where this machine is to blame, and not the notebook
 */
function faultOf({ name, message }, said) {
  if (/^(?:NotJSONError|ValidationError|NBFormatError)$/.test(name))
    return new BadNotebook(message);
  const isOfFiles = /\[Errno \d+\]/.test(message);
  if (isOfFiles)
    return new Fault(
      `The executed notebook cannot be written (${message}).`,
      'Free some space, or give another folder with --out.',
    );
  return new Fault(
    `The notebook could not be executed (${name}: ${message}).${said}`,
    'Run `npm run doctor`, which says what is wrong.',
  );
}

/** @param {number} leader */
function killGroup(leader) {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** @param {unknown} text the last lines of it, for an error message */
function tail(text) {
  const lines = String(text ?? '')
    .trim()
    .split('\n')
    .slice(-5)
    .join('\n');
  return lines ? `\n${lines}` : '';
}
