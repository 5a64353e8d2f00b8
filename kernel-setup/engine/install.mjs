/**
 * Installs the first engine whose route is open, and announces each that is not.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Interrupted } from '../setup/fault.mjs';
import { readJson, writeWhole } from '../setup/files.mjs';
import { recordChecksums } from './checksums.mjs';
import { withLock } from '../setup/lock.mjs';
import { unfinishedPrefix } from '../setup/paths.mjs';
import { say, sayLoudly } from '../setup/progress.mjs';
import { Impossible } from './impossible.mjs';
import { isLinked, linkEngine, unlinkEngine } from './link.mjs';
import { measureEngine } from './measure.mjs';

/** @typedef {import('../setup/paths.mjs').Paths} Paths */
/** @typedef {import('./routes.mjs').Route} Route */

/**
 * What runs, and why: `.dark-matter/engine.json`.
 *
 * @typedef {object} Installed
 * @property {'native' | 'javascript'} engine
 * @property {string} [key] the native engine's folder in the cache
 * @property {string} [route]
 * @property {string[]} reasons why the better routes are closed; empty where the best was taken
 * @property {string[]} [doNotLoad] keys of engines that were built and do not load on this machine
 */

/**
 * @param {Paths} paths
 * @returns {Installed | undefined}
 */
export function installedEngine({ state }) {
  return readJson(join(state, 'engine.json'));
}

/**
 * @param {Paths} paths
 * @param {Route[]} routes best first
 * @param {AbortSignal} signal
 * @param {object} [earlier] what is known before
 * @param {string[]} [earlier.reasons] why none better is tried
 * @param {string[]} [earlier.closed] engines, by key, that do not load: they are not built again
 * @param {typeof measureEngine} [measure] loads the linked engine, and throws where it does not
 * load
 * @returns {Promise<Installed>}
 */
export async function installEngine(
  paths,
  routes,
  signal,
  { reasons = [], closed = [] } = {},
  measure = measureEngine,
) {
  const doNotLoad = [...closed];
  for (const route of routes) {
    let key;
    try {
      key = route.key(paths);
      if (closed.includes(key)) throw new Impossible('it was built before, and does not load');
      await take(paths, route, key, signal, measure);
      return remember(paths, { engine: 'native', key, route: route.name, reasons });
    } catch (error) {
      if (!(error instanceof Impossible)) throw error;
      if (error instanceof DoesNotLoad && key) doNotLoad.push(key);
      reasons = [...reasons, `${route.name}: ${error.message}`];
      sayLoudly(`No engine by this way: ${route.name}. The reason: ${error.message}`);
    }
  }
  unlinkEngine(paths.tfjsNode);
  return remember(paths, {
    engine: 'javascript',
    reasons,
    ...(doNotLoad.length > 0 && { doNotLoad }),
  });
}

/** Another attempt would build the same, which is not worth it at every start. */
class DoesNotLoad extends Impossible {}

/**
 * Takes the engine from the cache, or builds it there.
 *
 * @param {Paths} paths
 * @param {Route} route
 * @param {string} key
 * @param {AbortSignal} signal
 * @param {typeof measureEngine} measure
 */
async function take(paths, route, key, signal, measure) {
  const folder = join(paths.engines, key);
  // It ran in this clone before: after `npm ci` the links are all that is missing.
  const proven = existsSync(folder) && installedEngine(paths)?.key === key;
  /** @returns {Promise<Error | undefined>} why it does not load */
  const tryIt = async () => {
    if (!existsSync(folder)) return new Error('it is not there');
    linkEngine(folder, paths.tfjsNode);
    if (proven && isLinked(folder, paths.tfjsNode)) return undefined;
    return measure(paths, 'native', signal).then(
      ({ tensorflow, gigaflops }) =>
        say(`TensorFlow ${tensorflow} runs: ${gigaflops.toFixed(0)} GFLOPS.`),
      (error) => (error instanceof Interrupted ? Promise.reject(error) : error),
    );
  };

  if (!(await tryIt())) return;
  // One lock for the cache, which all clones share: another may have built it while we waited.
  await withLock(
    join(paths.cache, 'engine.lock'),
    async () => {
      if (!(await tryIt())) return;
      await buildAside(paths, route, folder, signal);
      const error = await tryIt();
      if (!error) return;
      rmSync(folder, { recursive: true });
      throw new DoesNotLoad(
        `it was built, but does not load: ${error.message.split('\n').slice(0, 4).join(' ')}`,
      );
    },
    { signal, say },
  );
}

/**
 * @param {Paths} paths
 * @param {Route} route
 * @param {string} folder
 * @param {AbortSignal} signal
 */
async function buildAside(paths, route, folder, signal) {
  mkdirSync(paths.engines, { recursive: true });
  // We hold the lock, so whatever is unfinished was left by a setup that was interrupted.
  for (const name of readdirSync(paths.engines)) {
    if (name.startsWith(unfinishedPrefix))
      rmSync(join(paths.engines, name), { recursive: true, force: true });
  }
  const aside = paths.unfinished('engine');
  mkdirSync(aside);
  try {
    await route.build(paths, aside, signal);
    await recordChecksums(aside, signal);
    rmSync(folder, { recursive: true, force: true });
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/**
 * @param {Paths} paths
 * @param {Installed} what
 */
function remember({ state }, what) {
  writeWhole(join(state, 'engine.json'), JSON.stringify(what, undefined, 2));
  return what;
}
