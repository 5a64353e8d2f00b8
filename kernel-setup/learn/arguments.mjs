/** The command line of `npm run learn`. */
import { basename, relative, resolve } from 'node:path';
import { Usage } from '../setup/fault.mjs';
import { readArguments } from '../setup/options.mjs';

export const HELP = `\
npm run learn -- FOLDER [options]

Learns from a folder of photographs without labels, and leaves in another folder: a page to look at them (index.html), their
embeddings (CSV, Parquet, safetensors), the trained encoder (a SavedModel and safetensors), what it is worth beside raw pixels
and PCA (report.json), and with labels a classifier's predictions with their confidence. Nothing leaves this machine.

FOLDER   pictures (JPEG, PNG, WebP, AVIF, GIF, TIFF), in folders as deep as you like. Where they lie in two or more folders of
         their own, those are taken for classes, by which is judged and never trained.

      --method NAME    simclr (default), vicreg, barlow-twins, byol, simsiam; or agreement, the control that collapses
      --minutes N      how long it trains, about (default 10)
      --steps N        updates in all, instead of minutes: the same steps and seed give the same encoder
      --out DIR        where the results go (default: FOLDER's name with -learned, here)
      --labels FILE    a table (CSV) with the columns file and label, for a few of the pictures: makes a classifier
      --side N         pixels a side that the encoder sees, 16 to 128 (default 32); twice as many take four times as long
      --seed N         a whole number (default 0)
  -h, --help           this text

Ctrl-C ends the training and writes what there is; the same command goes on from there. A second Ctrl-C ends at once.
Progress goes to stderr, results to stdout.
Exit code: 0 done, 1 failed, 2 wrong usage or unusable pictures, 3 something is missing on this machine, 130 interrupted.
`;

/**
 * @typedef {object} Arguments
 * @property {string} folder absolute
 * @property {string} out absolute
 * @property {string | undefined} method
 * @property {number} minutes
 * @property {number | undefined} steps
 * @property {string | undefined} labels absolute
 * @property {number} side
 * @property {number} seed
 */

/**
 * @param {string[]} argv
 * @param {string} cwd where the user is
 * @returns {Arguments}
 * @throws {Usage}
 */
export function parseArguments(argv, cwd) {
  const { values, positionals } = readArguments({
    args: argv,
    allowPositionals: true,
    options: {
      method: { type: 'string' },
      minutes: { type: 'string' },
      steps: { type: 'string' },
      out: { type: 'string' },
      labels: { type: 'string' },
      side: { type: 'string', default: '32' },
      seed: { type: 'string', default: '0' },
    },
  });
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0)
    throw new Usage(
      `FOLDER: ${given === undefined ? 'none' : positionals.join(', ')} given, one folder of pictures expected` +
        (more.length > 0 ? ' (put quotes around a path with spaces)' : ''),
    );
  if (values.minutes !== undefined && values.steps !== undefined)
    throw new Usage('--steps: given with --minutes, one of the two expected');
  const folder = resolve(cwd, given);
  const out = resolve(cwd, values.out ?? `${basename(folder) || 'pictures'}-learned`);
  const inside = relative(folder, out);
  if (!inside.startsWith('..') && !/^([A-Za-z]:|[\\/])/.test(inside))
    throw new Usage(
      `--out: ${out} lies in the folder of the pictures, another one expected, so that results are not taken for pictures`,
    );
  return {
    folder,
    out,
    method: values.method,
    minutes: minutes(values.minutes ?? '10'),
    steps: values.steps === undefined ? undefined : whole('--steps', values.steps, 1),
    labels: values.labels === undefined ? undefined : resolve(cwd, values.labels),
    side: whole('--side', values.side, 16, 128),
    seed: whole('--seed', values.seed, 0),
  };
}

/** @param {string} text */
function minutes(text) {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new Usage(`--minutes: "${text}" given, a number above 0 expected`);
  return value;
}

/** @param {string} option @param {string} text @param {number} low @param {number} [high] */
function whole(option, text, low, high = 2 ** 31 - 1) {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < low || value > high)
    throw new Usage(
      `${option}: "${text}" given, a whole number ${high < 2 ** 31 - 1 ? `from ${low} to ${high}` : `of at least ${low}`} expected`,
    );
  return value;
}
