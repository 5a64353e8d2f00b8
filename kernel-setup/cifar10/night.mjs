// @ts-check
/**
 * The study itself: learning rates chosen on a validation part of the training images, then every
 * method for every seed, judged once on the test images. Whatever is finished is a line in
 * `results/`, and is not run again.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { data, judge, measure, study, tf } from 'dark-matter';
import { toBeat, trained } from './contestants.mjs';
import { planSteps } from './plan.mjs';
import { byName, tunedRates } from './tuning.mjs';

/** @typedef {import('dark-matter').data.ImageSet} ImageSet */
/** @typedef {import('./methods.mjs').MethodName} MethodName */

/**
 * @typedef {object} Night
 * @property {readonly number[]} seeds
 * @property {number} cpuMinutes of training, a method and seed
 * @property {number} [steps] instead of `cpuMinutes`: of each method, whatever they cost
 * @property {number} width of the encoder's first stage
 * @property {number} batch
 * @property {number} validation training images that choose the learning rates; none learns from them
 * @property {readonly number[]} rates learning rates to choose from
 * @property {number} tuning the part of a full training that each of them gets, in (0, 1]
 * @property {readonly MethodName[]} methods
 * @property {string} note of the data, for the record
 */

/**
 * @param {Pick<ImageSet, 'train' | 'test'>} images with the validation part among the training images
 * @param {Night} given
 * @param {{ folder: string, results?: string, signal?: AbortSignal, tell?: (text: string) => void,
 * codeHash?: string, every?: number }} where `folder` is for what goes on after a stop, `every` the
 * steps between two checkpoints (50), `results` for the record (default: the library's)
 */
export async function night(images, given, where) {
  const { seeds, methods, ...knobs } = given;
  const { cpuMinutes, width, batch, validation, rates, tuning } = given;
  const { signal, tell, every = 50 } = where;
  const codeHash = where.codeHash ?? (await hashOfCode());
  const settings = { ...knobs, rates: rates.join(' '), images: images.train.labels.shape[0] };
  const folder = join(where.folder, digest([codeHash, settings, methods]).slice(0, 8));
  const shared = {
    name: 'cifar10',
    budget: /** @type {const} */ ('full'),
    keep: /** @type {const} */ ('turns'),
    codeHash,
    settings,
    ...(where.results !== undefined && { folder: where.results }),
    ...(signal && { signal }),
    ...(tell && { onProgress: tell }),
  };
  const parts = split(images.train, validation);
  try {
    const { learn, validate } = parts;
    const steps = given.steps
      ? byName(methods, () => /** @type {number} */ (given.steps))
      : await planSteps(folder, { cpuMinutes, methods, train: learn, width, batch, signal });
    const training = { train: learn, width, batch, steps, folder, every };
    const short = byName(methods, (name) => Math.max(1, Math.round(tuning * steps[name])));
    const best = await tunedRates(shared, {
      methods,
      rates,
      training: { ...training, steps: short },
      validation: validate,
    });

    const { 'raw pixels': pixels, [`PCA, ${4 * width}`]: components, ...seeded } = toBeat(width);
    const result = await study({
      ...shared,
      seeds,
      data: { train: learn, test: images.test },
      contestants: {
        ...seeded,
        ...byName(methods, (name) => trained(name, best[name], training)),
        // Last: with 3,072 numbers a picture their linear probe takes minutes.
        [`PCA, ${4 * width}`]: components,
        'raw pixels': pixels,
      },
      judge: (features) => judge(features, { perClass: fewOf(learn.labels.shape[0]) }),
      settings: { ...settings, ...withPrefix('rate', best) },
    });
    result.dispose();
    return result;
  } finally {
    tf.dispose(Object.values(parts).flatMap((part) => [part.images, part.labels]));
  }
}

/** Labels a class of ten, where a tenth and a hundredth of the images have one. @param {number} n */
const fewOf = (n) => [0.1, 0.01].map((part) => Math.max(1, Math.round((part * n) / 10)));

/** Of the library's sources and of the study's own: equal for equal code. */
async function hashOfCode() {
  const sources = readdirSync(here).sort();
  const own = sources.map((name) => readFileSync(join(here, name), 'utf8'));
  return digest([await measure.hashOfCode('cifar10'), own]);
}

const here = fileURLToPath(new URL('.', import.meta.url));

const digest = (/** @type {unknown} */ value) =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/** @param {string} word @param {Record<string, number>} values */
const withPrefix = (word, values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${word}: ${name}`, value]));

/**
 * Training images in two, with equal shares of each class: what is learned from, and what chooses.
 *
 * @param {ImageSet['train']} train
 * @param {number} validation
 */
function split({ images, labels }, validation) {
  const all = labels.dataSync();
  const [held, rest] = /** @type {[Int32Array, Int32Array]} */ (
    data.stratifiedSplit(all, [validation, all.length - validation], 0)
  );
  /** @param {Int32Array} rows @returns {ImageSet['train']} */
  const part = (rows) => {
    const at = tf.tensor1d(rows, 'int32');
    const chosen = { images: tf.gather(images, at), labels: tf.gather(labels, at) };
    at.dispose();
    return chosen;
  };
  return { learn: part(rest), validate: part(held) };
}
