/**
 * TensorFlow's SavedModel: a folder with a graph and its signatures, that every TensorFlow loads
 * (saved_model.proto, meta_graph.proto).
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeGraph, encodeShape, type Graph, type Output, type TensorType } from './graph';
import { bytes, entry, integer, message, type Field } from './protobuf';

/** A way to call the model: names for tensors of its graph. */
export interface ModelSignature {
  readonly inputs: Readonly<Record<string, TensorType & { readonly name: Output }>>;
  readonly outputs: Readonly<Record<string, TensorType & { readonly name: Output }>>;
}

/** Writes `directory`/saved_model.pb. */
export function writeSavedModel(
  directory: string,
  { nodes, functions }: Pick<Graph, 'nodes' | 'functions'>,
  options: {
    readonly xla?: boolean;
    readonly signatures?: Readonly<Record<string, ModelSignature>>;
  } = {},
): void {
  const information = message(bytes(4, 'serve'));
  const signatures = Object.entries(options.signatures ?? {}).map(([name, signature]) =>
    entry(5, name, encode(signature)),
  );
  const metaGraph = message(
    bytes(1, information),
    bytes(2, encodeGraph(nodes, functions, { xla: options.xla ?? false })),
    signatures,
  );
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'saved_model.pb');
  writeFileSync(`${file}.part`, message(integer(1, 1), bytes(2, metaGraph)));
  renameSync(`${file}.part`, file);
}

function encode({ inputs, outputs }: ModelSignature): Uint8Array {
  return message(tensors(1, inputs), tensors(2, outputs), bytes(3, 'tensorflow/serving/predict'));
}

function tensors(field: number, named: ModelSignature['inputs']): Field[] {
  return Object.entries(named).map(([key, { name, dtype, shape }]) => {
    const information = message(
      bytes(1, name.includes(':') ? name : `${name}:0`),
      integer(2, dtype),
      bytes(3, encodeShape(shape)),
    );
    return entry(field, key, information);
  });
}
