/** What a race measured, from `results/`. */
import { expectOneOf } from '../../core/checks';
import { newestRecord, type NewestRecordOptions, type StudyRecord } from '../record';
import type { Length } from './race';
import { raceSets, type RaceSet } from './images';

/**
 * The newest whole record of a race: all rows that were run, each with all its seeds.
 *
 * @param set the data set.
 * @param length 'short' or 'long'.
 * @throws for another set or length; where there is none, with the command that makes it.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { race } from 'dark-matter';
 *
 * const options = { folder: 'no-results-here' };
 * await assert.rejects(race.record('digits', 'long', options), /npm run race -- --data digits/);
 * ```
 */
export async function record(
  set: RaceSet,
  length: Length,
  options: NewestRecordOptions = {},
): Promise<StudyRecord> {
  expectOneOf('record: set', set, raceSets);
  expectOneOf('record: length', length, ['short', 'long']);
  const found = await newestRecord(`race-${length}-${set}`, options);
  if (found) return found;
  throw new Error(
    `record: none of ${set}, ${length}, with ${options.seeds ?? 5} seeds: npm run race -- --data ${set}`,
  );
}
