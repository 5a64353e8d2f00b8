/**
 * Step: the TensorFlow engine behind @tensorflow/tfjs-node.
 */
import { join } from 'node:path';
import { Impossible } from '../engine/impossible.mjs';
import { installedEngine, installEngine } from '../engine/install.mjs';
import { isLinked } from '../engine/link.mjs';
import { upstreamRoute, wheelRoute } from '../engine/routes.mjs';
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

  isDone({ paths, thorough }) {
    const now = installedEngine(paths);
    if (byRequest) return now?.engine === 'javascript';
    if (now?.engine === 'javascript') return !thorough && !now.reasons.includes(request);
    return (
      now?.key !== undefined &&
      routes.some((route) => keyOf(route, paths) === now.key) &&
      isLinked(join(paths.engines, now.key), paths.tfjsNode)
    );
  },

  async run({ paths, signal }) {
    await (byRequest
      ? installEngine(paths, [], signal, [request])
      : installEngine(paths, routes, signal));
  },

  remark({ paths }) {
    const now = installedEngine(paths);
    if (now?.engine !== 'javascript') return;
    const reasons = now.reasons.map((reason) => `\n      ${reason}`).join('');
    sayLoudly(
      `Running on pure JavaScript, some 200 times slower: notebooks open, but hardly train.${reasons}\n      \`npm run setup\` tries again.`,
    );
  },
};

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
