// @ts-check
/** What a turn costs, in seconds of CPU time: it may be stopped and continued, or killed and resumed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('dark-matter').Contestant} Contestant */

/** CPU seconds of this process, of all its threads. */
export function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The name of the figure. */
export const cpuFigure = 'CPU, s';

/** Seconds between two writings. */
const interval = 5;

/**
 * The contestant, with the CPU time of its training among its figures. What a killed process had
 * spent is read from a file.
 *
 * @param {Contestant} contestant
 * @param {string} folder where the file lies, one a seed
 * @returns {Contestant}
 */
export function timed(contestant, folder) {
  return {
    ...contestant,
    async ready(turn) {
      const file = join(folder, `cpu-${turn.seed}.txt`);
      const earlier = existsSync(file) ? Number(readFileSync(file, 'utf8')) || 0 : 0;
      const began = cpuSeconds();
      const spent = () => earlier + cpuSeconds() - began;
      mkdirSync(folder, { recursive: true });
      let written = began;
      const ready = await contestant.ready({
        ...turn,
        progress(text) {
          if (cpuSeconds() - written > interval) {
            writeFileSync(file, String(spent()));
            written = cpuSeconds();
          }
          turn.progress(text);
        },
      });
      writeFileSync(file, String(spent()));
      return { ...ready, figures: { ...ready.figures, [cpuFigure]: spent() } };
    },
  };
}
