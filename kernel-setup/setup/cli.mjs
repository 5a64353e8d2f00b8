/**
 * The frame of every command: arguments in, exit code out. 0 done, 1 failed, 2 usage, 3 the machine
 * is at fault, 130 interrupted.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { asFault, Fault, Interrupted, Usage } from './fault.mjs';
import { checkNode } from './node.mjs';
import { cacheEnvironment, locate } from './paths.mjs';
import { ProgramFailed } from './run.mjs';

/**
 * Runs `main`, where the module is the program and not imported by another.
 *
 * @param {string} module its import.meta.url
 * @param {string} usage printed for --help, and when the command is called wrongly
 * @param {(args: string[], signal: AbortSignal) => Promise<number | void>} main
 * @param {string} [help] the command that prints the usage, where that is a page below which a
 * complaint would not be seen
 */
export async function command(module, usage, main, help) {
  if (!process.argv[1] || realpathSync(process.argv[1]) !== fileURLToPath(module)) return;
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage);
    return;
  }
  try {
    checkNode();
    // What we start finds the cache that this clone was set up with.
    Object.assign(process.env, cacheEnvironment(locate()));
    process.exitCode = (await main(args, interruption())) ?? 0;
  } catch (error) {
    process.exitCode = explain(error, usage, help);
  }
}

/**
 * Aborts at the first Ctrl-C, so that programs end and locks are released; a second one ends the
 * process at once.
 */
function interruption() {
  const controller = new AbortController();
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(name, () => {
      if (controller.signal.aborted && name === 'SIGINT') process.exit(130);
      controller.abort(new Interrupted());
    });
  }
  return controller.signal;
}

/**
 * @param {unknown} thrown
 * @param {string} usage
 * @param {string} [help]
 */
function explain(thrown, usage, help) {
  const error = asFault(thrown);
  const say = (/** @type {string} */ text) => process.stderr.write(`\n${text}\n`);
  if (error instanceof Usage && help)
    return (process.stderr.write(`${error.message}\n${help} tells what there is.\n`), 2);
  if (error instanceof Usage) return (say(`${error.message}\n\n${usage}`), 2);
  if (error instanceof Fault) return (say(`${error.what}\n${error.mend}`), 3);
  if (error instanceof Interrupted) return (say(error.message), 130);
  if (error instanceof ProgramFailed) return (say(error.message), 1);
  return (say(error instanceof Error ? (error.stack ?? error.message) : String(error)), 1);
}
