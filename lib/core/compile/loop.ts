/**
 * A loop in the graph: TensorFlow's StatelessWhile, whose body is recorded once, however often it
 * will run.
 *
 * The loop's variables are: the count, the carry, one array for each output that is collected, and
 * what the body uses from outside, unchanged.
 */
import { tf, type Tensor } from '../engine';
import { execute, nativeBackend, typeAttribute, type Binding } from '../native';
import { Frame } from './frame';
import type { GraphFunction } from './functions';
import type { GraphNode, Output } from './graph';

export interface LoopBody {
  /** The next carry: the same shapes and dtypes. */
  readonly carry: readonly Tensor[];
  /** What each round adds to the arrays of results. */
  readonly ys: readonly Tensor[];
}

/** @returns the carry after `n` rounds, and each y of all rounds: [n, ...]. */
export type RecordLoop = (
  n: number,
  carry: readonly Tensor[],
  body: (i: Tensor, carry: readonly Tensor[]) => LoopBody,
) => LoopBody;

export interface LoopContext {
  readonly real: Binding;
  /** Where the functions of the loop go. */
  readonly functions: GraphFunction[];
  readonly nameOf: (tensor: Tensor) => Output;
  readonly frame: () => Frame;
  /** Records what happens in `body` into another frame. */
  readonly within: <T>(frame: Frame, body: () => T) => T;
}

export function recordLoop({ real, functions, nameOf, frame, within }: LoopContext): RecordLoop {
  /** A tensor with the value of another, that the graph knows by a name of its own. */
  const named = (tensor: Tensor, into: Frame, output: Output): Tensor => {
    const backend = nativeBackend();
    const dtype = backend.getDTypeInteger(tensor.dtype);
    const [handle] = real.executeOp(
      'Identity',
      [typeAttribute('T', dtype)],
      backend.getInputTensorIds([tensor]),
      1,
    );
    into.set(handle!.id, output, dtype);
    return backend.createOutputTensor(handle!);
  };
  const dtypeOf = (tensor: Tensor): number => nativeBackend().getDTypeInteger(tensor.dtype);

  return (n, carry, body) => {
    const outer = frame();
    const inner = new Frame(outer);
    const start = tf.scalar(0, 'int32');
    const initial = [start, ...carry];
    const initialNames = initial.map(nameOf);
    const variables = initial.map((tensor, k) => named(tensor, inner, `variable${k}`));

    const recorded = within(inner, () => {
      const [i, ...current] = variables as [Tensor, ...Tensor[]];
      const { carry: next, ys } = body(i, current);
      const arrays = ys.map((y, k) =>
        named(tf.fill([n, ...y.shape], 0, y.dtype as 'float32'), inner, `array${k}`),
      );
      const filled = ys.map((y, k) => setRow(arrays[k]!, i, y));
      const results = [i.add(tf.scalar(1, 'int32')), ...next, ...filled];
      return { next, ys, arrays, results, names: results.map(nameOf) };
    });
    // What only made shapes known, such as the arrays' fill, is recorded in the body and unused
    // there: TensorFlow prunes it.
    const starts = recorded.ys.map((y) =>
      nameOf(tf.fill([n, ...y.shape], 0, y.dtype as 'float32')),
    );

    const types = recorded.results.map(dtypeOf);
    const inputs = [
      ...variables.map((_, k) => `variable${k}`),
      ...recorded.arrays.map((_, k) => `array${k}`),
    ].map((name, k) => ({ name, dtype: types[k]! }));
    inputs.push(...inner.captured.map(({ argument, dtype }) => ({ name: argument, dtype })));

    const condition = `condition${functions.length}`;
    const bodyName = `body${functions.length}`;
    functions.push(
      {
        name: bodyName,
        inputs,
        nodes: inner.nodes,
        outputs: inputs.map(({ name, dtype }, k) => ({ from: recorded.names[k] ?? name, dtype })),
      },
      conditionFunction(condition, inputs, n),
    );
    const node: GraphNode = {
      name: outer.next('StatelessWhile'),
      op: 'StatelessWhile',
      inputs: [...initialNames, ...starts, ...inner.captured.map(({ output }) => output)],
      attributes: [
        typeListAttribute(
          'T',
          inputs.map(({ dtype }) => dtype),
        ),
        // Lowered to the executor's own loop, instead of a call of a function each round.
        { name: '_lower_using_switch_merge', type: real.TF_ATTR_BOOL, value: true },
      ],
      calls: { cond: condition, body: bodyName },
    };
    outer.add(node);
    // What is renamed is known in the body alone: asked for outside of it, its value would be
    // written there as a constant.
    const output = (tensor: Tensor, k: number): Tensor =>
      within(inner, () => named(tensor, outer, `${node.name}:${k}`));
    return {
      carry: recorded.next.map((tensor, k) => output(tensor, k + 1)),
      ys: recorded.arrays.map((array, k) => output(array, k + initial.length)),
    };
  };
}

function typeListAttribute(name: string, types: readonly number[]) {
  return { name, type: nativeBackend().binding.TF_ATTR_TYPE, value: types };
}

/** The array with `y` in its row `i`. */
function setRow(array: Tensor, i: Tensor, y: Tensor): Tensor {
  const { TF_INT32 } = nativeBackend().binding;
  const attributes = [
    typeAttribute('T', nativeBackend().getDTypeInteger(y.dtype)),
    typeAttribute('Tindices', TF_INT32),
  ];
  return execute('TensorScatterUpdate', attributes, [array, i.reshape([1, 1]), y.expandDims(0)]);
}

/** count < n */
function conditionFunction(
  name: string,
  inputs: GraphFunction['inputs'],
  n: number,
): GraphFunction {
  const { TF_INT32, TF_BOOL } = nativeBackend().binding;
  const frame = new Frame();
  const limit = frame.constant({ dtype: TF_INT32, shape: [] }, Int32Array.of(n));
  const less = frame.add({
    name: 'less',
    op: 'Less',
    inputs: [inputs[0]!.name, limit],
    attributes: [typeAttribute('T', TF_INT32)],
  });
  return { name, inputs, nodes: frame.nodes, outputs: [{ from: less, dtype: TF_BOOL }] };
}
