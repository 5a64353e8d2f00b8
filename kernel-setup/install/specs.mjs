/** Kernels in a folder of Jupyter's data: written, found, removed. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { kernelName, kernelSpec, writeSpec } from '../kernelspec.mjs';
import { Usage } from '../setup/fault.mjs';
import { readJson } from '../setup/files.mjs';

/**
 * @typedef {object} Found
 * @property {string} name as `jupyter console --kernel` takes it
 * @property {string} title as JupyterLab shows it
 * @property {string} folder
 * @property {boolean} whole whether what it starts is still there
 */

/** What Jupyter accepts as a kernel's name. @param {string} name @throws {Usage} */
export function checkedName(name) {
  if (/^[a-z0-9._-]+$/i.test(name)) return name;
  throw new Usage(
    `--name: ${JSON.stringify(name)} given, letters, digits, '.', '_' and '-' expected.`,
  );
}

/**
 * The two kernels of one name: TypeScript's, and JavaScript's, whose cells know no type errors.
 *
 * @param {string} name
 */
const pairOf = (name) =>
  /** @type {const} */ ([
    [name, 'typescript'],
    [`${name}-javascript`, 'javascript'],
  ]);

/**
 * Writes both kernels' kernel.json, each in one step.
 *
 * @param {string} data
 * @param {{ root: string, name: string }} kernel
 * @returns {Found[]}
 * @throws {Usage} where another kernel has the name
 */
export function install(data, { root, name }) {
  const taken = pairOf(name).find(([each]) => isForeign(join(data, 'kernels', each)));
  if (taken)
    throw new Usage(
      `--name: ${JSON.stringify(name)} given, and ${join(data, 'kernels', taken[0])} is another kernel: another name expected.`,
    );
  for (const [each, language] of pairOf(name)) {
    const spec = kernelSpec(root, language);
    // Two with one title could not be told apart in JupyterLab.
    if (name !== kernelName) spec.display_name += ` ${name}`;
    writeSpec(data, each, spec);
  }
  return named(data, name);
}

/**
 * Removes both; the names of those that were there.
 *
 * @param {string} data
 * @param {string} name
 */
export function uninstall(data, name) {
  const there = named(data, name);
  for (const { folder } of there) rmSync(folder, { recursive: true });
  return there;
}

/** Those of one name. @param {string} data @param {string} name */
const named = (data, name) =>
  ours(data).filter((found) => pairOf(name).some(([each]) => each === found.name));

/** Our kernels in a folder of data. @param {string} data @returns {Found[]} */
export function ours(data) {
  const kernels = join(data, 'kernels');
  if (!existsSync(kernels)) return [];
  return readdirSync(kernels)
    .sort()
    .flatMap((name) => {
      const folder = join(kernels, name);
      const program = programOf(folder);
      if (program === undefined) return [];
      const title = String(readJson(join(folder, 'kernel.json')).display_name);
      return [{ name, title, folder, whole: existsSync(program) }];
    });
}

/** What one of our kernels starts; undefined of another's. @param {string} folder */
function programOf(folder) {
  const argv = readJson(join(folder, 'kernel.json'))?.argv;
  const ending = /kernel-setup[\\/]dist[\\/]kernel[\\/]main\.js$/;
  /** @type {unknown} */
  const program = Array.isArray(argv) ? argv.find((each) => ending.test(String(each))) : undefined;
  return program === undefined ? undefined : String(program);
}

/** @param {string} folder */
const isForeign = (folder) =>
  existsSync(join(folder, 'kernel.json')) && programOf(folder) === undefined;
