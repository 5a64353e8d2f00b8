/**
 * Tracing: runs a function once, operation by operation, and writes down what it asked TensorFlow to do.
 *
 * All kernels of tfjs-node go through `backend.binding`: while a function is traced, a recording binding stands in its
 * place, executes as before, and notes a node for each operation and each constant. Handles have unique numbers, so a
 * tensor that is freed during the trace keeps its name in the graph.
 */
import { tf, type Tensor } from '../engine';
import { execute, nativeBackend, typeAttribute, type Binding } from '../native';
import { flatten, tidy, type Structure } from '../pytree';
import { callSite } from './callSite';
import { forbid, type Violation } from './forbidden';
import { constant, identity, placeholder, type Graph, type GraphNode, type Output } from './graph';

export interface Trace {
  readonly graph: Graph;
  /** Of the result: its leaves are the graph's outputs. */
  readonly structure: Structure;
}

/** A captured tensor larger than this is an argument, not a constant. */
const LARGEST_CONSTANT = 65_536;

let active = false;

/** Whether a function is being traced now. */
export function isTracing(): boolean {
  return active;
}

/**
 * @param f what to trace. @param args its arguments; each leaf becomes a placeholder. @param constants tensors that `f`
 * may close over.
 * @throws when `f` does what a graph cannot do again: see `forbidden.ts`, and captured tensors below.
 */
export function trace(name: string, f: (...args: never[]) => unknown, args: readonly unknown[], constants: readonly Tensor[]): Trace {
  const fail: Violation = (text) => new Error(`compile(${name}): ${text}`);
  return tidy(() => {
    const { leaves, structure } = flatten(args);
    // Tensors of their own, so that an argument given twice, or also captured, is told apart.
    const inputs = leaves.map((leaf, i) => copyOf(leaf, structure.paths[i]!, fail));
    const recorder = record(inputs, constants, fail);
    active = true;
    try {
      const result = f(...(structure.rebuild(inputs) as never[]));
      recorder.finish(result);
      const flat = flatten(result);
      return { graph: recorder.graph(flat.leaves), structure: flat.structure };
    } finally {
      active = false;
      recorder.restore();
    }
  });
}

function copyOf(leaf: Tensor, path: string, fail: Violation): Tensor {
  if (leaf.isDisposed) throw fail(`argument ${path} is disposed`);
  if (leaf.dtype === 'string') throw fail(`argument ${path} is a tensor of strings; numbers expected`);
  return execute('Identity', [typeAttribute('T', nativeBackend().getDTypeInteger(leaf.dtype))], [leaf]);
}

interface Recorder {
  /** Throws if the function did what is forbidden, even if it caught the error. */
  finish(result: unknown): void;
  graph(outputs: readonly Tensor[]): Graph;
  restore(): void;
}

