// @ts-check
/** One case on all peers: the same losses first, then rounds in which each has its turn. */
import { ratio, spread } from './statistics.mjs';

/** @typedef {import('./peer.mjs').Peer} Peer */
/** @typedef {import('./statistics.mjs').Spread} Spread */

/**
 * @typedef {object} Figures of a peer in a case; milliseconds of a step
 * @property {number[]} losses
 * @property {number} compileMs
 * @property {number[]} rounds
 * @property {Spread} ms
 * @property {Spread} [ratio] our time by this peer's: below 1 we are faster
 * @property {string} [mode]
 * @property {number} [nodes]
 */

/** @typedef {{ missing: string }} Missing why there are no figures */

/** @typedef {Record<string, Figures | Missing>} Outcome by the peers' names */

/** How far the peers' losses may be from ours, relative to them. */
const tolerance = 1e-4;

/**
 * @param {readonly Peer[]} peers ours first
 * @param {{ name: string, file: string, rounds: number, turnMs: number, missing?: Record<string,
 * string> }} how
 * @returns {Promise<Outcome>}
 */
export async function measure(peers, { name, file, rounds, turnMs }) {
  /** @type {Outcome} */
  const outcome = {};
  /** @type {{ peer: Peer, ready: import('./peer.mjs').Ready, steps: number, times: number[] }[]} */
  const running = [];
  for (const peer of peers) {
    try {
      const ready = await peer.prepare(name, file);
      const [ours] = running;
      if (ours) requireSame(ready.losses, ours.ready.losses);
      const once = await peer.round(2);
      running.push({
        peer,
        ready,
        steps: Math.min(Math.max(Math.round(turnMs / once), 1), 500),
        times: [],
      });
    } catch (error) {
      if (running.length === 0)
        throw new Error(`${name}: ${peer.name}: ${/** @type {Error} */ (error).message}`);
      outcome[peer.name] = {
        missing: /** @type {Error} */ (error).message.split('\n')[0].slice(0, 200),
      };
    }
  }
  for (let round = 0; round < rounds; round++) {
    // There and back, so that nobody is always the one after the same other.
    const turns = round % 2 === 0 ? running : [...running].reverse();
    for (const { peer, steps, times } of turns) times.push(await peer.round(steps));
  }
  for (const { peer, ready, times } of running) {
    const first = peer === running[0].peer;
    outcome[peer.name] = {
      ...ready,
      rounds: times,
      ms: spread(times),
      ...(first ? {} : { ratio: ratio(running[0].times, times) }),
    };
    await peer.finish();
  }
  return Object.fromEntries(peers.map((peer) => [peer.name, outcome[peer.name]]));
}

/** @param {readonly number[]} losses @param {readonly number[]} ours */
export function requireSame(losses, ours) {
  const apart = losses.map((loss, i) => Math.abs(loss - ours[i]) / Math.abs(ours[i]));
  if (losses.length === ours.length && apart.every((distance) => distance <= tolerance)) return;
  throw new Error(
    `another loss: ${losses.map((loss) => loss.toPrecision(6)).join(', ')}, ours ${ours.map((loss) => loss.toPrecision(6)).join(', ')}`,
  );
}
