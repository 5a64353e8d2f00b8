/**
 * `compile(f)`: a function of pytrees of tensors, traced once and run as one TensorFlow call (what
 * jax.jit is to JAX).
 *
 * The first call runs `f` operation by operation and records what it asks of TensorFlow; the
 * recorded graph then does the work of all later calls. So `f` must be a function in the
 * mathematical sense: all that varies comes in by its arguments and goes out by its result.
 */
import { createHash } from 'node:crypto';
import { eager } from './eager';
import { tf, type Tensor } from './engine';
import { encodeGraph, nodeCount } from './compile/graph';
import { createRunner, type Runner, type RunnerReport } from './compile/runner';
import { exportTrace } from './compile/exportTrace';
import { isTracing, trace, type Trace, type Way } from './compile/recorder';
import { signatureOf, type Signature } from './compile/signature';
import { isNative, nativeBackend } from './native';
import * as tree from './pytree';
import { explainedGraph } from './statusErrors';

/**
 * How a compiled function runs.
 * - 'graph': as a TensorFlow graph, operation after operation, without JavaScript in between.
 * - 'xla': the graph compiled by XLA, which fuses operations into machine code.
 * - 'auto': the faster of the two, measured in the first calls. They round differently in the last
 *   digit: where a run must repeat to the bit, say which.
 * - 'eager': as without `compile`; for debugging.
 */
export type Mode = 'auto' | 'graph' | 'xla' | 'eager';

export interface CompileOptions {
  /** For reports and errors; the function's own name when left out. */
  readonly name?: string;
  /** 'auto' when left out. */
  readonly mode?: Mode;
  /**
   * A pytree of tensors that `f` closes over, at most 65,536 elements each: they are written into
   * the graph with the values they have when `f` is traced. All other captured tensors are an
   * error.
   */
  readonly constants?: unknown;
  /** Traces kept; the least recently used one is freed when there are more. 8 when left out. */
  readonly maxTraces?: number;
}

/** A trace, and how it runs. Times in milliseconds. */
export interface TraceReport extends RunnerReport {
  /** The leaves of the arguments: `[0].kernel float32[64,128]`. */
  readonly inputs: readonly string[];
  /** Operations and constants in the graph, bodies of loops included. */
  readonly nodes: number;
  readonly traceMs: number;
}

export interface Report {
  readonly name: string;
  readonly mode: Mode;
  readonly calls: number;
  /**
   * Calls that had to trace because no trace had their structure, shapes and dtypes; the first
   * included.
   */
  readonly traced: number;
  /** The traces kept, the latest used first. */
  readonly traces: readonly TraceReport[];
}

/**
 * Callable like the function it was made from.
 *
 * The caller owns the tensors returned; arguments are never disposed, and a result that is an
 * argument is a handle of its own. Inside another compiled function, and inside `tf.grad`, it runs
 * as plain operations, so that it can be traced and differentiated.
 */
export interface Compiled<A extends readonly unknown[], R> {
  (...args: A): R;
  /** What was traced, chosen and measured so far. */
  report(): Report;
  /**
   * A text that is equal for equal computations: a hash of the graph that these arguments lead to,
   * with its operations, shapes and constants. Undefined where nothing is traced (mode 'eager', or
   * the JavaScript engine).
   */
  fingerprint(...args: A): string | undefined;
  /**
   * Writes a SavedModel of the function and the values of `args`, which are examples of its
   * arguments: they give the shapes, and are written beside the graph. See `ExportedModel` for what
   * is in it.
   *
   * @throws without the arguments: `step.export('model', params, batch)`, not `step.export('model')`.
   */
  export(directory: string, ...args: A): void;
  /** Frees all traces. A later call traces again. */
  dispose(): void;
}

/** After so many traces something is wrong, most likely a number that changes. */
const WARN_AFTER = 5;

interface Kept {
  readonly signature: Signature;
  readonly trace: Trace;
  readonly runner: Runner;
  readonly traceMs: number;
}

/** Frees the traces of compiled functions that are collected as garbage. */
const forgotten = new FinalizationRegistry<Kept[]>((traces) =>
  traces.forEach(({ runner }) => runner.dispose()),
);

/**
 * Traces a function of pytrees once for its input shapes, and runs it as one TensorFlow call from
 * then on, like jax.jit.
 *
 * @param f takes and returns pytrees of tensors. Numbers, strings and functions among the arguments
 * are part of the structure: a new value traces anew, so pass a number that changes as a tensor.
 * @throws at the first call, when `f` reads data (`dataSync`, `if` on a tensor), draws random
 * numbers other than from keys, prints, is asynchronous, or uses tensors that are neither arguments
 * nor in `constants`.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { compile, random, tf, type Tensor2D } from 'dark-matter';
 * const norms = compile((x: Tensor2D) => x.square().sum(1).sqrt());
 * assert.deepEqual([...norms(tf.tensor2d([[3, 4]])).dataSync()], [5]);
 * // Another shape is traced once more; the same shape runs what was traced.
 * assert.equal(norms(random.normal(random.key(0), [7, 3])).size, 7);
 * ```
 */
