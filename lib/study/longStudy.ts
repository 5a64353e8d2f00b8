/** Studies that take minutes, in a page that takes one. */
import { keepsResults, recordName } from '../measure/results';
import { newestRecord, type StudyRecord } from './record';
import { settingsOf, study, type Contestants, type StudyOptions } from './study';

/**
 * A study for the full budget alone (and for sweeps): there it runs, and is freed at its end. In the
 * quick budget it is the newest whole record of five seeds in `results/` that has all of its
 * contestants; its note names the settings that are others than this run's.
 *
 * @returns undefined where there is no such record.
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
  if (options.keep ?? keepsResults(budget)) {
    const run = await study(options);
    run.dispose();
    return run;
  }
  const ofData = typeof data === 'function' ? undefined : data?.part;
  return newestRecord(recordName(name, part, ofData), {
    contestants: Object.keys(contestants),
    beside: settingsOf(options),
    ...(folder !== undefined && { folder }),
    ...(codeHash !== undefined && { codeHash }),
  });
}
