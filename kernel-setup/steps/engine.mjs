/**
 * Step: the TensorFlow engine behind @tensorflow/tfjs-node.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { damagedFiles, recordChecksums } from '../engine/checksums.mjs';
import { Impossible } from '../engine/impossible.mjs';
import { installedEngine, installEngine } from '../engine/install.mjs';
import { isLinked } from '../engine/link.mjs';
import { measureEngine } from '../engine/measure.mjs';
import { upstreamRoute, wheelRoute } from '../engine/routes.mjs';
import { unpackedFolder } from '../engine/unpack.mjs';
import { thisMachine, wheelFor } from '../engine/wheels.mjs';
import { isWritable } from '../setup/cache.mjs';
import { Fault } from '../setup/fault.mjs';
import { sayLoudly } from '../setup/progress.mjs';

/** @typedef {import('../setup/paths.mjs').Paths} Paths */
/** @typedef {import('../engine/routes.mjs').Route} Route */

const routes = [wheelRoute, upstreamRoute];

/**
 * `DARK_MATTER_ENGINE=javascript` goes on without a native engine: where there is no network, say.
 */
const byRequest = process.env.DARK_MATTER_ENGINE === 'javascript';
const request = 'DARK_MATTER_ENGINE=javascript asks for it.';

/** @type {import('./step.mjs').Step} */
export const engine = {
  name: 'the TensorFlow engine',

  isDone({ paths }) {
    const now = installedEngine(paths);
    if (byRequest) return now?.engine === 'javascript';
    // Whoever runs on pure JavaScript tries again at each start: what closed the way may be gone.
    return (
      now?.key !== undefined &&
      routes.some((route) => keyOf(route, paths) === now.key) &&
      isLinked(join(paths.engines, now.key), paths.tfjsNode)
    );
  },

  async run({ paths, signal, thorough }) {
    if (byRequest) return void (await installEngine(paths, [], signal, { reasons: [request] }));
    const before = installedEngine(paths);
    try {
      const closed = thorough ? [] : before?.doNotLoad;
      await installEngine(paths, routes, signal, { closed });
    } catch (error) {
      // Notebooks that opened before still open, on a machine that is offline today.
      if (thorough || before?.engine !== 'javascript' || !(error instanceof Fault)) throw error;
      await installEngine(paths, [], signal, {
        reasons: [error.what],
        closed: before.doNotLoad,
      });
    }
  },

  async damage({ paths, signal }) {
    const now = installedEngine(paths);
    const folder = join(paths.engines, now?.key ?? '');
    if (!now?.key || !existsSync(folder)) return [];
    const found = await damagedFiles(folder, signal);
    const whole = found ? found.length === 0 : await loads(paths, signal);
    if (!found && whole && isWritable(folder)) await recordChecksums(folder, signal);
    if (whole) return [];
    const machine = wheelFor(thisMachine());
    // The same files, held once by the disk where that is possible.
    const origin = 'wheel' in machine ? [unpackedFolder(machine.wheel, paths)] : [];
    return [{ file: found?.[0] ?? folder, remove: [folder, ...origin] }];
  },

  remark({ paths }) {
    const now = installedEngine(paths);
    if (now?.engine !== 'javascript') return;
    const reasons = now.reasons.map((reason) => `\n      ${reason}`).join('');
    sayLoudly(
      `Running on pure JavaScript, some 200 times slower: notebooks open, but hardly train.${reasons}\n      The next start tries again.`,
    );
  },
};

/**
 * Of an engine that was made before checksums were kept.
 *
 * @param {Paths} paths
 * @param {AbortSignal} signal
 */
function loads(paths, signal) {
  return measureEngine(paths, 'native', signal).then(
    () => true,
    (error) => {
      if (signal.aborted) throw error;
      return false;
    },
  );
}

/**
 * @param {Route} route
 * @param {Paths} paths
 */
function keyOf(route, paths) {
  try {
    return route.key(paths);
  } catch (error) {
    if (error instanceof Impossible) return undefined;
    throw error;
  }
}
