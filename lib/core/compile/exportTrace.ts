/** Writing a compiled function for other runtimes. */
import { nativeBackend } from '../native';
import { flatten } from '../pytree';
import { constant, type GraphNode, type TensorType } from './graph';
import type { Trace } from './recorder';
import { writeSavedModel, type ModelSignature } from './savedModel';

/**
 * What `export` writes: a SavedModel with two signatures.
 * - `serving_default` is the function. Its inputs are named by the arguments' paths (`arg0_kernel`
 *   for `args[0].kernel`), its outputs by the result's (`out_loss`).
 * - `arguments` takes nothing and gives the arguments as they were at the export, under the names
 *   that `serving_default` takes.
 *
 * In Python:
 *
 *     model = tf.saved_model.load(directory)
 *     step, state = model.signatures['serving_default'], model.signatures['arguments']()
 *     result = step(**state)
 */
export interface ExportedModel {
  readonly signatures: Readonly<Record<'serving_default' | 'arguments', ModelSignature>>;
}

export function exportTrace(
  directory: string,
  { graph, structure }: Trace,
  args: readonly unknown[],
): void {
  const { leaves, structure: given } = flatten(args);
  const inputNames = unique(
    given.paths.map((path) => identifier(path.replace(/^\[(\d+)\]/, 'arg$1'))),
  );
  const outputNames = unique(
    structure.paths.map((path) => identifier(path === '(root)' ? 'out' : `out_${path}`)),
  );

  const backend = nativeBackend();
  const ids = backend.getInputTensorIds(leaves);
  const values: GraphNode[] = graph.inputs.map((input, i) =>
    constant(
      `argument${i}`,
      input,
      bytesOf(backend.binding.tensorDataSync(ids[i]!) as ArrayBufferView),
    ),
  );

  const named = <T extends TensorType & { name: string }>(
    names: readonly string[],
    tensors: readonly T[],
  ): Record<string, T> => Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
  const signatures: ExportedModel['signatures'] = {
    serving_default: {
      inputs: named(inputNames, graph.inputs),
      outputs: named(outputNames, graph.outputs),
    },
    arguments: {
      inputs: {},
      outputs: named(
        inputNames,
        graph.inputs.map((input, i) => ({ ...input, name: `argument${i}` })),
      ),
    },
  };
  writeSavedModel(directory, { ...graph, nodes: [...graph.nodes, ...values] }, { signatures });
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Python takes the names as keyword arguments. */
function identifier(path: string): string {
  return path.replace(/[^A-Za-z0-9]+/g, '_').replace(/_+$/, '');
}

function unique(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return times === 0 ? name : `${name}_${times}`;
  });
}
