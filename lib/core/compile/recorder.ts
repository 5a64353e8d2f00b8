/**
 * Tracing: runs a function once, operation by operation, and writes down what it asked TensorFlow
 * to do.
 *
 * All kernels of tfjs-node go through `backend.binding`: while a function is traced, a recording
 * binding stands in its place, executes as before, and notes a node for each operation and each
 * constant. Handles have unique numbers, so a tensor that is freed during the trace keeps its name
 * in the graph.
 */
import { tf, type Tensor } from '../engine';
import { execute, nativeBackend, typeAttribute, type Binding } from '../native';
import { flatten, tidy, type Structure } from '../pytree';
import { callSite } from './callSite';
import { forbid, type Violation } from './forbidden';
import { Frame } from './frame';
import type { GraphFunction } from './functions';
import { identity, placeholder, type Graph, type Output, type TensorType } from './graph';
import { recordLoop, type RecordLoop } from './loop';

export interface Trace {
  readonly graph: Graph;
  /** Of the result: its leaves are the graph's outputs. */
  readonly structure: Structure;
  /** Whether the function asked what it is traced for: for another way it may be another graph. */
  readonly dependsOnWay: boolean;
}

/** How a graph is run: operation by operation, or compiled by XLA. */
export type Way = 'graph' | 'xla';

/** A captured tensor larger than this is an argument, not a constant. */
const LARGEST_CONSTANT = 65_536;

let active: Recorder | undefined;
let current: { readonly way: Way; asked: boolean } | undefined;

/** Whether a function is being traced now. */
export function isTracing(): boolean {
  return active !== undefined;
}

/**
 * How what is being traced will be run; undefined where nothing is. For the few functions whose
 * fastest operations XLA does not know.
 */
export function tracedFor(): Way | undefined {
  if (current) current.asked = true;
  return current?.way;
}

/** Writes a loop into the graph that is being traced; see `loop.ts`. */
export const traceLoop: RecordLoop = (n, carry, body) => active!.loop(n, carry, body);

/**
 * @param f what to trace. @param args its arguments; each leaf becomes a placeholder. @param
 * constants tensors that `f` may close over. @param way how it will be run, for those who ask.
 * @throws when `f` does what a graph cannot do again: see `forbidden.ts`, and captured tensors
 * below.
 */
export function trace(
  name: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  constants: readonly Tensor[],
  way: Way = 'graph',
): Trace {
  const fail: Violation = (text) => new Error(`compile(${name}): ${text}`);
  return tidy(() => {
    const { leaves, structure } = flatten(args);
    // Tensors of their own, so that an argument given twice, or also captured, is told apart.
    const inputs = leaves.map((leaf, i) => copyOf(leaf, structure.paths[i]!, fail));
    const recorder = record(inputs, constants, fail);
    active = recorder;
    const asking = (current = { way, asked: false });
    try {
      const result = f(...(structure.rebuild(inputs) as never[]));
      recorder.finish(result);
      const flat = flatten(result);
      return {
        graph: recorder.graph(flat.leaves),
        structure: flat.structure,
        dependsOnWay: asking.asked,
      };
    } finally {
      active = undefined;
      current = undefined;
      recorder.restore();
    }
  });
}

function copyOf(leaf: Tensor, path: string, fail: Violation): Tensor {
  if (leaf.isDisposed) throw fail(`argument ${path} is disposed`);
  if (leaf.dtype === 'string')
    throw fail(`argument ${path} is a tensor of strings; numbers expected`);
  return execute(
    'Identity',
    [typeAttribute('T', nativeBackend().getDTypeInteger(leaf.dtype))],
    [leaf],
  );
}

interface Recorder {
  /** Throws if the function did what is forbidden, even if it caught the error. */
  finish(result: unknown): void;
  graph(outputs: readonly Tensor[]): Graph;
  loop: RecordLoop;
  restore(): void;
}

