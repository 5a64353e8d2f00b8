/** The race: every method with settings of its own, two lengths, one judge; resumable. */
import { effectiveRank } from '../../measure/collapse';
import { hashOfCode } from '../../measure/resultFiles';
import type { Settings } from '../../measure/results';
import type { Contestant } from '../contestant';
import { judge } from '../judge';
import type { Representation } from '../represent';
import { study, type StudyOptions } from '../study';
import { timed } from '../timed';
import type { Entry } from './entry';
import { features, field, toBeat } from './field';
import type { RaceImages } from './images';
import { search, type Choice } from './search';

/** The lengths that a race has. */
export type Length = 'short' | 'long';

export interface RaceOptions {
  /** Of the rows that are to be run; default all, and what they have to beat. */
  readonly rows?: readonly string[];
  /** Default 0, 1, 2, 3, 4. */
  readonly seeds?: readonly number[];
  /** Updates of each length. Default 200 and 2,000. */
  readonly steps?: Readonly<Record<Length, number>>;
  /** Images an update. Default 128. */
  readonly batch?: number;
  /** Learning rates to choose from. Default 0.003, 0.001, 0.01. */
  readonly rates?: readonly number[];
  /** Where the pictures come from, for the record. */
  readonly note?: string;
  readonly signal?: AbortSignal;
  /** Told where it is, after each training step at least. */
  readonly onProgress?: (text: string) => void;
  /** Of the results; default `results/`. */
  readonly folder?: string;
  /** What made it; default `measure.hashOfCode('race')`: the library's sources. */
  readonly codeHash?: string;
}

/** The name of what must be beaten, among the rows that may be asked for. */
export const baselineRows = 'baselines';

/**
 * The names of all rows that may be asked for: the field's, and 'baselines'.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { race } from 'dark-matter';
 *
 * const digits = { side: 28, channels: 1, classes: ['0', '1'], pixels: { mean: 0.13, std: 0.31 } };
 * assert.deepEqual(race.rowNames(digits).slice(0, 3), ['baselines', 'supervised', 'agreement only']);
 * ```
 */
export const rowNames = (shape: Parameters<typeof field>[0]): string[] => namesOf(field(shape));

const namesOf = (entries: ReturnType<typeof field>): string[] => [
  baselineRows,
  ...Object.keys(entries),
];

/**
 * Runs a race, or goes on with it. For each method the learning rate and the knob are chosen on the
 * validation part, in trainings of the short length. Then it is trained for each seed at both
 * lengths, which differ in nothing but steps, and the test images judge each once.
 *
 * Each training that is done is a line in `results/race-LENGTH-SET.jsonl` (the search's in
 * `race-tuning-SET.jsonl`) and is not run again by the same code with the same settings. So a race
 * may be made in pieces, by rows and by seeds, and `newestRecord` puts them together. A row's figures
 * tell what was chosen for it, its updates (methods that train in rounds make the nearest number that
 * their rounds divide) and the work of its training in seconds on all cores.
 *
 * @throws for a row that there is not, naming those there are; an AbortError where it is stopped.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { race } from 'dark-matter';
 *
 * const images = await race.images('digits', { learn: 20, validation: 20, test: 20 });
 * // { rows: ['SimCLR'], seeds: [0] } is the first piece of a race.
 * await assert.rejects(race.run(images, { rows: ['SimClr'] }), /some of baselines . supervised/);
 * ```
 */
export async function run(images: RaceImages, options: RaceOptions = {}): Promise<void> {
  const { seeds = [0, 1, 2, 3, 4], steps = { short: 200, long: 2000 }, batch = 128 } = options;
  const { rates = [0.003, 0.001, 0.01], note = '' } = options;
  const entries = field(images);
  const all = namesOf(entries);
  const rows = options.rows ?? all;
  for (const row of rows)
    if (!all.includes(row))
      throw new Error(`rows: '${row}' given, some of ${all.join(' | ')} expected`);
  const { learn, validation, test, view, name } = images;
  const counts = { learn: learn.labels.size, validation: validation.labels.size };
  const settings: Settings = {
    batch,
    features,
    rates: rates.join(' '),
    note,
    'steps, short': steps.short,
    ...counts,
    test: test.labels.size,
  };
  const shared = {
    name: 'race',
    budget: 'full',
    keep: 'turns',
    codeHash: options.codeHash ?? (await hashOfCode('race')),
    settings,
    ...(options.folder !== undefined && { folder: options.folder }),
    ...(options.signal && { signal: options.signal }),
    ...(options.onProgress && { onProgress: options.onProgress }),
  } satisfies Omit<StudyOptions<{}>, 'contestants'>;

  /** One row at one length, all seeds. */
  const finals = async (length: Length, contestants: Record<string, Contestant>) => {
    const result = await study({
      ...shared,
      part: length,
      seeds,
      data: { train: learn, test, part: name },
      contestants,
      judge: judged,
      settings: { ...settings, steps: steps[length] },
    });
    result.dispose();
  };
  for (const row of rows) {
    if (row === baselineRows) {
      for (const length of ['short', 'long'] as const) await finals(length, toBeat(images));
      continue;
    }
    const entry = entries[row]!;
    const training = { learn, view, batch };
    const choice = await search({
      name: row,
      rates,
      knob: entry.knob,
      study: shared,
      contestant: (each) => entry.contestant(each, { ...training, steps: steps.short }),
      data: { learn, validation, part: name },
    });
    for (const length of ['short', 'long'] as const) {
      const trained = entry.contestant(choice, { ...training, steps: steps[length] });
      await finals(length, { [row]: timed(withChoice(trained, choice, entry)) });
    }
  }
}

/** The judge of every row, and how many directions its features have. */
const judged = (of: Representation) => ({
  ...judge(of, { perClass: [10] }),
  'effective rank': effectiveRank(of.test.features),
});

/** A row's settings are figures of its own: rows that were run apart have the same settings. */
const withChoice = (trained: Contestant, choice: Choice, { knob }: Entry): Contestant => ({
  ...trained,
  settings: {},
  async ready(turn) {
    const ready = await trained.ready(turn);
    const { steps, updates = steps } = trained.settings;
    const chosen = { 'learning rate': choice.rate, ...(knob && { knob: choice.knob }) };
    return { ...ready, figures: { ...ready.figures, ...chosen, updates: Number(updates) } };
  },
});
