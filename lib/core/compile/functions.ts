/**
 * Functions inside a graph: the condition and the body of a loop (function.proto, op_def.proto).
 */
import { encodeNode, type GraphNode, type Output, type Rename } from './node';
import { outputName } from './outputNames';
import { bytes, entryOfText, integer, message } from './protobuf';

export interface GraphFunction {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly dtype: number }[];
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly { readonly from: Output; readonly dtype: number }[];
}

/** A FunctionDef. */
export function encodeFunction(
  { name, inputs, nodes, outputs }: GraphFunction,
  rename: Rename,
): Uint8Array {
  const operations = new Map(nodes.map((node) => [node.name, node.op]));
  // An argument is called by its name alone, a node's output by node, output name and number.
  const inFunction = (output: Output): string => {
    const [node, index] = output.split(':') as [string, string | undefined];
    const operation = operations.get(node);
    return operation === undefined ? node : `${node}:${outputName(operation, Number(index ?? 0))}`;
  };
  const argument = (argumentName: string, dtype: number): Uint8Array =>
    message(bytes(1, argumentName), integer(3, dtype));
  const signature = message(
    bytes(1, rename(name)),
    inputs.map((input) => bytes(2, argument(input.name, input.dtype))),
    outputs.map((output, i) => bytes(3, argument(`result${i}`, output.dtype))),
  );
  return message(
    bytes(1, signature),
    nodes.map((node) =>
      bytes(3, encodeNode({ ...node, inputs: node.inputs.map(inFunction) }, { rename })),
    ),
    outputs.map((output, i) => entryOfText(4, `result${i}`, inFunction(output.from))),
  );
}
