/**
 * A recorded computation as data, and its encoding as TensorFlow's GraphDef. The field numbers are
 * those of tensorflow/core/framework/{graph,tensor}.proto.
 */
import { nativeBackend, typeAttribute } from '../native';
import { encodeFunction, type GraphFunction } from './functions';
import {
  encodeNode,
  encodeShape,
  type EncodeOptions,
  type GraphNode,
  type Output,
  type TensorType,
} from './node';
import { bytes, integer, message } from './protobuf';

export { encodeShape, type GraphNode, type Output, type TensorType } from './node';

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly functions: readonly GraphFunction[];
  /** The placeholders, one for each leaf of the arguments. */
  readonly inputs: readonly (TensorType & { readonly name: Output })[];
  /** Identity nodes, one for each leaf of the result. */
  readonly outputs: readonly (TensorType & { readonly name: Output })[];
}

/** Nodes in the graph and its functions. */
export function nodeCount(graph: Graph): number {
  return graph.functions.reduce((sum, each) => sum + each.nodes.length, graph.nodes.length);
}

export function placeholder(name: string, type: TensorType): GraphNode {
  const attributes = [typeAttribute('dtype', type.dtype)];
  return {
    name,
    op: 'Placeholder',
    inputs: [],
    attributes,
    encoded: { shape: bytes(7, encodeShape(type.shape)) },
  };
}

export function constant(name: string, type: TensorType, data: Uint8Array): GraphNode {
  const tensor = message(integer(1, type.dtype), bytes(2, encodeShape(type.shape)), bytes(4, data));
  return {
    name,
    op: 'Const',
    inputs: [],
    attributes: [typeAttribute('dtype', type.dtype)],
    encoded: { value: bytes(8, tensor) },
  };
}

/** A tensor of equal values. */
export function fill(name: string, dims: Output, value: Output, dtype: number): GraphNode {
  return {
    name,
    op: 'Fill',
    inputs: [dims, value],
    attributes: [
      typeAttribute('T', dtype),
      typeAttribute('index_type', nativeBackend().binding.TF_INT32),
    ],
  };
}

export function identity(name: string, input: Output, dtype: number): GraphNode {
  return { name, op: 'Identity', inputs: [input], attributes: [typeAttribute('T', dtype)] };
}

/** TensorFlow's number for the graph format and the operations' versions that we write. */
const PRODUCER = 1087;

/** A GraphDef. */
export function encodeGraph(
  nodes: readonly GraphNode[],
  functions: readonly GraphFunction[],
  options: EncodeOptions = {},
): Uint8Array {
  const { rename = (name) => name } = options;
  const library = message(functions.map((each) => bytes(1, encodeFunction(each, rename))));
  return message(
    nodes.map((node) => bytes(1, encodeNode(node, options))),
    bytes(2, library),
    bytes(4, integer(1, PRODUCER)),
  );
}
