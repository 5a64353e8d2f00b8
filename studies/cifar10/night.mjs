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

/** @typedef {import('dark-matter').data.ImageSet} ImageSet */
/** @typedef {import('dark-matter').Contestant} Contestant */
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
 * codeHash?: string, every?: number }} where `folder` is for what goes on after a stop, `results` for the record
 * (default: the library's)
 */
export async function night(images, given, where) {
  const { seeds, cpuMinutes, width, batch, validation, rates, tuning } = given;
  const codeHash = where.codeHash ?? (await hashOfCode());
  const { seeds: _seeds, methods, ...knobs } = given;
  /**
   * A record with a value for each method.
   * @template T
   * @param {(name: MethodName) => T} value
   * @returns {Record<MethodName, T>}
   */
  const byName = (value) =>
    /** @type {any} */ (Object.fromEntries(methods.map((name) => [name, value(name)])));
  const settings = { ...knobs, rates: rates.join(' '), images: images.train.labels.shape[0] };
  const own = createHash('sha256')
    .update(JSON.stringify([codeHash, settings, methods]))
    .digest('hex');
  const folder = join(where.folder, own.slice(0, 8));
  const { signal, tell } = where;
  const shared = {
    name: 'cifar10',
    budget: /** @type {const} */ ('full'),
    keep: /** @type {const} */ ('turns'),
    codeHash,
    ...(where.results !== undefined && { folder: where.results }),
    ...(signal && { signal }),
    ...(tell && { onProgress: tell }),
  };
  const parts = split(images.train, validation);
  try {
    const steps = given.steps
      ? byName(() => /** @type {number} */ (given.steps))
      : await planSteps(folder, { cpuMinutes, methods, train: parts.learn, width, batch, signal });
    const training = { train: parts.learn, width, batch, folder, every: where.every ?? 50 };

    // All pictures are learned from; the labels of some are enough to choose a rate.
    const some = first(parts.learn, Math.min(5000, parts.learn.labels.shape[0]));
    const short = byName((name) => Math.max(1, Math.round(tuning * steps[name])));
    const tried = await study({
      ...shared,
      part: 'tuning',
      seeds: [0],
      data: { train: some, test: parts.validate },
      contestants: Object.fromEntries(
        methods.flatMap((name) =>
          rates.map((rate) => [
            label(name, rate),
            trained(name, rate, { ...training, steps: short }),
          ]),
        ),
      ),
      judge: (features) => ({ [validated]: 100 * measure.linearProbe(...both(features)).accuracy }),
      settings,
    });
    tried.dispose();
    tf.dispose([some.images, some.labels]);
    const best = byName((name) =>
      rates.reduce((a, b) =>
        tried.mean(label(name, b), validated) > tried.mean(label(name, a), validated) ? b : a,
      ),
    );

    const classes = 10;
    const perClass = [10, 1].map((percent) =>
      Math.max(1, Math.round((parts.learn.labels.shape[0] * percent) / 100 / classes)),
    );
    const { 'raw pixels': pixels, [`PCA, ${4 * width}`]: components, ...seeded } = toBeat(width);
    const result = await study({
      ...shared,
      seeds,
      data: { train: parts.learn, test: images.test },
      contestants: {
        ...seeded,
        ...byName((name) => trained(name, best[name], { ...training, steps })),
        // Last: with 3,072 numbers a picture their linear probe takes minutes.
        [`PCA, ${4 * width}`]: components,
        'raw pixels': pixels,
      },
      judge: (features) => judge(features, { perClass }),
      settings: { ...settings, ...withPrefix('rate', best) },
    });
    result.dispose();
    return result;
  } finally {
    tf.dispose([...Object.values(parts.learn), ...Object.values(parts.validate)]);
  }
}

/** Of the library's sources and of the study's own: equal for equal code. */
async function hashOfCode() {
  const hash = createHash('sha256').update(await measure.hashOfCode('cifar10'));
  for (const name of readdirSync(here).sort()) hash.update(readFileSync(join(here, name)));
  return hash.digest('hex').slice(0, 16);
}

const here = fileURLToPath(new URL('.', import.meta.url));

const validated = 'linear on validation, %';
const label = (/** @type {string} */ name, /** @type {number} */ rate) => `${name}, ${rate}`;
const both = (/** @type {import('dark-matter').Representation} */ { train, test }) =>
  /** @type {const} */ ([train, test]);

/** @param {string} word @param {Record<string, number>} values */
const withPrefix = (word, values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${word}: ${name}`, value]));

/** @param {ImageSet['train']} set @param {number} n @returns {ImageSet['train']} */
const first = ({ images, labels }, n) => ({
  images: images.slice([0, 0, 0, 0], [n, -1, -1, -1]),
  labels: labels.slice([0], [n]),
});

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
