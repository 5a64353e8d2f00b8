/**
 * Step: tells Jupyter of our kernel, and of stock tslab, in the virtual environment and nowhere
 * else.
 */
import { join } from 'node:path';
import {
  kernelName,
  kernelSpec,
  tslabName,
  tslabSpec,
  writeKernelSpec,
  writeTslabSpec,
} from '../kernelspec.mjs';
import { readJson } from '../setup/files.mjs';

/** @param {import('../setup/paths.mjs').Paths} paths @param {string} [name] */
export function kernelspecFile({ venv }, name = kernelName) {
  return join(venv, 'share', 'jupyter', 'kernels', name, 'kernel.json');
}

/** @type {import('./step.mjs').Step} */
export const kernelspec = {
  name: 'the kernels "TypeScript (Dark Matter)" and "TypeScript (tslab)" in .venv',

  // They name the clone and the Node that runs this, so a moved clone or another Node writes them
  // anew.
  isDone: ({ paths }) =>
    isWritten(kernelspecFile(paths), kernelSpec(paths.root)) &&
    isWritten(kernelspecFile(paths, tslabName), tslabSpec(paths.root)),

  async run({ paths }) {
    const where = { root: paths.root, prefix: paths.venv };
    await writeKernelSpec(where);
    await writeTslabSpec(where);
  },
};

/** @param {string} file @param {object} spec */
function isWritten(file, spec) {
  return JSON.stringify(readJson(file)) === JSON.stringify(spec);
}
