/**
 * `compile(f)` where no graph can be compiled, as in a browser: it runs operation by operation, as
 * 'eager' does, and reports its calls. Stands for `compile.ts` there.
 */
import type { Compiled, CompileOptions } from './compile';
import { eager } from './eager';

export function compile<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  { name = f.name || 'a function', mode = 'auto' }: CompileOptions = {},
): Compiled<A, R> {
  let calls = 0;
  const run = (...args: A): R => {
    calls++;
    return eager(f, args);
  };
  return Object.assign(run, {
    report: () => ({ name, mode, calls, traced: 0, traces: [] }),
    fingerprint: () => undefined,
    export: (): never => {
      throw new Error(`compile(${name}): export needs the native engine`);
    },
    dispose: () => undefined,
  });
}
