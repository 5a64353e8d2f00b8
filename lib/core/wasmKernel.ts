/** What a kernel of tfjs's WebAssembly backend is, and how it sees its numbers. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo, TypedArray } from '@tensorflow/tfjs-core';

export type Info = TensorInfo;
export type Run = (call: Call) => Info;

/** What a kernel is told. */
interface Call {
  readonly inputs: Readonly<Record<string, Info>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly backend: BackendWasm;
}

/** A tensor's numbers, in WebAssembly's memory: valid until something is made in it. */
export const numbers = (backend: BackendWasm, x: Info): TypedArray =>
  backend.typedArrayFromHeap(x as never) as TypedArray;
