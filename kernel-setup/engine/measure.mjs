/**
 * Loads an engine in a process of its own and measures it.
 */
import { fileURLToPath } from 'node:url';
import { run } from '../setup/run.mjs';

const probe = fileURLToPath(new URL('probe.cjs', import.meta.url));

/**
 * @typedef {object} Measured
 * @property {string} backend tfjs's name of it: 'tensorflow' or 'cpu'
 * @property {string} tfjs version
 * @property {string} [tensorflow] version of the C library
 * @property {number} matrix the matrices' size
 * @property {number} gigaflops of their product, the best of a few
 */

/**
 * @param {import('../setup/paths.mjs').Paths} paths
 * @param {'native' | 'javascript'} engine
 * @param {AbortSignal} [signal]
 * @returns {Promise<Measured>}
 */
export async function measureEngine({ root }, engine, signal) {
  const output = await run(process.execPath, [probe, engine], {
    cwd: root,
    signal,
    doing: 'loading TensorFlow',
  });
  // The last line: tfjs greets on stdout in pure JavaScript.
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
}
