/**
 * The ways to an engine, best first. Each either leaves a finished engine in its folder of the cache, or says that it
 * is impossible on this machine, and why.
 */
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toolEnvironment } from '../setup/environment.mjs';
import { diagnose } from '../setup/fault.mjs';
import { readJson, stamp } from '../setup/files.mjs';
import { npmCommand } from '../setup/node.mjs';
import { progressBar, say } from '../setup/progress.mjs';
import { run } from '../setup/run.mjs';
import { compileAddon, flags, linking, ourSources } from './compile.mjs';
import { withCompiler } from './compilers.mjs';
import { fetchWheel } from './download.mjs';
import { Impossible } from './impossible.mjs';
import { unlinkEngine } from './link.mjs';
import { tensorflowVersion, thisMachine, wheelFor } from './wheels.mjs';

/** @typedef {import('../setup/paths.mjs').Paths} Paths */

/**
 * @typedef {object} Route
 * @property {string} name
 * @property {(paths: Paths) => string} key the engine's folder in the cache: the same key, the same engine
 * @property {(paths: Paths, folder: string, signal: AbortSignal) => Promise<void>} build fills a folder with deps/ and lib/
 */

const extractor = fileURLToPath(new URL('extract.py', import.meta.url));

/** @type {Route} */
export const wheelRoute = {
  name: `TensorFlow ${tensorflowVersion} from its wheel`,

  key({ tfjsNode }) {
    const machine = thisMachine();
    const found = wheelFor(machine);
    if ('reason' in found) throw new Impossible(found.reason);
    const recipe = stamp(found.wheel.sha256, tfjsVersion(tfjsNode), [...flags, ...linking('', found.wheel.libraries)].join(' '), ...ourSources.map((path) => readFileSync(path)));
    return `tensorflow-${tensorflowVersion}-${machine.platform}-${machine.arch}-napi8-${recipe.slice(0, 8)}`;
  },

  async build(paths, folder, signal) {
    const found = wheelFor(thisMachine());
    if ('reason' in found) throw new Impossible(found.reason);
    const { wheel } = found;
    const { libraries } = wheel;
    const file = await fetchWheel(wheel, paths, signal).catch((error) => {
      throw diagnose(String(error?.message))?.kind === 'missing' ? new Impossible(`the package registry has no ${wheel.project} ${tensorflowVersion}`) : error;
    });

    const unpacked = join(folder, 'unpacked');
    const headers = join(unpacked, 'tensorflow', 'include');
    const bar = progressBar('unpacking', wheel.unpacked);
    const members = [...libraries.map((name) => `tensorflow/${name}`), ...['tensorflow', 'tsl', 'xla', 'absl'].map((name) => `tensorflow/include/${name}/`)];
    try {
      await run(paths.python, [extractor, file, unpacked, ...members], {
        env: toolEnvironment(paths),
        signal,
        doing: `unpacking ${wheel.project}`,
        onLine: (line) => bar.read(line),
      });
    } finally {
      bar.end();
    }
    const deps = join(folder, 'deps', 'lib');
    mkdirSync(deps, { recursive: true });
    for (const name of libraries) renameSync(join(unpacked, 'tensorflow', name), join(deps, name));

    say('Compiling the addon.');
    const { modules, tfjsNode } = paths;
    await withCompiler(paths, signal, (compiler) => compileAddon({ compiler, modules, tfjsNode, headers, engine: folder, libraries, signal }));
    rmSync(unpacked, { recursive: true });
    rmSync(file);
  },
};

/** @type {Route} */
export const upstreamRoute = {
  name: "tfjs-node's own install script",

  key: ({ tfjsNode }) => `upstream-${tfjsVersion(tfjsNode)}-${process.platform}-${process.arch}`,

  async build(paths, folder, signal) {
    // It installs in place, where links into the cache may lie.
    unlinkEngine(paths.tfjsNode);
    const [npm, ...args] = npmCommand();
    try {
      await run(npm, [...args, 'rebuild', '@tensorflow/tfjs-node', '--ignore-scripts=false', '--foreground-scripts'], {
        cwd: paths.root,
        env: toolEnvironment(paths),
        signal,
        doing: "tfjs-node's install script",
      });
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'Interrupted' || diagnose(error.message)?.kind === 'disk') throw error;
      throw new Impossible(`it failed: ${error.message.split('\n').slice(0, 6).join(' ').slice(0, 300)}`);
    }
    for (const part of ['deps', 'lib']) cpSync(join(paths.tfjsNode, part), join(folder, part), { recursive: true });
  },
};

/** @param {string} tfjsNode */
function tfjsVersion(tfjsNode) {
  return readJson(join(tfjsNode, 'package.json'))?.version ?? 'unknown';
}
