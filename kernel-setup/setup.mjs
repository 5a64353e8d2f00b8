/**
 * `npm run setup`, and the first thing that the other commands do: whatever is missing between a
 * fresh clone and a running notebook, and nothing more.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepareCache } from './setup/cache.mjs';
import { command } from './setup/cli.mjs';
import { asFault, Interrupted, Usage } from './setup/fault.mjs';
import { withLock } from './setup/lock.mjs';
import { locate, rememberCache } from './setup/paths.mjs';
import { say } from './setup/progress.mjs';
import { kernel, library } from './steps/build.mjs';
import { engine } from './steps/engine.mjs';
import { kernelspec } from './steps/kernelspec.mjs';
import { packages } from './steps/packages.mjs';
import { photos } from './steps/photos.mjs';
import { exportVenv, sweepVenv, testVenv, venv } from './steps/venv.mjs';

/** @typedef {import('./steps/step.mjs').Context} Context */
/** @typedef {import('./steps/step.mjs').Step} Step */

/**
 * What a person needs to open and run notebooks, in order: each step may rely on those before it.
 */
export const forNotebooks = [packages, venv, photos, engine, library, kernel, kernelspec];

/** What `npm run learn` needs. */
export const forLearning = [packages, venv, engine, library];

/** What `npm test` needs. */
export const forTests = [packages, venv, testVenv, photos, engine, library, kernel, kernelspec];

/** What `npm run test:export` needs. */
export const forExportTests = [...forTests, exportVenv];

/** What `npm run sweep` needs. */
export const forSweep = [...forNotebooks, sweepVenv];

/** What `npm run test:sweep` needs. */
export const forSweepTests = [...forTests, sweepVenv];

/**
 * Runs the steps that are not done. A second call does nothing, quickly.
 *
 * @param {Step[]} [steps]
 * @param {{ signal?: AbortSignal, thorough?: boolean, paths?: Context['paths'] }} [options]
 * @throws {import('./setup/fault.mjs').Fault} where the machine must be mended first
 */
export async function setUp(
  steps = forNotebooks,
  { signal = new AbortController().signal, thorough = false, paths = locate() } = {},
) {
  const context = { paths, signal, thorough };
  rememberCache(paths);
  if (thorough) await removeDamaged(steps, context);
  if (!steps.every((step) => step.isDone(context))) {
    mkdirSync(paths.state, { recursive: true });
    prepareCache(paths);
    await withLock(join(paths.state, 'setup.lock'), () => runMissing(steps, context), {
      signal,
      say,
    });
  }
  for (const step of steps) step.remark?.(context);
}

/**
 * @param {Step[]} steps
 * @param {Context} context
 */
async function removeDamaged(steps, context) {
  for (const step of steps) {
    for (const { file, remove } of (await step.damage?.(context)) ?? []) {
      say(`${file} is damaged, and is made anew.`);
      for (const path of remove) rmSync(path, { recursive: true, force: true });
    }
  }
}

/**
 * @param {Step[]} steps
 * @param {Context} context
 */
async function runMissing(steps, context) {
  const { paths, signal } = context;
  const begun = performance.now();
  process.stderr.write(
    `Setting up Dark Matter. Only this folder and ${paths.cache} are written.\n`,
  );
  // What an interrupted setup left there goes first.
  rmSync(paths.scratch, { recursive: true, force: true });
  mkdirSync(paths.scratch);
  for (const [i, step] of steps.entries()) {
    if (signal.aborted) throw new Interrupted();
    if (step.isDone(context)) continue;
    const title = `[${i + 1}/${steps.length}] ${step.name}`;
    process.stderr.write(`${title}\n`);
    const start = performance.now();
    try {
      await step.run(context);
    } catch (error) {
      throw asFault(error, step.name);
    }
    say(`done in ${seconds(start)}`);
  }
  process.stderr.write(`Set up in ${seconds(begun)}.\n`);
}

/** @param {number} start */
function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

const usage = `npm run setup: sets up what is missing between this clone and a running notebook, without opening anything.

Folders   DARK_MATTER_CACHE   the cache, shared by all clones, is made in this folder (default: $XDG_CACHE_HOME/dark-matter or
                              ~/.cache/dark-matter); the clone remembers it
Choices   PYTHON              the Python that .venv is made with
          CXX                 the C++ compiler for the engine's addon
          DARK_MATTER_ENGINE  "javascript" for no native engine
`;

await command(import.meta.url, usage, async (args, signal) => {
  if (args.length > 0) throw new Usage(`setup takes no arguments: ${args.join(' ')} given.`);
  await setUp(forNotebooks, { signal, thorough: true });
  process.stdout.write('Ready: npm start\n');
});
