/**
 * Compiles tfjs-node's addon, two C++ files and one of ours, against TensorFlow's C library and Node's stable ABI. One
 * build serves every Node from 20 on.
 */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../setup/run.mjs';

/** Part of the engine's key: a change of flags is a new engine. */
export const flags = ['-std=c++17', '-O2', '-fPIC', '-DNAPI_VERSION=8', '-w'];

export const quiet = fileURLToPath(new URL('quiet.cc', import.meta.url));

/**
 * @param {object} what
 * @param {import('./compilers.mjs').Compiler} what.compiler
 * @param {string} what.modules node_modules
 * @param {string} what.tfjsNode its package folder
 * @param {string} what.headers the folder with tensorflow/c/c_api.h
 * @param {string} what.engine holds deps/lib; lib/napi-v8/tfjs_binding.node is written there
 * @param {string[]} what.libraries
 * @param {AbortSignal} what.signal
 */
export async function compileAddon({ compiler, modules, tfjsNode, headers, engine, libraries, signal }) {
  const out = join(engine, 'lib', 'napi-v8');
  mkdirSync(out, { recursive: true });
  const includes = [join(tfjsNode, 'binding'), tfjsNode, headers, join(modules, 'node-api-headers', 'include')].flatMap((folder) => ['-I', folder]);
  const cxx = (/** @type {string[]} */ args, /** @type {string} */ doing) =>
    run(compiler.program, [...compiler.args, ...args], { env: compiler.env, signal, doing: `${doing} with ${compiler.name}` });

  const sources = [...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(tfjsNode, 'binding', name)), quiet];
  const objects = await Promise.all(
    sources.map(async (source) => {
      const name = basename(source);
      const object = join(headers, `${name}.o`);
      await cxx([...flags, ...includes, '-c', source, '-o', object], `compiling ${name}`);
      return object;
    }),
  );
  await cxx(['-shared', ...objects, ...linking(join(engine, 'deps', 'lib'), libraries), '-o', join(out, 'tfjs_binding.node')], 'linking the addon');
}

/**
 * The addon finds its libraries relative to itself, in the cache and through the links in node_modules alike.
 *
 * @param {string} folder
 * @param {string[]} libraries
 * @param {NodeJS.Platform} [platform]
 */
export function linking(folder, libraries, platform = process.platform) {
  const files = libraries.map((name) => join(folder, name));
  return platform === 'darwin'
    ? ['-undefined', 'dynamic_lookup', ...files, '-Wl,-rpath,@loader_path/../../deps/lib']
    : // TensorFlow's greeting comes from its libraries' own initialisers, so ours (quiet.cc) must run before them.
      [...files, '-Wl,-rpath,$ORIGIN/../../deps/lib', '-Wl,-z,initfirst'];
}
