/** tfjs's WebAssembly engine, as the site's pages fetch it. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';

/** tfjs takes the first where a browser lacks SIMD; the engine has one thread (engine.browser.ts). */
const files = ['', '-simd'].map((kind) => `tfjs-backend-wasm${kind}.wasm`);

/**
 * @param {string} folder where it goes
 * @param {string} modules node_modules
 */
export function writeEngine(folder, modules) {
  for (const file of files)
    copyFileSync(join(modules, '@tensorflow/tfjs-backend-wasm/dist', file), join(folder, file));
}
