/**
 * The door to TensorFlow's own operations, for the few that tfjs has no name for, and for
 * `compile`.
 *
 * tfjs-node runs every kernel through `backend.binding.executeOp(name, attributes, input ids,
 * outputs)`. A handle is a tensor inside the binding, of any TensorFlow type, also of those that
 * tfjs does not know (uint64).
 */
import { engine, tf, type Tensor } from './engine';

/** An operation's attribute: `type` is one of the binding's TF_ATTR_ constants. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** A tensor inside the binding. `dtype` is TensorFlow's number for the type. */
export interface Handle {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** What tfjs-node's C++ addon offers, as far as it is used here. */
export interface Binding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  readonly TF_BOOL: number;
  readonly TF_COMPLEX64: number;
  readonly TF_STRING: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  createTensor(shape: readonly number[], dtype: number, values: unknown): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): unknown;
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): Handle[];
  loadSavedModel(directory: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(
    id: number,
    inputs: readonly number[],
    inputNames: string,
    outputNames: string,
  ): Handle[];
  /**
   * Makes a graph callable by `executeOp` under its name. Only where the addon was built with our
   * own C++ file; the addon that tfjs-node ships has no such function.
   */
  addFunction?(
    name: string,
    graph: Uint8Array,
    inputs: readonly string[],
    outputs: readonly string[],
  ): void;
  removeFunction?(name: string): void;
  getNumOfTensors(): number;
  getNumOfSavedModels(): number;
}

/** tfjs-node's backend, as far as it is used here. */
export interface NativeBackend {
  binding: Binding;
  getDTypeInteger(dtype: string): number;
  getInputTensorIds(tensors: readonly Tensor[]): number[];
  createOutputTensor(handle: Handle): Tensor;
}

/** TensorFlow's number for a type that tfjs has none for. */
export const TF_UINT64 = 23;

/** The native backend. Ask `isNative()` first. */
export function nativeBackend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

/** Whether TensorFlow's C library runs now. */
export function isNative(): boolean {
  return engine === 'native' && tf.getBackend() === 'tensorflow';
}

/** A type attribute, such as T = int32. */
export function typeAttribute(name: string, value: number): Attribute {
  return { name, type: nativeBackend().binding.TF_ATTR_TYPE, value };
}

/**
 * Runs one TensorFlow operation that has one output of a type that tfjs knows. No gradient is
 * recorded.
 */
export function execute(
  name: string,
  attributes: readonly Attribute[],
  inputs: readonly Tensor[],
): Tensor {
  const backend = nativeBackend();
  const [handle] = backend.binding.executeOp(
    name,
    attributes,
    backend.getInputTensorIds(inputs),
    1,
  );
  return backend.createOutputTensor(handle!);
}

/**
 * Runs one TensorFlow operation that has several outputs of types that tfjs knows. No gradient is
 * recorded.
 */
export function executeMany(
  name: string,
  attributes: readonly Attribute[],
  inputs: readonly Tensor[],
  outputs: number,
): Tensor[] {
  const backend = nativeBackend();
  const handles = backend.binding.executeOp(
    name,
    attributes,
    backend.getInputTensorIds(inputs),
    outputs,
  );
  return handles.map((handle) => backend.createOutputTensor(handle));
}

/**
 * The values of a tensor, also while a function is traced: then those of the call that it is traced
 * with. For checks of what was given, and for nothing else: a number that is computed from them
 * would be the same in every later call.
 */
export function peek(tensor: Tensor): ArrayLike<number> {
  if (!isNative()) return tensor.dataSync();
  const backend = nativeBackend();
  return backend.binding.tensorDataSync(
    backend.getInputTensorIds([tensor])[0]!,
  ) as ArrayLike<number>;
}
