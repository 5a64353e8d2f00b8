/**
 * The ways to an engine, best first. Each either leaves a finished engine in its folder of the
 * cache, or says that it is impossible on this machine, and why.
 */
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { toolEnvironment } from '../setup/environment.mjs';
import { diagnose, Interrupted } from '../setup/fault.mjs';
import { readJson, stamp } from '../setup/files.mjs';
import { npmCommand } from '../setup/node.mjs';
import { say } from '../setup/progress.mjs';
import { run } from '../setup/run.mjs';
import { compileAddon, flags, linking, ourSources } from './compile.mjs';
import { withCompiler } from './compilers.mjs';
import { Impossible } from './impossible.mjs';
import { linkOrCopy, unlinkEngine } from './link.mjs';
import { unpackedTensorflow } from './unpack.mjs';
import { tensorflowVersion, thisMachine, wheelFor } from './wheels.mjs';

/** @typedef {import('../setup/paths.mjs').Paths} Paths */

/**
 * @typedef {object} Route
 * @property {string} name
 * @property {(paths: Paths) => string} key the engine's folder in the cache: the same key, the same
 * engine
 * @property {(paths: Paths, folder: string, signal: AbortSignal) => Promise<void>} build fills a
 * folder with deps/ and lib/
 */

/** @type {Route} */
export const wheelRoute = {
  name: `TensorFlow ${tensorflowVersion} from its wheel`,

  key({ tfjsNode }) {
    const machine = thisMachine();
    const found = wheelFor(machine);
    if ('reason' in found) throw new Impossible(found.reason);
    const recipe = stamp(
      found.wheel.sha256,
      tfjsVersion(tfjsNode),
      [...flags, ...linking('', found.wheel.libraries)].join(' '),
      ...ourSources.map((path) => readFileSync(path)),
    );
    return `tensorflow-${tensorflowVersion}-${machine.platform}-${machine.arch}-napi8-${recipe.slice(0, 8)}`;
  },

  async build(paths, folder, signal) {
    const found = wheelFor(thisMachine());
    if ('reason' in found) throw new Impossible(found.reason);
    const { wheel } = found;
    const { libraries, include } = await unpackedTensorflow(wheel, paths, signal).catch((error) => {
      throw diagnose(String(error?.message))?.kind === 'missing'
        ? new Impossible(`the package registry has no ${wheel.project} ${tensorflowVersion}`)
        : error;
    });
    const deps = join(folder, 'deps', 'lib');
    mkdirSync(deps, { recursive: true });
    for (const library of libraries) linkOrCopy(library, join(deps, basename(library)));

    say('Compiling the addon.');
    const { modules, tfjsNode } = paths;
    await withCompiler(paths, signal, (compiler) =>
      compileAddon({
        compiler,
        modules,
        tfjsNode,
        include,
        engine: folder,
        libraries: wheel.libraries,
        signal,
      }),
    );
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
      await run(
        npm,
        [
          ...args,
          'rebuild',
          '@tensorflow/tfjs-node',
          '--ignore-scripts=false',
          '--foreground-scripts',
        ],
        {
          cwd: paths.root,
          env: toolEnvironment(paths),
          signal,
          doing: "tfjs-node's install script",
        },
      );
    } catch (error) {
      if (
        !(error instanceof Error) ||
        error instanceof Interrupted ||
        diagnose(error.message)?.kind === 'disk'
      )
        throw error;
      throw new Impossible(
        `it failed: ${error.message.split('\n').slice(0, 6).join(' ').slice(0, 300)}`,
      );
    }
    for (const part of ['deps', 'lib'])
      cpSync(join(paths.tfjsNode, part), join(folder, part), { recursive: true });
  },
};

/** @param {string} tfjsNode */
function tfjsVersion(tfjsNode) {
  return readJson(join(tfjsNode, 'package.json'))?.version ?? 'unknown';
}
