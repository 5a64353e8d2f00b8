/** Checks that run nothing: types, lint, and what nobody uses. */
import { join } from 'node:path';
import { outcomeOf } from './outcome.mjs';

/** @typedef {import('./outcome.mjs').Check} Check */

/** @param {string} name @param {string} project @returns {Check} */
function types(name, project) {
  return {
    name,
    // By path: the `tsc` in node_modules/.bin is an older one, of a dependency.
    run: (context) => outcomeOf('typescript/bin/tsc', ['-p', project, '--noEmit'], context),
  };
}

/**
 * Files, exports and dependencies that nothing uses; knip.jsonc says what is used from outside.
 * @type {Check}
 */
const unused = {
  name: 'unused',
  run: (context) => outcomeOf('knip/bin/knip.js', ['--no-progress'], context),
};

/** @type {Check} */
const lint = {
  name: 'lint',
  run: (context) => outcomeOf('oxlint/bin/oxlint', ['--deny-warnings'], context),
};

export const staticChecks = [
  types('types: library, kernel, tests', '.'),
  types('types: gallery page', join('lib', 'gallery', 'page')),
  types('types: playground', join('kernel-setup', 'site', 'playground')),
  types('types: run it here', join('kernel-setup', 'site', 'here')),
  types('types: scripts', join('kernel-setup', 'jsconfig.json')),
  lint,
  unused,
];
