// @ts-check
/** The rows of the study: methods with their trainings, and what they have to beat. */
import { join } from 'node:path';
import { baselines, contestant, optim, schedule } from 'dark-matter';
import { timed } from './cpuTime.mjs';
import { encoderOf, methodsOf } from './methods.mjs';
import { oneView, twoViews } from './recipe.mjs';

/** @typedef {import('dark-matter').Contestant} Contestant */
/** @typedef {import('dark-matter').data.ImageSet['train']} Labelled */
/** @typedef {import('./methods.mjs').MethodName} MethodName */

/**
 * @typedef {object} Training
 * @property {Labelled} train
 * @property {number} width
 * @property {number} batch
 * @property {Record<MethodName, number>} steps of each method
 * @property {string} folder of the checkpoints
 * @property {number} every so many steps there is one
 */

/**
 * A method with its training: Adam, whose rate rises for a tenth of the steps and falls on a cosine.
 *
 * @param {MethodName} name
 * @param {number} rate the highest learning rate
 * @param {Training} training
 * @returns {Contestant}
 */
export function trained(name, rate, { train, width, batch, steps, folder, every }) {
  const total = steps[name];
  const method = methodsOf({ width, steps })[name];
  const dir = join(folder, `${name}-${rate}-${total}`.replaceAll(' ', '-'));
  const learner = contestant(/** @type {any} */ (method), {
    data: name === 'supervised' ? train : { images: train.images },
    augment: /** @type {any} */ (name === 'supervised' ? oneView : twoViews),
    batch,
    steps: total,
    optimizer: optim.adam({
      learningRate: schedule.warmupCosine({
        peak: rate,
        warmup: Math.max(1, Math.round(total / 10)),
        steps: total,
      }),
    }),
    checkpoint: { dir, every },
    resume: true,
  });
  return timed(learner, dir);
}

/**
 * What every method has to beat, with as many features.
 *
 * @param {number} width
 * @returns {Record<string, Contestant>}
 */
export function toBeat(width) {
  const features = 4 * width;
  return baselines({ encoder: encoderOf(width), features, components: features });
}