export function compile<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  options: CompileOptions = {},
): Compiled<A, R> {
  const { name = f.name || 'anonymous', mode = 'auto', maxTraces = 8 } = options;
  const constants = tree.leaves(options.constants);
  const traces: Kept[] = []; // the latest used first
  const found: Tensor[] = [];
  let calls = 0;
  let traced = 0;

  const traceFor = (args: A, way: Way): Trace =>
    trace(name, f as (...args: never[]) => unknown, args, constants, way);

  const add = (args: A): Kept => {
    traced++;
    if (traced === WARN_AFTER) {
      console.warn(
        `compile(${name}): traced ${traced} times, which is slow. The last time because ${traces[0]?.signature.difference(args) ?? 'it was disposed'}.`,
      );
    }
    const begin = performance.now();
    const newTrace = traceFor(args, mode === 'xla' ? 'xla' : 'graph');
    // Where both are tried and the function's operations depend on which, each gets its own.
    const forXla = mode === 'auto' && newTrace.dependsOnWay ? traceFor(args, 'xla') : newTrace;
    const kept = {
      signature: signatureOf(args),
      trace: newTrace,
      runner: createRunner(
        { graph: newTrace.graph, xla: forXla.graph },
        mode as Exclude<Mode, 'eager'>,
      ),
      traceMs: performance.now() - begin,
    };
    traces.unshift(kept);
    if (traces.length > maxTraces) traces.pop()!.runner.dispose();
    return kept;
  };

  const find = (args: A): Kept => {
    for (let i = 0; i < traces.length; i++) {
      const kept = traces[i]!;
      if (!kept.signature.match(args, found)) continue;
      if (i > 0) traces.unshift(...traces.splice(i, 1));
      return kept;
    }
    const kept = add(args);
    kept.signature.match(args, found);
    return kept;
  };

  const run = (...args: A): R => {
    calls++;
    if (mode === 'eager' || !isNative() || isTracing() || tf.engine().isTapeOn())
      return eager(f, args);
    const backend = nativeBackend();
    const {
      trace: { structure },
      runner,
    } = find(args);
    let ids: number[];
    try {
      ids = backend.getInputTensorIds(found);
    } catch {
      throw new Error(`compile(${name}): ${disposedArgument(args)}`);
    }
    found.length = 0; // holds no tensors between calls
    try {
      return structure.rebuild(
        runner.run(ids).map((handle) => backend.createOutputTensor(handle)),
      ) as R;
    } catch (caught) {
      const error = explainedGraph(caught);
      throw new Error(
        `compile(${name}): ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  };

  const compiled: Compiled<A, R> = Object.assign(run, {
    report: (): Report => ({
      name,
      mode,
      calls,
      traced,
      traces: traces.map(({ signature, trace: { graph }, runner, traceMs }) => ({
        ...runner.report(),
        inputs: signature.leaves,
        nodes: nodeCount(graph),
        traceMs,
      })),
    }),
    fingerprint: (...args: A): string | undefined => {
      if (mode === 'eager' || !isNative()) return undefined;
      const kept = find(args).trace;
      found.length = 0;
      // The same in each mode, also where XLA gets other operations for the same result.
      const { graph } = mode === 'xla' && kept.dependsOnWay ? traceFor(args, 'graph') : kept;
      const written = encodeGraph(graph.nodes, graph.functions);
      return createHash('sha256').update(written).digest('hex').slice(0, 16);
    },
    export: (directory: string, ...args: A): void => {
      if (args.length < f.length)
        throw new Error(
          `compile(${name}): export: ${args.length} arguments given after the directory, ` +
            `examples of the function's ${f.length} expected: export(directory, ...args)`,
        );
      if (!isNative()) throw new Error(`compile(${name}): export needs the native engine`);
      exportTrace(
        directory,
        trace(name, f as (...args: never[]) => unknown, args, constants),
        args,
      );
    },
    dispose: (): void => traces.splice(0).forEach(({ runner }) => runner.dispose()),
  });
  forgotten.register(compiled, traces);
  return compiled;
}

function disposedArgument(args: readonly unknown[]): string {
  const { leaves, structure } = tree.flatten(args);
  const i = leaves.findIndex((leaf) => leaf.isDisposed);
  return i < 0
    ? 'an argument is not a tensor of this backend'
    : `argument ${structure.paths[i]!} is disposed`;
}
