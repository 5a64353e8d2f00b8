// @ts-check
/** The arguments of `npm run cifar10`. */
import { cpus } from 'node:os';
import { positive, readTexts, seedList, wholeNumber, wrong } from '../setup/options.mjs';

/** As `methods.mjs` makes them, where there is a library to make them with. */
const names = /** @type {const} */ ([
  'SimCLR',
  'VICReg',
  'Barlow Twins',
  'BYOL',
  'MoCo',
  'SwAV',
  'DINO',
  'supervised',
]);

export const usage = `npm run cifar10 [-- OPTIONS]: seven methods without labels and one with them on CIFAR-10, with equal
CPU time, beside what needs no training; a night's work. Stop it whenever you like: it goes on where it was.

  --minutes M      of training a method and seed, on all cores (12)
  --seeds LIST     0,1,2
  --images N       training images, of 50,000 (20000)
  --validation N   more of them, which choose the learning rates (2000)
  --rates LIST     learning rates to choose from (0.001,0.003,0.01)
  --tuning PART    of a full training, for each of these (0.1)
  --width N        channels of ResNet-8's first stage; the features are four times as many (16)
  --batch N        pictures a step (128)
  --methods LIST   some of them: ${names.join(', ')}
  --note TEXT      goes into the record: where the pictures come from

The pictures are CIFAR-10's (170 MB, downloaded once), or what the variable DARK_MATTER_DATA names.
Each finished method and seed is a line in results/cifar10.jsonl, each learning rate one in
results/cifar10-tuning.jsonl.
`;

/** @typedef {import('../setup/fault.mjs').Usage} Usage */
/** @typedef {import('./night.mjs').Night & { images: number }} Options */

/**
 * @param {string[]} args
 * @returns {Options}
 * @throws {Usage}
 */
export function parseOptions(args) {
  const text = readTexts(args, options);
  const number = (/** @type {string} */ name, /** @type {number} */ otherwise) =>
    text[name] === undefined ? otherwise : positive(name, text[name]);
  const list = (/** @type {string} */ name, /** @type {string} */ otherwise) =>
    (text[name] ?? otherwise).split(',');
  const whole = (/** @type {string} */ name, /** @type {number} */ otherwise) =>
    text[name] === undefined ? otherwise : wholeNumber(name, text[name]);
  const tuning = number('tuning', 0.1);
  if (tuning > 1) throw wrong('tuning', text['tuning'] ?? '', 'a part in (0, 1]');
  const methods = list('methods', names.join(',')).map((each) => {
    const name = names.find((known) => known === each.trim());
    if (!name) throw wrong('methods', each, `one of ${names.join(', ')}`);
    return name;
  });
  return {
    seeds: seedList(text['seeds'] ?? '0,1,2'),
    methods: [...new Set(methods)],
    cpuMinutes: number('minutes', 12) * cpus().length,
    images: whole('images', 20_000),
    validation: whole('validation', 2000),
    rates: list('rates', '0.001,0.003,0.01').map((each) => positive('rates', each)),
    tuning,
    width: whole('width', 16),
    batch: whole('batch', 128),
    note: text['note'] ?? '',
  };
}

const options = /** @type {const} */ ([
  'minutes',
  'seeds',
  'images',
  'validation',
  'rates',
  'tuning',
  'width',
  'batch',
  'methods',
  'note',
]);
