/**
 * A node of a graph as data, and its encoding as TensorFlow's NodeDef. The field numbers are those
 * of tensorflow/core/framework/{node_def,attr_value,tensor_shape}.proto.
 */
import { nativeBackend, type Attribute } from '../native';
import {
  bytes,
  entry,
  float,
  integer,
  message,
  packedFloats,
  packedIntegers,
  type Field,
} from './protobuf';

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
  /** Attributes that name a function of the graph: a loop's condition and body. */
  readonly calls?: Readonly<Record<string, string>>;
}

/** What a tensor is, but for its data. `dtype` is TensorFlow's number. */
export interface TensorType {
  readonly dtype: number;
  readonly shape: readonly number[];
}

/** Gives a function of the graph another name: where graphs share a context, names must differ. */
export type Rename = (name: string) => string;

export interface EncodeOptions {
  /** Marks every node for XLA, as one cluster, for a runtime that is told nothing else. */
  readonly xla?: boolean;
  readonly rename?: Rename;
}

/** A NodeDef. */
export function encodeNode(
  node: GraphNode,
  { xla = false, rename = (name) => name }: EncodeOptions,
): Uint8Array {
  const attributes = node.attributes.map((attribute) =>
    entry(5, attribute.name, encodeAttribute(attribute)),
  );
  for (const [name, value] of Object.entries(node.encoded ?? {}))
    attributes.push(entry(5, name, value));
  for (const [name, called] of Object.entries(node.calls ?? {}))
    attributes.push(entry(5, name, bytes(10, bytes(1, rename(called)))));
  if (xla && node.op !== 'Placeholder')
    attributes.push(
      entry(5, '_XlaCompile', integer(5, true)),
      entry(5, '_XlaScope', bytes(2, 'compile')),
    );
  return message(
    bytes(1, node.name),
    bytes(2, node.op),
    node.inputs.map((input) => bytes(3, input)),
    attributes,
  );
}

export function encodeShape(shape: readonly number[]): Uint8Array {
  return message(shape.map((size) => bytes(2, integer(1, size))));
}

function encodeAttribute({ name, type, value }: Attribute): Field {
  const kinds = nativeBackend().binding;
  if (Array.isArray(value) && type !== kinds.TF_ATTR_SHAPE)
    return bytes(1, encodeList(name, type, value));
  switch (type) {
    case kinds.TF_ATTR_STRING:
      return bytes(2, String(value));
    case kinds.TF_ATTR_INT:
      return integer(3, Number(value));
    case kinds.TF_ATTR_FLOAT:
      return float(4, Number(value));
    case kinds.TF_ATTR_BOOL:
      return integer(5, Boolean(value));
    case kinds.TF_ATTR_TYPE:
      return integer(6, Number(value));
    case kinds.TF_ATTR_SHAPE:
      return bytes(7, encodeShape(value as readonly number[]));
    default:
      throw new Error(`attribute "${name}" is of the unknown kind ${type}`);
  }
}

function encodeList(name: string, type: number, values: readonly unknown[]): Field {
  const kinds = nativeBackend().binding;
  switch (type) {
    case kinds.TF_ATTR_STRING:
      return message(values.map((value) => bytes(2, String(value))));
    case kinds.TF_ATTR_INT:
      return packedIntegers(3, values as number[]);
    case kinds.TF_ATTR_FLOAT:
      return packedFloats(4, values as number[]);
    case kinds.TF_ATTR_BOOL:
      return packedIntegers(5, values as boolean[]);
    case kinds.TF_ATTR_TYPE:
      return packedIntegers(6, values as number[]);
    default:
      throw new Error(`attribute "${name}" is a list of the unknown kind ${type}`);
  }
}
