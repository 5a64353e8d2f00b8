/**
 * Steps: the compiled library and the compiled kernel. Notebooks import JavaScript, which loads in
 * a fraction of the time that TypeScript sources take.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesBelow, readJson, stamp, writeWhole } from '../setup/files.mjs';
import { sayLoudly } from '../setup/progress.mjs';
import { ProgramFailed, run } from '../setup/run.mjs';

/** @typedef {import('../setup/paths.mjs').Paths} Paths */

/**
 * A TypeScript project of this clone: `folder` holds tsconfig.json, and compiles to `folder`/dist.
 */
export const projects = [
  { name: 'the library (lib/dist)', folder: 'lib' },
  { name: 'the kernel (kernel-setup/dist)', folder: 'kernel-setup' },
];

export const [library, kernel] = projects.map(({ name, folder }) => buildStep(name, folder));

/**
 * @param {string} name
 * @param {string} folder
 * @returns {import('./step.mjs').Step}
 */
function buildStep(name, folder) {
  return {
    name: `compiling ${name}`,
    isDone: ({ paths }) => isBuilt(paths, folder),
    async run({ paths, signal }) {
      const errors = await build(paths, folder, signal);
      // JavaScript was written all the same, so notebooks open while somebody is half-way through
      // an edit.
      if (errors) sayLoudly(`Type errors in ${name}; the next start compiles it again.\n${errors}`);
    },
  };
}

/**
 * @param {Paths} paths
 * @param {string} folder
 */
export function isBuilt({ root }, folder) {
  return (
    !hasProject(root, folder) || readJson(note(root, folder))?.stamp === sources(root, folder).stamp
  );
}

/**
 * Compiles one project, incrementally where the last build was not interrupted.
 *
 * @param {Paths} paths
 * @param {string} folder
 * @param {AbortSignal} [signal]
 * @returns {Promise<string | undefined>} the compiler's errors
 */
export async function build({ root }, folder, signal) {
  if (!hasProject(root, folder)) return undefined;
  const dist = join(root, folder, 'dist');
  const wasFinished = existsSync(note(root, folder));
  rmSync(wasFinished ? note(root, folder) : dist, { recursive: true, force: true });

  const { files, stamp } = sources(root, folder);
  removeOrphans(join(root, folder), dist, files);
  // By path: the `tsc` in node_modules/.bin is an older one, of a dependency.
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  /** @type {string | undefined} */
  let errors;
  try {
    await run(process.execPath, [tsc, '-p', folder], {
      cwd: root,
      signal,
      doing: `tsc -p ${folder}`,
    });
  } catch (error) {
    // 2: types do not check, and JavaScript was written all the same.
    if (!(error instanceof ProgramFailed) || error.code !== 2) throw error;
    errors = error.output.trimEnd();
  }
  writeWhole(note(root, folder), JSON.stringify(errors ? { errors } : { stamp }));
  return errors;
}

/**
 * What a build depends on: contents, not times, so that a checkout back and forth compiles nothing.
 *
 * @param {string} root
 * @param {string} folder
 */
function sources(root, folder) {
  const files = filesBelow(
    join(root, folder),
    (name) => name !== 'dist' && name !== 'node_modules',
  ).filter((path) => path.endsWith('.ts'));
  const settings = [
    join(root, 'tsconfig.json'),
    join(root, folder, 'tsconfig.json'),
    join(root, 'node_modules', 'typescript', 'package.json'),
  ];
  const contents = [...settings, ...files].flatMap((path) => [
    relative(root, path),
    existsSync(path) ? readFileSync(path) : '',
  ]);
  return { files, stamp: stamp(...contents) };
}

/**
 * Removes what was compiled from sources that are gone, which would still import.
 *
 * @param {string} project
 * @param {string} dist
 * @param {string[]} files
 */
function removeOrphans(project, dist, files) {
  const expected = new Set(files.map((path) => relative(project, path).replace(/\.ts$/, '')));
  for (const path of filesBelow(dist)) {
    const match = /^(.*?)(?:\.d)?\.(?:js|ts)(?:\.map)?$/.exec(relative(dist, path));
    if (match && !expected.has(match[1])) rmSync(path);
  }
}

/**
 * @param {string} root
 * @param {string} folder
 */
function hasProject(root, folder) {
  return existsSync(join(root, folder, 'tsconfig.json'));
}

/**
 * @param {string} root
 * @param {string} folder
 */
function note(root, folder) {
  return join(root, folder, 'dist', '.built.json');
}
