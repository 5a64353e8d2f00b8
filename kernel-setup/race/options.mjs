// @ts-check
/** The arguments of `npm run race`. */
import { readArguments } from '../setup/options.mjs';
import { Usage } from '../setup/fault.mjs';

export const usage = `npm run race [-- OPTIONS]: every method that learns features, with one encoder, one judge and one search for
settings, at two lengths that differ in nothing but steps. Notebook 17 shows what comes out.

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
 * @property {string} data
 * @property {string[] | undefined} rows undefined: all
 * @property {number[]} seeds
 * @property {{ short: number, long: number }} steps
 * @property {{ learn?: number, validation?: number, test?: number }} sizes
 * @property {number} minutes
 * @property {string} note
 */

/**
 * @param {string[]} args
 * @returns {Options}
 * @throws {Usage}
 */
export function parseOptions(args) {
  const { values } = readArguments({ args, options: named });
  const text = /** @type {Record<string, string | undefined>} */ (values);
  const whole = (/** @type {string} */ name) => {
    const given = text[name];
    if (given === undefined) return undefined;
    if (!/^[1-9]\d*$/.test(given)) throw wrong(name, given, 'a whole number from 1');
    return Number(given);
  };
  const seeds = (text['seeds'] ?? '0,1,2,3,4').split(',').map((each) => {
    if (!/^\d+$/.test(each)) throw wrong('seeds', each, 'whole numbers from 0, as in 0,1,2');
    return Number(each);
  });
  if (new Set(seeds).size < seeds.length) throw wrong('seeds', text['seeds'], 'different ones');
  const minutes = text['minutes'] === undefined ? Infinity : Number(text['minutes']);
  if (!(minutes > 0)) throw wrong('minutes', text['minutes'], 'a number above 0');
  const sizes = /** @type {const} */ (['learn', 'validation', 'test']).flatMap((part) => {
    const size = whole(part);
    return size === undefined ? [] : [[part, size]];
  });
  return {
    data: text['data'] ?? 'digits',
    rows: text['rows']?.split(',').map((row) => row.trim()),
    seeds,
    steps: { short: whole('short') ?? 200, long: whole('long') ?? 2000 },
    sizes: Object.fromEntries(sizes),
    minutes,
    note: text['note'] ?? '',
  };
}

const named = Object.fromEntries(
  ['data', 'rows', 'seeds', 'short', 'long', 'learn', 'validation', 'test', 'minutes', 'note'].map(
    (name) => [name, { type: /** @type {const} */ ('string') }],
  ),
);

/** @param {string} name @param {string | undefined} given @param {string} expected */
const wrong = (name, given, expected) =>
  new Usage(`--${name}: ${given || 'nothing'} given, ${expected} expected.`);
