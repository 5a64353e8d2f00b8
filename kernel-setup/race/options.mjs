// @ts-check
/** The arguments of `npm run race`. */
import { positive, readTexts, seedList, wholeNumber, wrong } from '../setup/options.mjs';

/** @typedef {import('../setup/fault.mjs').Usage} Usage */

export const usage = `npm run race [-- OPTIONS]: every method that learns features, with one encoder, one judge and one search for
settings, at two lengths that differ in nothing but steps.

  --data NAME      digits, emoji, fashionMnist or cifar10 (digits)
  --rows LIST      some of the rows, 'baselines' among them (all); a wrong name tells them
  --seeds LIST     0,1,2,3,4
  --short N        updates of the short length, at which settings are chosen (200)
  --long N         updates of the long length (2000)
  --learn N        images to learn from (7000; of emoji at most 3956)
  --validation N   images that choose settings (1000; of emoji at most 800)
  --test N         images that judge, once (2000; of emoji at most 1600)
  --minutes M      stop after so many minutes; the training that was running is repeated (no limit)
  --note TEXT      goes into the record: where the pictures come from

Stop it whenever you like. Each training that is done is a line in results/race-short-NAME.jsonl,
race-long-NAME.jsonl or race-tuning-NAME.jsonl; the same command goes on from there, and so does one
with other rows or seeds, as long as the library is the same.
`;

/**
 * @typedef {object} Options
 * @property {import('dark-matter').race.RaceSet} data
 * @property {string[] | undefined} rows undefined: all
 * @property {number[]} seeds
 * @property {{ short: number, long: number }} steps
 * @property {{ learn?: number, validation?: number, test?: number }} sizes
 * @property {number | undefined} limit milliseconds, whole; undefined: none
 * @property {string} note
 */

/**
 * @param {string[]} args
 * @returns {Options}
 * @throws {Usage}
 */
export function parseOptions(args) {
  const text = readTexts(args, names);
  const { data = 'digits', rows, seeds = '0,1,2,3,4', minutes, note = '' } = text;
  const set = sets.find((known) => known === data);
  if (!set) throw wrong('data', data, `one of ${sets.join(', ')}`);
  const whole = (/** @type {string} */ name, /** @type {number} */ otherwise) =>
    text[name] === undefined ? otherwise : wholeNumber(name, text[name]);
  const sizes = /** @type {const} */ (['learn', 'validation', 'test']).flatMap((part) => {
    const size = text[part];
    return size === undefined ? [] : [[part, wholeNumber(part, size)]];
  });
  return {
    data: set,
    rows: rows?.split(',').map((row) => row.trim()),
    seeds: seedList(seeds),
    steps: { short: whole('short', 200), long: whole('long', 2000) },
    sizes: Object.fromEntries(sizes),
    limit: minutes === undefined ? undefined : limitOf(minutes),
    note,
  };
}

const names = /** @type {const} */ ([
  'data',
  'rows',
  'seeds',
  'short',
  'long',
  'learn',
  'validation',
  'test',
  'minutes',
  'note',
]);

/** The library's, which may not be built yet. */
const sets = /** @type {const} */ (['digits', 'emoji', 'fashionMnist', 'cifar10']);

/** Milliseconds of a timer, at most. */
const longest = 2 ** 31 - 1;

/** @param {string} minutes */
function limitOf(minutes) {
  const limit = Math.round(60_000 * positive('minutes', minutes));
  if (limit > longest) throw wrong('minutes', minutes, `at most ${Math.floor(longest / 60_000)}`);
  return limit;
}
