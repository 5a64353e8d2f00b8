// @ts-check
/** Learning rates, chosen on images that nothing learns from; the test images are not looked at. */
import { measure, study, tf, TrainingDiverged } from 'dark-matter';
import { trained } from './contestants.mjs';

/** @typedef {import('dark-matter').data.ImageSet} ImageSet */
/** @typedef {import('./methods.mjs').MethodName} MethodName */

/** Labels enough to choose a rate by; all images are learned from. */
const labelled = 5000;

const figure = 'linear on validation, %';
const label = (/** @type {string} */ name, /** @type {number} */ rate) => `${name}, ${rate}`;

/**
 * The rate of each method after whose short training a linear probe is best on the validation part.
 *
 * @param {Omit<import('dark-matter').StudyOptions<{}>, 'contestants' | 'data'>} shared
 * @param {{ methods: readonly MethodName[], rates: readonly number[], training:
 * import('./contestants.mjs').Training, validation: ImageSet['train'] }} given
 * @returns {Promise<Record<MethodName, number>>}
 */
export async function tunedRates(shared, { methods, rates, training, validation }) {
  const [only] = rates;
  if (rates.length === 1) return byName(methods, () => /** @type {number} */ (only));
  const some = first(training.train, labelled);
  const tried = await study({
    ...shared,
    part: 'tuning',
    seeds: [0],
    data: { train: some, test: validation },
    contestants: Object.fromEntries(
      methods.flatMap((name) =>
        rates.map((rate) => [label(name, rate), orLast(trained(name, rate, training))]),
      ),
    ),
    judge: ({ train, test }) => ({ [figure]: 100 * measure.linearProbe(train, test).accuracy }),
  });
  tried.dispose();
  tf.dispose([some.images, some.labels]);
  const score = (/** @type {MethodName} */ name, /** @type {number} */ rate) =>
    tried.mean(label(name, rate), figure);
  return byName(methods, (name) =>
    rates.reduce((a, b) => (score(name, b) > score(name, a) ? b : a)),
  );
}

/**
 * The contestant; where its training diverges, with the worst score instead of an error: a rate that
 * is too high is one that is not chosen.
 *
 * @param {import('dark-matter').Contestant} contestant
 * @returns {import('dark-matter').Contestant}
 */
const orLast = (contestant) => ({
  ...contestant,
  async ready(turn) {
    try {
      return await contestant.ready(turn);
    } catch (error) {
      if (!(error instanceof TrainingDiverged)) throw error;
      turn.progress(`diverged: ${error.message}`);
      return { params: [], figures: { [figure]: 0 }, dispose: () => undefined };
    }
  },
});

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
