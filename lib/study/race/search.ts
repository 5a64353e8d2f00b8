/** Choosing settings on a validation part; the test images are not looked at. */
import type { Labelled } from '../../data/labelled';
import { linearProbe } from '../../measure/linearProbe';
import { TrainingDiverged } from '../../train/errors';
import type { Contestant } from '../contestant';
import { study, type StudyOptions } from '../study';

/** The figure that chooses. */
export const chooses = 'linear on validation, %';

/** What is chosen for a method. */
export interface Choice {
  /** The highest learning rate. */
  readonly rate: number;
  /** The knob's value; 0 where there is no knob. */
  readonly knob: number;
}

/** The one knob of a method's own that is chosen; the first value is tried first. */
export interface Knob {
  readonly name: string;
  readonly values: readonly [number, ...number[]];
}

export interface SearchOptions {
  /** The method's name, in the record. */
  readonly name: string;
  /** How a setting is tried. */
  readonly contestant: (choice: Choice) => Contestant;
  /** Learning rates to choose from. */
  readonly rates: readonly number[];
  /** Left out: the rate is all there is to choose. */
  readonly knob?: Knob | undefined;
  /** What the probe learns from, what chooses, and what the record is called after. */
  readonly data: {
    readonly learn: Labelled;
    readonly validation: Labelled;
    readonly part?: string;
  };
  /** Of the studies that try them. */
  readonly study: Omit<StudyOptions<{}>, 'contestants' | 'data' | 'judge' | 'seeds' | 'part'>;
}

/**
 * The setting of a method whose features are best on a validation part by a linear probe, with seed
 * 0: first the learning rate, with the knob's first value; then the knob, at that rate. So of three
 * rates and three values five settings are tried, and not nine. Of equals the first is taken; a
 * setting at which the training diverges is not chosen. The record has a row for each:
 * `results/NAME-tuning.jsonl`.
 *
 * @throws where no rates are given, or the training diverges at each of them; whatever else ends a
 * training.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { fixedFeatures, measure, race, tf } from 'dark-matter';
 *
 * const classes = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
 * const part = {
 *   images: tf.tensor4d(classes, [10, 1, 1, 1]),
 *   labels: tf.tensor1d(classes, 'int32'),
 * };
 * // Features that a rate of 0 makes blind.
 * const contestant = ({ rate }: race.Choice) =>
 *   fixedFeatures(() => ({ embed: (x) => measure.rawPixels(x.mul(rate)) }));
 * const { rate } = await race.search({
 *   name: 'pixels', contestant, rates: [0, 1], data: { learn: part, validation: part }, study: { name: 'tiny' },
 * });
 * assert.equal(rate, 1);
 * ```
 */
export async function search(options: SearchOptions): Promise<Choice> {
  const { rates, knob } = options;
  const [start, ...others] = knob?.values ?? [0];
  if (rates.length === 0) throw new Error('rates: none given, at least one expected');
  const first = await best(
    rates.map((rate) => ({ rate, knob: start })),
    options,
  );
  // No network that learned anything reads not one image right.
  if (first.score === 0)
    throw new Error(
      `rates: ${rates.join(', ')} given, at each of which the training of ${options.name} diverges; smaller ones expected`,
    );
  if (others.length === 0) return first.choice;
  const second = await best(
    others.map((value) => ({ ...first.choice, knob: value })),
    options,
  );
  return second.score > first.score ? second.choice : first.choice;
}

interface Scored {
  readonly choice: Choice;
  readonly score: number;
}

async function best(choices: readonly Choice[], options: SearchOptions): Promise<Scored> {
  const { data, contestant } = options;
  const label = (choice: Choice): string => nameOf(options, choice);
  const tried = await study({
    ...options.study,
    part: 'tuning',
    seeds: [0],
    // What chooses stands where else stands what judges.
    data: { train: data.learn, test: data.validation, part: data.part },
    contestants: Object.fromEntries(
      choices.map((choice) => [label(choice), orLast(contestant(choice))]),
    ),
    judge: ({ train, test }) => ({ [chooses]: 100 * linearProbe(train, test).accuracy }),
  });
  tried.dispose();
  return choices
    .map((choice) => ({ choice, score: tried.mean(label(choice), chooses) }))
    .reduce((a, b) => (b.score > a.score ? b : a));
}

/** A row of the record: 'SimCLR, rate 0.003, temperature 0.2'. */
const nameOf = ({ name, knob }: SearchOptions, choice: Choice): string =>
  [name, `rate ${choice.rate}`, ...(knob ? [`${knob.name} ${choice.knob}`] : [])].join(', ');

/**
 * The contestant; where its training diverges, with the worst score instead of an error: a setting
 * that is too much is one that is not chosen.
 */
const orLast = (contestant: Contestant): Contestant => ({
  ...contestant,
  async ready(turn) {
    try {
      return await contestant.ready(turn);
    } catch (error) {
      if (!(error instanceof TrainingDiverged)) throw error;
      turn.progress(`diverged: ${error.message}`);
      return { params: undefined, figures: { [chooses]: 0 }, dispose: () => undefined };
    }
  },
});
