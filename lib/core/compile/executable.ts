/**
 * A graph, loaded into TensorFlow and ready to run, in one of two ways:
 * - as a function of the eager context, run like any operation, where the addon has our
 *   `addFunction`;
 * - as a SavedModel's session, with the addon that tfjs-node ships (about 0.2 ms a call more).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativeBackend, type Attribute, type Handle } from '../native';
import { encodeGraph, type Graph } from './graph';
import { writeSavedModel } from './savedModel';

export interface Executable {
  run(inputs: readonly number[]): Handle[];
  dispose(): void;
}

let functions = 0;

/** @param xla whether XLA compiles the graph into machine code, which it does at the first run. */
export function load(graph: Graph, xla: boolean): Executable {
  return nativeBackend().binding.addFunction ? asFunction(graph, xla) : asSession(graph, xla);
}

function asFunction(graph: Graph, xla: boolean): Executable {
  const { binding } = nativeBackend();
  const name = `compiled_${process.pid}_${functions++}`;
  const rename = (inner: string): string => `${name}_${inner}`; // all functions share the context
  const definition = encodeGraph(graph.nodes, graph.functions, { rename });
  binding.addFunction!(name, definition, graph.inputs.map(nameOf), graph.outputs.map(nameOf));
  const attributes: Attribute[] = xla
    ? [{ name: '_XlaMustCompile', type: binding.TF_ATTR_BOOL, value: true }]
    : [];
  const outputs = graph.outputs.length;
  return {
    run: (inputs) => nativeBackend().binding.executeOp(name, attributes, inputs, outputs),
    dispose: () =>
      [name, ...graph.functions.map((inner) => rename(inner.name))].forEach((each) =>
        binding.removeFunction!(each),
      ),
  };
}

function asSession(graph: Graph, xla: boolean): Executable {
  const { binding } = nativeBackend();
  // The folder is needed only while the session is made.
  const directory = mkdtempSync(join(tmpdir(), 'dark-matter-'));
  let session: number;
  try {
    writeSavedModel(directory, graph, { xla });
    session = binding.loadSavedModel(directory, 'serve');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const inputs = graph.inputs.map(nameOf).join(',');
  const outputs = graph.outputs.map(nameOf).join(',');
  return {
    run: (ids) => binding.runSavedModel(session, ids, inputs, outputs),
    dispose: () => binding.deleteSavedModel(session),
  };
}

const nameOf = ({ name }: { readonly name: string }): string => name;
