/**
 * Runs a program quietly: its output is kept, and told only when it fails.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { diagnose, Fault, Interrupted } from './fault.mjs';

/** A program that ended with an exit code other than 0. */
export class ProgramFailed extends Error {
  /**
   * @param {string} program
   * @param {number | string} code its exit code, or the signal that ended it
   * @param {string} output everything it printed
   */
  constructor(program, code, output) {
    super(`${program} failed (${code}):\n${excerpt(output)}`);
    this.name = 'ProgramFailed';
    this.program = program;
    this.code = code;
    this.output = output;
  }
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {AbortSignal} [signal] ends the program; the promise then rejects with Interrupted,
 * once it has ended
 * @property {(line: string) => void} [onLine] sees each line of output as it comes
 * @property {string} [doing] what it is run for, named in a Fault
 */

/**
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} what it printed on stdout
 * @throws {Fault} when its output tells of a fault of the machine: disk, network, permissions
 * @throws {ProgramFailed} when it fails otherwise, or cannot be started
 */
export async function run(program, args, { cwd, env, signal, onLine, doing } = {}) {
  if (signal?.aborted) throw new Interrupted();
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const end = () => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 5000).unref();
  };
  signal?.addEventListener('abort', end, { once: true });

  let stdout = '';
  let output = '';
  const listen = (
    /** @type {import('node:stream').Readable} */ stream,
    /** @type {boolean} */ isStdout,
  ) => {
    createInterface({ input: stream }).on('line', (line) => {
      output += `${line}\n`;
      if (isStdout) stdout += `${line}\n`;
      onLine?.(line);
    });
  };
  listen(child.stdout, true);
  listen(child.stderr, false);

  /** @type {number | string} */
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      output += error.message;
      resolve('did not start');
    });
    child.on('close', (exit, name) => resolve(exit ?? name ?? 'ended'));
  });
  signal?.removeEventListener('abort', end);

  // Ctrl-C in a terminal reaches the program as well, and its end may be known before our own signal.
  if (signal?.aborted || code === 'SIGINT') throw new Interrupted();
  if (code === 0) return stdout;
  const symptom = diagnose(output);
  if (symptom) {
    const clue = output
      .split('\n')
      .find((line) => symptom.said.test(line))
      ?.trim()
      .slice(0, 200);
    throw new Fault(
      `${symptom.what.slice(0, -1)}${doing ? ` (while: ${doing})` : ''}: ${clue}`,
      symptom.mend,
    );
  }
  throw new ProgramFailed(doing ?? program, code, output);
}

/**
 * Whether a program is there and runs.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string | undefined>} its output, or undefined
 */
export async function tryRun(program, args, env) {
  return run(program, args, { env }).catch(() => undefined);
}

/**
 * Programs say what is wrong first (npm) or last (compilers, pip).
 *
 * @param {string} output
 */
function excerpt(output) {
  const lines = output.trim().split('\n');
  return lines.length <= 40
    ? lines.join('\n')
    : [...lines.slice(0, 20), '…', ...lines.slice(-20)].join('\n');
}
