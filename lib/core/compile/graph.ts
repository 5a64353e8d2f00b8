/**
 * A recorded computation as data, and its encoding as TensorFlow's GraphDef. The field numbers are those of
 * tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape}.proto.
 */
import { nativeBackend, typeAttribute, type Attribute } from '../native';
import { bytes, entry, float, integer, message, packedFloats, packedIntegers, type Field } from './protobuf';

/** A tensor in the graph: `node` for a node's first output, `node:1` for its second. */
export type Output = string;

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly Output[];
  /** Attributes as the binding takes them. */
  readonly attributes: readonly Attribute[];
  /** Attributes that the binding has no notion of: a placeholder's shape, a constant's value. */
  readonly encoded?: Readonly<Record<string, Uint8Array>>;
}

/** What a tensor is, but for its data. `dtype` is TensorFlow's number. */
export interface TensorType {
  readonly dtype: number;
  readonly shape: readonly number[];
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** The placeholders, one for each leaf of the arguments. */
  readonly inputs: readonly (TensorType & { readonly name: Output })[];
  /** Identity nodes, one for each leaf of the result. */
  readonly outputs: readonly (TensorType & { readonly name: Output })[];
}

export function placeholder(name: string, type: TensorType): GraphNode {
  const attributes = [typeAttribute('dtype', type.dtype)];
  return { name, op: 'Placeholder', inputs: [], attributes, encoded: { shape: bytes(7, encodeShape(type.shape)) } };
}

export function constant(name: string, type: TensorType, data: Uint8Array): GraphNode {
  const tensor = message(integer(1, type.dtype), bytes(2, encodeShape(type.shape)), bytes(4, data));
  return { name, op: 'Const', inputs: [], attributes: [typeAttribute('dtype', type.dtype)], encoded: { value: bytes(8, tensor) } };
}

export function identity(name: string, input: Output, dtype: number): GraphNode {
  return { name, op: 'Identity', inputs: [input], attributes: [typeAttribute('T', dtype)] };
}

/** TensorFlow's number for the graph format and the operations' versions that we write. */
const PRODUCER = 1087;

/** @param xla marks every node for XLA, as one cluster, for a runtime that is told nothing else. */
export function encodeGraph(nodes: readonly GraphNode[], xla = false): Uint8Array {
  const encoded = nodes.map((node) => bytes(1, encodeNode(node, xla && node.op !== 'Placeholder')));
  return message(encoded, bytes(4, integer(1, PRODUCER)));
}

function encodeNode(node: GraphNode, xla: boolean): Uint8Array {
  const attributes = node.attributes.map((attribute) => entry(5, attribute.name, encodeAttribute(attribute)));
  for (const [name, value] of Object.entries(node.encoded ?? {})) attributes.push(entry(5, name, value));
  if (xla) attributes.push(entry(5, '_XlaCompile', integer(5, true)), entry(5, '_XlaScope', bytes(2, 'compile')));
  return message(bytes(1, node.name), bytes(2, node.op), node.inputs.map((input) => bytes(3, input)), attributes);
}

export function encodeShape(shape: readonly number[]): Uint8Array {
  return message(shape.map((size) => bytes(2, integer(1, size))));
}

function encodeAttribute({ name, type, value }: Attribute): Field {
  const kinds = nativeBackend().binding;
  if (Array.isArray(value) && type !== kinds.TF_ATTR_SHAPE) return bytes(1, encodeList(name, type, value));
  switch (type) {
    case kinds.TF_ATTR_STRING: return bytes(2, String(value));
    case kinds.TF_ATTR_INT: return integer(3, Number(value));
    case kinds.TF_ATTR_FLOAT: return float(4, Number(value));
    case kinds.TF_ATTR_BOOL: return integer(5, Boolean(value));
    case kinds.TF_ATTR_TYPE: return integer(6, Number(value));
    case kinds.TF_ATTR_SHAPE: return bytes(7, encodeShape(value as readonly number[]));
    default: throw new Error(`attribute "${name}" is of the unknown kind ${type}`);
  }
}

function encodeList(name: string, type: number, values: readonly unknown[]): Field {
  const kinds = nativeBackend().binding;
  switch (type) {
    case kinds.TF_ATTR_STRING: return message(values.map((value) => bytes(2, String(value))));
    case kinds.TF_ATTR_INT: return packedIntegers(3, values as number[]);
    case kinds.TF_ATTR_FLOAT: return packedFloats(4, values as number[]);
    case kinds.TF_ATTR_BOOL: return packedIntegers(5, values as boolean[]);
    case kinds.TF_ATTR_TYPE: return packedIntegers(6, values as number[]);
    default: throw new Error(`attribute "${name}" is a list of the unknown kind ${type}`);
  }
}