/** Puts the recording binding in place, and the watch over what cannot be recorded. */
function record(
  inputs: readonly Tensor[],
  constants: readonly Tensor[],
  fail: Violation,
): Recorder {
  const backend = nativeBackend();
  const real = backend.binding;
  const functions: GraphFunction[] = [];
  let frame = new Frame();
  /** Data made by the traced function (or passed to it). All other data is captured. */
  const born = new WeakSet<object>(inputs.map((input) => input.dataId));
  const declared = new WeakSet<object>(constants.map((tensor) => tensor.dataId));

  const recording = Object.create(real, {
    createTensor: {
      value: (shape: readonly number[], dtype: number, values: unknown): number => {
        if (dtype === real.TF_STRING)
          throw watch.violated(
            fail(`a tensor of strings was made at ${callSite()}; a graph of numbers is expected`),
          );
        const id = real.createTensor(shape, dtype, values);
        const data = ArrayBuffer.isView(values) ? values : Uint8Array.from(values as number[]);
        frame.set(id, frame.constant({ dtype, shape }, data), dtype);
        return id;
      },
    },
    executeOp: {
      value: (...[op, attributes, ids, outputs]: Parameters<Binding['executeOp']>) => {
        const handles = real.executeOp(op, attributes, ids, outputs);
        const from = ids.map((id) => frame.get(id));
        // The eager runtime infers types from the inputs, a graph does not. All kernels of
        // tfjs-node give them but one.
        const all =
          op === 'ExpandDims' ? [typeAttribute('T', from[0]!.dtype), ...attributes] : attributes;
        frame.setAll(
          handles,
          frame.add({
            name: frame.next(op),
            op,
            inputs: from.map(({ output }) => output),
            attributes: all,
          }),
        );
        return handles;
      },
    },
  }) as Binding;

  /** The names of tensors in the graph; this is where a captured tensor shows. */
  const getInputTensorIds = (tensors: readonly Tensor[]): number[] =>
    tensors.map((tensor) => {
      const captured = tensor.dataId !== undefined && !born.has(tensor.dataId);
      if (captured && !declared.has(tensor.dataId))
        throw watch.violated(capturedError(tensor, fail));
      const [id] = Object.getPrototypeOf(backend).getInputTensorIds.call(backend, [tensor]) as [
        number,
      ];
      if (!frame.has(id)) {
        if (tensor.size > LARGEST_CONSTANT)
          throw watch.violated(
            fail(`the constant of shape [${tensor.shape}] is large: pass it as an argument`),
          );
        const type = typeOf(tensor);
        frame.set(id, frame.constant(type, real.tensorDataSync(id) as ArrayBufferView), type.dtype);
      }
      return id;
    });
  const nameOf = (tensor: Tensor): Output => frame.get(getInputTensorIds([tensor])[0]!).output;

  const inputNodes = inputs.map((input, i) => {
    const type = typeOf(input);
    const [id] = backend.getInputTensorIds([input]);
    frame.set(id!, frame.add(placeholder(`input${i}`, type)), type.dtype);
    return { ...type, name: `input${i}` };
  });

  backend.binding = recording;
  const watch = forbid({ fail, born, getInputTensorIds });

  return {
    finish: watch.finish,
    graph: (outputs) => {
      const outputNodes = outputs.map((output, i) => {
        const type = typeOf(output);
        return { ...type, name: frame.add(identity(`output${i}`, nameOf(output), type.dtype)) };
      });
      return { nodes: frame.nodes, functions, inputs: inputNodes, outputs: outputNodes };
    },
    loop: recordLoop({
      real,
      functions,
      nameOf,
      frame: () => frame,
      within: (inner, body) => {
        const outer = frame;
        frame = inner;
        try {
          return body();
        } finally {
          frame = outer;
        }
      },
    }),
    restore: () => {
      backend.binding = real;
      watch.restore();
    },
  };
}

function typeOf(tensor: Tensor): TensorType {
  return { dtype: nativeBackend().getDTypeInteger(tensor.dtype), shape: tensor.shape };
}

function capturedError(tensor: Tensor, fail: Violation): Error {
  if ((tensor as { isDisposed?: boolean }).isDisposed)
    return fail(`a disposed tensor of shape [${tensor.shape}] was used at ${callSite()}`);
  const scopes = tf.engine().state.scopeStack.map((scope) => scope.name);
  const operation =
    scopes.findLast((scope) => scope.endsWith('__op'))?.slice(0, -'__op'.length) ?? 'the result';
  return fail(
    `${operation} uses a captured tensor of shape [${tensor.shape}] (${tensor.dtype}) at ${callSite()}. ` +
      'It would be frozen at its present value: pass it as an argument, or, if it never changes, list it in the option `constants`.',
  );
}
