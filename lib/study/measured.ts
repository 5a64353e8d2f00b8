/** A row of a study that trains nothing: what a function counts with a seed. */
import type { Settings } from '../measure/results';
import type { Contestant, Figures, Turn } from './contestant';

/**
 * A measurement as a contestant: its figures are recorded as they come, and no features are judged.
 * A study of measurements alone needs no `data`.
 *
 * @param of the figures for one seed.
 * @param options.seeded whether they differ from seed to seed; default true.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measured, study } from 'dark-matter';
 *
 * const squares = measured(({ seed }) => ({ 'seed squared': seed ** 2 }));
 * const result = await study({ name: 'tiny', contestants: { squares }, seeds: [1, 3] });
 * assert.equal(result.mean('squares', 'seed squared'), 5);
 * ```
 */
export function measured(
  of: (turn: Omit<Turn, 'sets'>) => Figures | Promise<Figures>,
  { seeded = true, settings = {} }: { seeded?: boolean; settings?: Settings } = {},
): Contestant<undefined> {
  return {
    seeded,
    trained: false,
    settings,
    async ready(turn) {
      return { params: undefined, figures: await of(turn), dispose() {} };
    },
  };
}
