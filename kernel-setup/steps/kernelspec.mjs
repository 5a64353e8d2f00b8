/**
 * Step: tells Jupyter of our kernel, in the virtual environment and nowhere else.
 */
import { join } from 'node:path';
import { kernelName, kernelSpec, writeKernelSpec } from '../kernelspec.mjs';
import { readJson } from '../setup/files.mjs';

/** @param {import('../setup/paths.mjs').Paths} paths */
export function kernelspecFile({ venv }) {
  return join(venv, 'share', 'jupyter', 'kernels', kernelName, 'kernel.json');
}

/** @type {import('./step.mjs').Step} */
export const kernelspec = {
  name: 'the kernel "TypeScript (Dark Matter)" in .venv',

  // It names the clone and the Node that runs this, so a moved clone or another Node writes it
  // anew.
  isDone: ({ paths }) =>
    JSON.stringify(readJson(kernelspecFile(paths))) === JSON.stringify(kernelSpec(paths.root)),

  async run({ paths }) {
    await writeKernelSpec({ root: paths.root, prefix: paths.venv });
  },
};
