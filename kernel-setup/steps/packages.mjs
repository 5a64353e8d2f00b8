/**
 * Step: the npm packages, exactly as package-lock.json names them.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toolEnvironment } from '../setup/environment.mjs';
import { readJson } from '../setup/files.mjs';
import { npmCommand } from '../setup/node.mjs';
import { run } from '../setup/run.mjs';

/** @type {import('./step.mjs').Step} */
export const packages = {
  name: 'npm packages (npm ci)',

  isDone: ({ paths }) => packagesInstalled(paths.root),

  async run({ paths, signal }) {
    const [npm, ...args] = npmCommand();
    const quickToGiveUp = [
      '--fetch-retries=2',
      '--fetch-retry-mintimeout=1000',
      '--fetch-retry-maxtimeout=5000',
    ];
    await run(
      npm,
      [
        ...args,
        'ci',
        '--include=dev',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
        ...quickToGiveUp,
      ],
      {
        cwd: paths.root,
        env: toolEnvironment(paths),
        signal,
        doing: 'npm ci',
      },
    );
  },
};

/**
 * Whether node_modules holds what package-lock.json asks for. npm writes its own record there when
 * an install is complete, so an interrupted one is seen; comparing versions, not times, lets `npm
 * install` and checkouts pass.
 *
 * @param {string} root
 */
export function packagesInstalled(root) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(([place, { version, link, optional, resolved }]) => {
    if (!place.startsWith('node_modules/')) return true;
    const found = installed[place];
    // Optional packages are those of other platforms; npm leaves them out.
    if (!found) return Boolean(optional);
    return (
      found.version === version &&
      (!link || found.resolved === resolved) &&
      (isNested(place) || existsSync(join(root, place)))
    );
  });
}

/** @param {string} place */
function isNested(place) {
  return place.lastIndexOf('node_modules/') > 0;
}
