/** What a contestant's training costs, beside what it is worth. */
import type { Contestant } from './contestant';

/**
 * Seconds since it was made: of this process's work on all cores, which pauses and other programs do
 * not change; in a browser, which does not tell them, seconds that passed.
 */
function stopwatch(): () => number {
  const cpu = globalThis.process?.cpuUsage?.bind(globalThis.process);
  if (!cpu) {
    const began = performance.now();
    return () => (performance.now() - began) / 1000;
  }
  const began = cpu();
  return () => {
    const { user, system } = cpu(began);
    return (user + system) / 1e6;
  };
}

/**
 * A contestant with one more figure, 'training, core-s': the seconds of work that its training took
 * on all cores together, its compilation included and its judging not. On two busy cores that is
 * about twice the time that passes. (In a browser: the time that passes.)
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measured, study, timed } from 'dark-matter';
 *
 * const counting = measured(() => ({ sum: Array.from({ length: 1e5 }, (_, i) => i).length }));
 * const result = await study({ name: 'tiny', contestants: { counting: timed(counting) } });
 * assert(result.mean('counting', 'training, core-s') >= 0);
 * ```
 */
export function timed<P, F>(contestant: Contestant<P, F>): Contestant<P, F> {
  return {
    ...contestant,
    async ready(turn) {
      const seconds = stopwatch();
      const ready = await contestant.ready(turn);
      return { ...ready, figures: { ...ready.figures, 'training, core-s': seconds() } };
    },
  };
}
