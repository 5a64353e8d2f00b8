/**
 * Compiles tfjs-node's addon with two C++ files of ours against TensorFlow's C library and Node's
 * stable ABI. One build serves every Node from 20 on.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../setup/run.mjs';
import { markInitFirst } from './initfirst.mjs';

/** Part of the engine's key: a change of flags is a new engine. */
export const flags = ['-std=c++17', '-O2', '-fPIC', '-DNAPI_VERSION=8', '-w'];

/** Ours: functions.cc includes tfjs-node's tfjs_binding.cc and adds to it. */
export const ourSources = ['functions.cc', 'quiet.cc'].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
);

/**
 * @param {object} what
 * @param {import('./compilers.mjs').Compiler} what.compiler
 * @param {string} what.modules node_modules
 * @param {string} what.tfjsNode its package folder
 * @param {string} what.include the folder with tensorflow/c/c_api.h
 * @param {string} what.engine holds deps/lib; lib/napi-v8/tfjs_binding.node is written there
 * @param {string[]} what.libraries
 * @param {AbortSignal} what.signal
 */
export async function compileAddon({
  compiler,
  modules,
  tfjsNode,
  include,
  engine,
  libraries,
  signal,
}) {
  const out = join(engine, 'lib', 'napi-v8');
  mkdirSync(out, { recursive: true });
  const includes = [
    join(tfjsNode, 'binding'),
    tfjsNode,
    include,
    join(modules, 'node-api-headers', 'include'),
  ].flatMap((folder) => ['-I', folder]);
  const cxx = (/** @type {string[]} */ args, /** @type {string} */ doing) =>
    run(compiler.program, [...compiler.args, ...args], {
      env: compiler.env,
      signal,
      doing: `${doing} with ${compiler.name}`,
    });

  const sources = [join(tfjsNode, 'binding', 'tfjs_backend.cc'), ...ourSources];
  const objects = await Promise.all(
    sources.map(async (source) => {
      const name = basename(source);
      const object = join(engine, `${name}.o`);
      await cxx([...flags, ...includes, '-c', source, '-o', object], `compiling ${name}`);
      return object;
    }),
  );
  const addon = join(out, 'tfjs_binding.node');
  await cxx(
    ['-shared', ...objects, ...linking(join(engine, 'deps', 'lib'), libraries), '-o', addon],
    'linking the addon',
  );
  for (const object of objects) rmSync(object);
  // TensorFlow's greeting comes from its libraries' own initialisers, so ours (quiet.cc) must run
  // before them.
  if (process.platform === 'linux') markInitFirst(addon);
}

/**
 * The addon finds its libraries relative to itself, in the cache and through the links in
 * node_modules alike.
 *
 * @param {string} folder
 * @param {string[]} libraries
 * @param {NodeJS.Platform} [platform]
 */
export function linking(folder, libraries, platform = process.platform) {
  const files = libraries.map((name) => join(folder, name));
  return platform === 'darwin'
    ? ['-undefined', 'dynamic_lookup', ...files, '-Wl,-rpath,@loader_path/../../deps/lib']
    : [...files, '-Wl,-rpath,$ORIGIN/../../deps/lib', '-Wl,-z,now'];
}
