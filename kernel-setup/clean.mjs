/**
 * `npm run clean`: removes everything that setup made, in the clone and in the shared cache, after
 * telling what that is.
 */
import { existsSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, parse, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { removableCache } from './setup/cache.mjs';
import { command } from './setup/cli.mjs';
import { Fault, Usage } from './setup/fault.mjs';
import { bytesBelow, inMegabytes } from './setup/files.mjs';
import { readArguments } from './setup/options.mjs';
import { locate } from './setup/paths.mjs';

const usage = `npm run clean [-- OPTIONS]: removes what setup made, in this clone and in the cache that all clones share.

  --dry-run   only tell what would be removed
  --yes       do not ask
  --help      this text
`;

/** @typedef {{ path: string, what: string }} Removable */

/**
 * What setup makes, with what it is for. Notebooks, their results and your own files are not among
 * it.
 *
 * @param {import('./setup/paths.mjs').Paths} paths
 * @returns {Removable[]}
 */
export function removable(paths) {
  const { root, modules, venv, state } = paths;
  const all = [
    { path: modules, what: 'npm packages, with links to the engine' },
    { path: venv, what: 'JupyterLab and its Python packages, and the kernelspec' },
    { path: join(root, 'lib', 'dist'), what: 'the compiled library' },
    { path: join(root, 'kernel-setup', 'dist'), what: 'the compiled kernel' },
    { path: state, what: "JupyterLab's settings and runtime files, and what setup remembers" },
    ...removableCache(paths).map((path) => ({
      path,
      what: 'the shared cache: the TensorFlow engine, data sets, downloads of npm and pip',
    })),
  ];
  return all.filter(({ path }) => existsSync(path));
}

/**
 * DARK_MATTER_CACHE may name any folder; one that plainly holds other things is not ours to remove.
 *
 * @param {string} cache
 * @param {string} root
 */
export function refuseToRemove(cache, root) {
  const holds = (/** @type {string} */ inner) =>
    inner === cache || !relative(cache, inner).startsWith('..');
  if (resolve(cache) === parse(cache).root || holds(homedir()) || holds(root)) {
    throw new Fault(
      `The cache folder ${cache} holds more than a cache: your home folder, this clone, or a whole disk. Nothing was removed.`,
      'Point DARK_MATTER_CACHE at a folder of its own, or remove by hand what setup put there.',
    );
  }
}

await command(import.meta.url, usage, async (args, signal) => {
  const { yes, 'dry-run': dryRun } = readArguments({
    args,
    options: {
      yes: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
    },
  }).values;
  const paths = locate();
  refuseToRemove(paths.cache, paths.root);
  const found = removable(paths);
  if (found.length === 0) return void process.stdout.write('There is nothing to remove.\n');

  process.stdout.write(dryRun ? 'Would remove:\n' : 'Removes:\n');
  for (const { path, what } of found)
    process.stdout.write(
      `  ${inMegabytes(bytesBelow(path)).padStart(8)}  ${path}\n            ${what}\n`,
    );
  process.stdout.write('Notebooks and your own files stay. `npm start` makes all of it again.\n');
  if (dryRun) return;

  if (!yes) {
    if (!process.stdin.isTTY)
      throw new Usage(
        'clean asks before it removes, and there is no terminal to ask on: add --yes (npm run clean -- --yes).',
      );
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await terminal.question('Remove them? [y/N] ', { signal }).catch(() => 'no');
    terminal.close();
    if (!/^y(es)?$/i.test(answer.trim()))
      return (process.stdout.write('Nothing was removed.\n'), 1);
  }
  for (const { path } of found) rmSync(path, { recursive: true, force: true });
  process.stdout.write('Removed.\n');
});
