/** Tells Jupyter which kernels there are: writes their kernel.json into a Python environment. */
import { join } from 'node:path';
import { writeWhole } from './setup/files.mjs';
import { cacheEnvironment, locate } from './setup/paths.mjs';

/** The kernel's name in notebooks' metadata and on Jupyter's command line. */
export const kernelName = 'dark-matter';

const titles = { typescript: 'TypeScript (Dark Matter)', javascript: 'JavaScript (Dark Matter)' };

/**
 * How Jupyter starts the kernel that lies in the repository `root`.
 *
 * @param {string} root
 * @param {'typescript' | 'javascript'} [language] with JavaScript, cells know no type errors
 */
export function kernelSpec(root, language = 'typescript') {
  return {
    // Without the flag, Node takes an interrupt that ends a loop inside a timer's callback for a
    // corrupted stack, and aborts.
    argv: [
      process.execPath,
      '--no-force-async-hooks-checks',
      join(root, 'kernel-setup', 'dist', 'kernel', 'main.js'),
      '{connection_file}',
      ...(language === 'javascript' ? ['--javascript'] : []),
    ],
    display_name: titles[language],
    language,
    // Stop is asked for by a message, which a thread of its own reads, so it also works where there
    // are no signals.
    interrupt_mode: 'message',
    env: { TF_CPP_MIN_LOG_LEVEL: '2', ...cacheEnvironment(locate({ root })) },
    metadata: { debugger: false },
  };
}

/** Stock tslab, the kernel that ours is measured against, for whoever wants it. */
export const tslabName = 'tslab';

/** How Jupyter starts the tslab that the repository `root` has installed. @param {string} root */
export function tslabSpec(root) {
  return {
    argv: [
      process.execPath,
      join(root, 'node_modules', 'tslab', 'bin', 'tslab'),
      'kernel',
      '--config-path',
      '{connection_file}',
    ],
    display_name: 'TypeScript (tslab)',
    language: 'typescript',
  };
}

/**
 * Writes `<prefix>/share/jupyter/kernels/dark-matter/kernel.json` in one step, and returns its
 * path.
 *
 * @param {{ root: string, prefix: string }} where
 */
export async function writeKernelSpec({ root, prefix }) {
  return write(prefix, kernelName, kernelSpec(root));
}

/** The same for stock tslab. @param {{ root: string, prefix: string }} where */
export async function writeTslabSpec({ root, prefix }) {
  return write(prefix, tslabName, tslabSpec(root));
}

/** @param {string} prefix @param {string} name @param {object} spec */
const write = (prefix, name, spec) => writeSpec(join(prefix, 'share', 'jupyter'), name, spec);

/** Writes a kernel.json into a folder of Jupyter's data. @param {string} data @param {string} name @param {object} spec */
export function writeSpec(data, name, spec) {
  const file = join(data, 'kernels', name, 'kernel.json');
  writeWhole(file, `${JSON.stringify(spec, null, 2)}\n`);
  return file;
}
