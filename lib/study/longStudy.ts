/** Studies that take minutes, in a page that takes one. */
import { keepsResults, recordName } from '../measure/results';
import { newestRecord, type StudyRecord } from './record';
import { settingsOf, study, type Contestants, type StudyOptions } from './study';

/**
 * A study for the full budget alone (and for sweeps): there it runs, and is freed at its end. In the
 * quick budget it is the newest whole record in `results/` that has all of its contestants and five
 * seeds, or as many as `seeds` has; its note names the settings that are others than this run's.
 *
 * @returns undefined where there is no such record.
 * @throws where it runs, as `study` does.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { longStudy, measured } from 'dark-matter';
 *
 * const slow = measured(() => assert.fail('runs in the full budget only'));
 * assert.equal(await longStudy({ name: '99-tiny', contestants: { slow } }), undefined);
 * ```
 */
export async function longStudy<C extends Contestants>(
  options: StudyOptions<C>,
): Promise<StudyRecord | undefined> {
  const { name, part, data, contestants, budget = 'quick', folder, codeHash } = options;
  if (budget === 'full' || (options.keep ?? keepsResults(budget))) {
    const run = await study(options);
    run.dispose();
    return run;
  }
  const ofData = typeof data === 'function' ? undefined : data?.part;
  return newestRecord(recordName(name, part, ofData), {
    contestants: Object.keys(contestants),
    beside: settingsOf(options),
    ...(options.seeds && { seeds: options.seeds.length }),
    ...(folder !== undefined && { folder }),
    ...(codeHash !== undefined && { codeHash }),
  });
}
