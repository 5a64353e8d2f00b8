// @ts-check
/** Learning rates, chosen on images that nothing learns from; the test images are not looked at. */
import { race, tf } from 'dark-matter';
import { trained } from './contestants.mjs';

/** @typedef {import('dark-matter').data.ImageSet} ImageSet */
/** @typedef {import('./methods.mjs').MethodName} MethodName */

/** Labels enough to choose a rate by; all images are learned from. */
const labelled = 5000;

/**
 * The rate of each method after whose short training a linear probe is best on the validation part.
 *
 * @param {import('dark-matter').race.SearchOptions['study']} shared
 * @param {{ methods: readonly MethodName[], rates: readonly number[], training:
 * import('./contestants.mjs').Training, validation: ImageSet['train'] }} given
 * @returns {Promise<Record<MethodName, number>>}
 */
export async function tunedRates(shared, { methods, rates, training, validation }) {
  const [only] = rates;
  if (rates.length === 1) return byName(methods, () => /** @type {number} */ (only));
  const learn = first(training.train, labelled);
  /** @type {Partial<Record<MethodName, number>>} */
  const chosen = {};
  try {
    for (const name of methods) {
      const contestant = (/** @type {import('dark-matter').race.Choice} */ { rate }) =>
        trained(name, rate, training);
      const data = { learn, validation };
      chosen[name] = (await race.search({ name, contestant, rates, data, study: shared })).rate;
    }
  } finally {
    tf.dispose([learn.images, learn.labels]);
  }
  return /** @type {Record<MethodName, number>} */ (chosen);
}

/**
 * A record with a value for each method.
 *
 * @template T
 * @param {readonly MethodName[]} methods
 * @param {(name: MethodName) => T} value
 * @returns {Record<MethodName, T>}
 */
export const byName = (methods, value) =>
  /** @type {any} */ (Object.fromEntries(methods.map((name) => [name, value(name)])));

/** @param {ImageSet['train']} set @param {number} most @returns {ImageSet['train']} */
function first({ images, labels }, most) {
  const n = Math.min(most, labels.shape[0]);
  return {
    images: images.slice([0, 0, 0, 0], [n, -1, -1, -1]),
    labels: labels.slice([0], [n]),
  };
}
