/**
 * The engine in a browser: tfjs's core on its WebAssembly backend. Stands for `engine.ts` where a
 * bundler follows the `browser` field of the library's package.json.
 */
import * as core from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type * as TensorFlow from '@tensorflow/tfjs-node';
import type { EngineName } from './engine';
import { mendSecondOrder } from './secondOrder';
import { mendWasm } from './wasm';

/** TensorFlow.js; `start` has to have ended before anything is computed. */
export const tf = core as unknown as typeof TensorFlow;

/** No C library here: everything takes the ways of the fallback engine. */
export const engine: EngineName = 'javascript';

mendSecondOrder(tf);

/**
 * Loads the WebAssembly backend, which uses one thread.
 *
 * @param folder the address of the folder with tfjs's `.wasm` files; it ends with a slash.
 * @throws where the browser has no WebAssembly, or the file cannot be fetched.
 */
export async function start(folder: string): Promise<void> {
  setWasmPaths(folder);
  // tfjs starts its threads from the text of its own functions, of which a bundler leaves too little.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  mendWasm(tf);
  if (!(await tf.setBackend('wasm').catch(() => false)))
    throw new Error('the WebAssembly engine did not load');
}
