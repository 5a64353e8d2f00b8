/** Checks that run nothing: types, lint, and what nobody uses. */
import { join } from 'node:path';
import { collect, single } from './outcome.mjs';

/** @typedef {import('./outcome.mjs').Check} Check */

/** @param {string} name @param {string} project @returns {Check} */
function types(name, project) {
  return {
    name,
    // By path: the `tsc` in node_modules/.bin is an older one, of a dependency.
    run: async (context) =>
      single(
        (await collect(
          process.execPath,
          [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', project, '--noEmit'],
          context,
        )) === 0,
      ),
  };
}

export const typesOfSources = types('types: library, kernel, tests', '.');
export const typesOfScripts = types('types: scripts', join('kernel-setup', 'jsconfig.json'));

/**
 * Files, exports and dependencies that nothing uses; knip.jsonc says what is used from outside.
 * @type {Check}
 */
export const unused = {
  name: 'unused',
  run: async (context) =>
    single(
      (await collect(
        process.execPath,
        [join('node_modules', 'knip', 'bin', 'knip.js'), '--no-progress'],
        context,
      )) === 0,
    ),
};

/** @type {Check} */
export const lint = {
  name: 'lint',
  run: async (context) =>
    single(
      (await collect(
        process.execPath,
        [join('node_modules', 'oxlint', 'bin', 'oxlint'), '--deny-warnings'],
        context,
      )) === 0,
    ),
};
