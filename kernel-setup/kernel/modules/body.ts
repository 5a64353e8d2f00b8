/** From a module's JavaScript to what runs it. */
import path from 'node:path';
import vm from 'node:vm';
import type { Kind } from './linkage';
import type { Transpiled } from './transpile';

/** What CommonJS passes to a module, and what linkage.ts asks for beyond. */
export interface Passed<Runtime> {
  readonly own: { exports: unknown };
  readonly require: unknown;
  readonly runtime: Runtime;
}

const heads: Readonly<Record<Kind, string>> = {
  function: 'function',
  generator: 'function*',
  async: 'async function',
};

/**
 * Begins a module, as far as it goes without those that it imports.
 *
 * @returns how to go on; a promise then, where the module awaits
 */
export function begin<Runtime>(
  file: string,
  transpiled: Transpiled,
  { own, require, runtime }: Passed<Runtime>,
): () => Promise<void> | undefined {
  const { kind } = transpiled;
  const start = (): unknown =>
    compile(file, transpiled).call(
      own.exports,
      own.exports,
      require,
      own,
      file,
      path.dirname(file),
      runtime,
    );
  if (kind === 'generator') {
    const paused = start() as Generator<void, void>;
    paused.next();
    return () => void paused.next();
  }
  if (kind === 'function') return () => void start();
  // Said here: others may see the exports before it has begun.
  Object.defineProperty(own.exports, '__esModule', { value: true });
  return () => start() as Promise<void>;
}

/** A function of the module's code, whose lines are those of the code. */
function compile(
  file: string,
  { javascript, runtime, kind }: Transpiled,
): (this: unknown, ...passed: unknown[]) => unknown {
  const parameters = `exports, require, module, __filename, __dirname, ${runtime}`;
  const script = new vm.Script(`(${heads[kind]} (${parameters}) {\n${javascript}\n})`, {
    filename: file,
    lineOffset: -1,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER as never,
  });
  return script.runInThisContext() as () => unknown;
}
