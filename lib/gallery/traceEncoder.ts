/**
 * An encoder written down as the operations that it runs, for a page that has TensorFlow.js but not
 * this library, nor the code that put the layers together.
 */
import { tf, type Tensor } from '../core/engine';
import * as tree from '../core/pytree';
import { inInference, type AnyLayer, type Layer } from '../nn/layer';
import type { DType, Operations, Step } from './page/replay';

/** An encoder of square pictures. */
export interface PictureEncoder {
  /** [batch, side, side, channels] in [0, 1] -> [batch, dim]. */
  readonly layer: AnyLayer;
  /** Calibrated, where the layer has batch normalisation. */
  readonly params: unknown;
  readonly side: number;
  readonly channels: 1 | 3;
}

/** Operations and the values of their constants, one after the other. */
export interface TracedEncoder {
  readonly operations: Operations;
  readonly values: Float32Array;
}

/** What is hooked: every operation of TensorFlow.js goes through this one function of its engine. */
interface Recorded {
  runKernelFunc(call: Call): Tensor | Tensor[];
}

interface Call {
  readonly kernelName?: string;
  /** By name; a kernel that takes any number of tensors gets a list. */
  readonly inputs: Readonly<Record<string, Tensor | Tensor[]>> | readonly Tensor[];
  readonly attrs?: Readonly<Record<string, unknown>>;
}

/**
 * Runs the encoder once, on one grey picture, and writes down what depends on the picture. What
 * does not (the slope of a batch normalisation) is computed here, once, and becomes a constant.
 *
 * The pure-JavaScript backend runs it, since a page has no other: layers take the ways that need no
 * native operation.
 *
 * @throws when the encoder's output is not [1, dim].
 * @example
 * ```ts
 * import { gallery, nn, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.sequential([nn.flatten(), nn.dense(4, 3)]);
 * const params = layer.init(random.key(0));
 * const traced = await gallery.traceEncoder({ layer, params, side: 2, channels: 1 });
 * assert.deepEqual(traced.operations.input, [1, 2, 2, 1]);
 * assert.equal(traced.values.length, 4 * 3 + 3);
 * ```
 */
export async function traceEncoder({
  layer,
  params,
  side,
  channels,
}: PictureEncoder): Promise<TracedEncoder> {
  const apply = (layer as Layer<unknown>).apply;
  // Read while the backend that holds them is still the one in use.
  const stored = tree.flatten(params).leaves.map((leaf) => ({ leaf, values: leaf.dataSync() }));
  const before = tf.getBackend();
  await tf.setBackend('cpu');
  // It would greet, and advise to install what is installed.
  (tf.backend() as unknown as { firstUse?: boolean }).firstUse = false;
  try {
    let result: TracedEncoder | undefined;
    tf.tidy(() => {
      const copies = new Map(
        stored.map(({ leaf, values }) => [
          leaf,
          tf.tensor(values as Float32Array, leaf.shape, leaf.dtype),
        ]),
      );
      const onCpu = tree.map((leaf: Tensor) => copies.get(leaf)!, params as never);
      const input = tf.fill([1, side, side, channels], 0.5);
      result = traced(input, () => apply(onCpu, input, inInference));
    });
    return result!;
  } finally {
    await tf.setBackend(before);
  }
}

function traced(input: Tensor, run: () => Tensor): TracedEncoder {
  const calls: Recording[] = [];
  const live = new Set([input.id]);
  const constants = new Map<number, Constant>();
  const engine = tf.engine() as unknown as Recorded;
  const original = engine.runKernelFunc;
  let depth = 0;
  engine.runKernelFunc = function record(this: unknown, call: Call) {
    // A function with a gradient of its own has no name: what it runs is written down.
    if (call.kernelName === undefined) return original.call(this, call);
    depth++;
    try {
      const made = original.call(this, call);
      if (depth === 1 && tensorsOf(call).some(({ id }) => live.has(id))) {
        const outputs = Array.isArray(made) ? made : [made];
        for (const tensor of tensorsOf(call))
          // Read at once: a layer's own constants are gone when it returns.
          if (!live.has(tensor.id) && !constants.has(tensor.id))
            constants.set(tensor.id, constantOf(tensor));
        for (const { id } of outputs) live.add(id);
        calls.push({ call, made: outputs.map(({ id }) => id) });
      }
      return made;
    } finally {
      depth--;
    }
  };
  let output: Tensor;
  try {
    output = run();
  } finally {
    engine.runKernelFunc = original;
  }
  if (output.rank !== 2 || output.shape[0] !== 1)
    throw new Error(`encoder: output [${output.shape.join(', ')}] given, [1, dim] expected`);
  if (!live.has(output.id))
    throw new Error('encoder: the output does not depend on the picture, an encoder expected');
  return written(input, calls, output, constants);
}

/** An operation and the ids of what it made. */
interface Recording {
  readonly call: Call;
  readonly made: readonly number[];
}

interface Constant {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly values: ArrayLike<number>;
}

const constantOf = (tensor: Tensor): Constant => ({
  shape: tensor.shape,
  dtype: tensor.dtype as DType,
  values: tensor.dataSync(),
});

function written(
  input: Tensor,
  calls: readonly Recording[],
  output: Tensor,
  constants: ReadonlyMap<number, Constant>,
): TracedEncoder {
  const slots = new Map([input.id, ...constants.keys()].map((id, slot) => [id, slot]));
  for (const { made } of calls) for (const id of made) slots.set(id, slots.size);
  const slot = ({ id }: { readonly id: number }): number => slots.get(id)!;

  const steps = calls.map(({ call, made }): Step => ({
    kernel: call.kernelName!,
    inputs: isList(call.inputs) ? call.inputs.map(slot) : named(call.inputs, slot),
    attributes: plain(call),
    outputs: made.map((id) => slot({ id })),
  }));
  const all = [...constants.values()];
  return {
    operations: {
      input: input.shape,
      constants: all.map(({ shape, dtype }) => ({ shape, dtype })),
      steps,
      output: slot(output),
    },
    values: joined(all.map(({ values }) => values)),
  };
}

const isList = (inputs: Call['inputs']): inputs is readonly Tensor[] => Array.isArray(inputs);

function named(
  inputs: Readonly<Record<string, Tensor | Tensor[] | undefined>>,
  slot: (tensor: Tensor) => number,
): Record<string, number | number[]> {
  const given = Object.entries(inputs).flatMap(([name, input]) =>
    input ? [[name, Array.isArray(input) ? input.map(slot) : slot(input)] as const] : [],
  );
  return Object.fromEntries(given);
}

function joined(parts: readonly ArrayLike<number>[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Attributes as JSON will give them back. */
function plain({ kernelName, attrs = {} }: Call): Record<string, unknown> {
  const isPlain = (value: unknown): boolean =>
    Array.isArray(value) ? value.every(isPlain) : typeof value !== 'number' || isFinite(value);
  for (const [name, value] of Object.entries(attrs))
    if (!isPlain(value))
      throw new Error(`encoder: ${kernelName}: ${name} is ${value}; finite attributes expected`);
  return JSON.parse(JSON.stringify(attrs)) as Record<string, unknown>;
}

const tensorsOf = ({ inputs }: Call): Tensor[] =>
  Object.values(inputs)
    .flat()
    .filter((given) => given != null);