/** Puts the recording binding in place, and the watch over what cannot be recorded. */
function record(inputs: readonly Tensor[], constants: readonly Tensor[], fail: Violation): Recorder {
  const backend = nativeBackend();
  const real = backend.binding;
  const nodes: GraphNode[] = [];
  const names = new Map<number, Output>(); // handle -> its name in the graph
  const small = new Map<string, Output>(); // constants seen, so that 2.0 is written once
  /** Data made by the traced function (or passed to it). All other data is captured. */
  const born = new WeakSet<object>(inputs.map((input) => input.dataId));
  const declared = new WeakSet<object>(constants.map((tensor) => tensor.dataId));

  const add = (node: GraphNode): Output => (nodes.push(node), node.name);
  const nextName = (prefix: string): string => `${prefix}${nodes.length}`;

  const addConstant = (shape: readonly number[], dtype: number, values: ArrayBufferView): Output => {
    const data = new Uint8Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength) as ArrayBuffer);
    const key = data.length <= 64 ? `${dtype}|${shape}|${data}` : undefined;
    const seen = key === undefined ? undefined : small.get(key);
    if (seen !== undefined) return seen;
    const output = add(constant(nextName('constant'), { dtype, shape }, data));
    if (key !== undefined) small.set(key, output);
    return output;
  };

  const recording = Object.create(real, {
    createTensor: {
      value: (shape: readonly number[], dtype: number, values: unknown): number => {
        if (dtype === real.TF_STRING) throw watch.violated(fail(`a tensor of strings was made at ${callSite()}; a graph of numbers is expected`));
        const id = real.createTensor(shape, dtype, values);
        names.set(id, addConstant(shape, dtype, ArrayBuffer.isView(values) ? values : Uint8Array.from(values as number[])));
        return id;
      },
    },
    executeOp: {
      value: (...[op, attributes, ids, outputs]: Parameters<Binding['executeOp']>) => {
        const handles = real.executeOp(op, attributes, ids, outputs);
        // The eager runtime infers a type that a kernel left out, as tfjs-node's ExpandDims does; a graph wants it said.
        const typed = op === 'ExpandDims' && attributes.length === 0 ? [typeAttribute('T', handles[0]!.dtype)] : attributes;
        const name = add({ name: nextName(op), op, inputs: ids.map((id) => names.get(id)!), attributes: typed });
        handles.forEach((handle, i) => names.set(handle.id, i === 0 ? name : `${name}:${i}`));
        return handles;
      },
    },
  }) as Binding;

  /** The names of tensors in the graph; this is where a captured tensor shows. */
  const getInputTensorIds = (tensors: readonly Tensor[]): number[] =>
    tensors.map((tensor) => {
      const captured = tensor.dataId !== undefined && !born.has(tensor.dataId);
      if (captured && !declared.has(tensor.dataId)) throw watch.violated(capturedError(tensor, fail));
      const [id] = Object.getPrototypeOf(backend).getInputTensorIds.call(backend, [tensor]) as [number];
      if (!names.has(id)) {
        if (tensor.size > LARGEST_CONSTANT) throw watch.violated(fail(`the constant of shape [${tensor.shape}] is large: pass it as an argument`));
        names.set(id, addConstant(tensor.shape, backend.getDTypeInteger(tensor.dtype), real.tensorDataSync(id) as ArrayBufferView));
      }
      return id;
    });

  const inputNodes = inputs.map((input, i) => {
    const type = { dtype: backend.getDTypeInteger(input.dtype), shape: input.shape };
    const [id] = backend.getInputTensorIds([input]);
    names.set(id!, add(placeholder(`input${i}`, type)));
    return { ...type, name: `input${i}` };
  });

  backend.binding = recording;
  const watch = forbid({ fail, born, getInputTensorIds });

  return {
    finish: watch.finish,
    graph: (outputs) => {
      const ids = getInputTensorIds(outputs);
      const outputNodes = outputs.map((output, i) => {
        const type = { dtype: backend.getDTypeInteger(output.dtype), shape: output.shape };
        return { ...type, name: add(identity(`output${i}`, names.get(ids[i]!)!, type.dtype)) };
      });
      return { nodes, inputs: inputNodes, outputs: outputNodes };
    },
    restore: () => {
      backend.binding = real;
      watch.restore();
    },
  };
}

function capturedError(tensor: Tensor, fail: Violation): Error {
  if ((tensor as { isDisposed?: boolean }).isDisposed) return fail(`a disposed tensor of shape [${tensor.shape}] was used at ${callSite()}`);
  const scopes = tf.engine().state.scopeStack.map((scope) => scope.name);
  const operation = scopes.findLast((scope) => scope.endsWith('__op'))?.slice(0, -'__op'.length) ?? 'the result';
  return fail(
    `${operation} uses a captured tensor of shape [${tensor.shape}] (${tensor.dtype}) at ${callSite()}. ` +
      'It would be frozen at its present value: pass it as an argument, or, if it never changes, list it in the option `constants`.',
  );
}
