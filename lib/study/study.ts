/** A study: contestants, seeds, judges, and a record of what came out. */
import { createHash } from 'node:crypto';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { expectNumber } from '../core/checks';
import * as tree from '../core/pytree';
import { host } from '../plot/display';
import { live } from '../plot/live';
import { hashOfCode, resultsFolder } from '../measure/resultFiles';
import { appendResults, keepsResults, recordName, type Settings } from '../measure/results';
import type {
  Contestant,
  Figures,
  FilmFrame,
  FilmOfContestant,
  ParamsOfContestant,
  Turn,
} from './contestant';
import { judge as judgeDefault, type Score } from './judge';
import { newestRecord, studyRecord, type StudyRecord } from './record';
import type { ImageSets, LabelledImages, Representation } from './represent';
import { openTurns, openUnfinished } from './unfinished';

export type Contestants = Readonly<Record<string, Contestant>>;

/** What is learned from, and what is judged on. */
export interface StudyData {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
  /** Names the record: 'cifar10'. */
  readonly part?: string | undefined;
}

export interface StudyOptions<C extends Contestants> {
  /** The notebook's file name without its ending: the record goes to `results/NAME.jsonl`. */
  readonly name: string;
  /** Where a notebook has several studies, this one's own word: `results/NAME-PART.jsonl`. */
  readonly part?: string;
  /** By the name of their rows. */
  readonly contestants: C;
  /**
   * A data set: what is learned from, and what is judged on. Where it has a `part`, as those of
   * `data.load` have but for digits, the record's name ends in it. Only a study of measurements (see
   * `measured`) can do without. As a function, each seed has data of its own, a task a seed: then
   * all contestants have a turn for each seed. It is called again for each turn, and what it gives
   * stays the caller's.
   */
  readonly data?: StudyData | ((seed: number) => ImageSets);
  /** Further test sets, for a `judge` that asks for them. */
  readonly also?: Readonly<Record<string, LabelledImages>>;
  /** 'quick', the default: one seed. 'full': five. */
  readonly budget?: 'quick' | 'full';
  /** The first seed. Default 0. */
  readonly seed?: number;
  /** Instead of the budget's seeds. */
  readonly seeds?: readonly number[];
  /** Scores and figures of frozen features. Default `judge`. */
  readonly judge?: (features: Representation) => Readonly<Record<string, Score | number>>;
  /** The notebook's knobs, beside the contestants' own settings: temperature, width. */
  readonly settings?: Settings;
  /**
   * Whether the record goes to `results/`. Default: in the full budget, and in a sweep. 'turns', for
   * studies of hours: each finished turn goes there at once, a line of its own, and is never run again
   * by the same code with the same settings, not even for the parameters of the first seed.
   */
  readonly keep?: boolean | 'turns';
  /**
   * Whether finished turns of an earlier run by the same code are taken over. Default: where the
   * record is kept. The first seed of a trained contestant is always run: its parameters are kept.
   */
  readonly resume?: boolean;
  /** Stops the study when aborted, as does the notebook's Stop. */
  readonly signal?: AbortSignal;
  /** Told where the study is, beside the line that shows it: after each training step, at least. */
  readonly onProgress?: (text: string) => void;
  /** Of the results; default `results/`. */
  readonly folder?: string;
  /** What made it; default `hashOfCode(name)`. */
  readonly codeHash?: string;
}

/** A study that has run. In a notebook it shows its table. */
export interface Study<C extends Contestants> extends StudyRecord {
  /** The first seed's trained parameters, the study's own until `dispose()`. */
  params<K extends keyof C & string>(contestant: K): ParamsOfContestant<C[K]>;
  /** The frames of the first seed's training, where its contestant has a `film`. */
  film<K extends keyof C & string>(contestant: K): readonly FilmFrame<FilmOfContestant<C[K]>>[];
  /**
   * The newest whole record of five seeds in `results/` with all of these contestants and the
   * study's own `settings`, where there is one: a turned knob shows this run and not the record of
   * another. Its note names what contestants have otherwise here, fewer steps say.
   */
  readonly fiveSeeds: StudyRecord | undefined;
  /** Frees the parameters. */
  dispose(): void;
}

/**
 * The seeds of a budget: one to watch, five to conclude from.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { seedsOf } from 'dark-matter';
 *
 * assert.deepEqual(seedsOf('full', 10), [10, 11, 12, 13, 14]);
 * ```
 */
export const seedsOf = (budget: 'quick' | 'full', seed = 0): number[] =>
  budget === 'full' ? [0, 1, 2, 3, 4].map((i) => seed + i) : [seed];

/**
 * Runs a study: trains each contestant for each seed, judges its frozen features, keeps the record,
 * and gives the newest whole record of five seeds beside this run's.
 *
 * The seeds are run one after the other, all contestants of a seed together. A study that is
 * stopped has kept its finished turns, and goes on there when the same code runs again. Where the
 * same code runs twice at once, on two cores, each turn but the first seed's trainings is run by one
 * of the two, and both end with all figures. Apart from the first seed's parameters it leaves no
 * tensors behind.
 *
 * @throws the training's error where one diverges; an AbortError where it is stopped.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { fixedFeatures, measure, study, tf } from 'dark-matter';
 *
 * const set = { images: tf.tensor2d([[1, 0], [1, 0.1], [0, 1], [0.1, 1]]), labels: [0, 0, 1, 1] };
 * const pixels = fixedFeatures(() => ({ embed: measure.rawPixels }));
 * const result = await study({
 *   name: 'tiny', contestants: { pixels }, data: { train: set, test: set },
 *   judge: ({ train, test }) => ({ '1-NN': measure.knn(train, test, { k: 1 }).accuracy }),
 * });
 * assert.equal(result.mean('pixels', '1-NN'), 1);
 * ```
 */
export async function study<C extends Contestants>(options: StudyOptions<C>): Promise<Study<C>> {
  const { contestants, budget = 'quick', judge = judgeDefault } = options;
  const { data } = options;
  const name = recordName(
    options.name,
    options.part,
    typeof data === 'function' ? undefined : data?.part,
  );
  const seeded = (label: string) => typeof data === 'function' || contestants[label]!.seeded;
  const seeds = options.seeds ?? seedsOf(budget, options.seed);
  for (const seed of seeds) expectNumber('seeds', seed, { integer: true });
  if (seeds.length === 0 || new Set(seeds).size < seeds.length)
    throw new Error(`seeds: [${seeds.join(', ')}] given, one or more different ones expected`);
  if (Object.keys(contestants).length === 0)
    throw new Error('contestants: none given, at least one expected');

  const keep = options.keep ?? keepsResults(budget);
  const settings = settingsOf(options);
  const codeHash = options.codeHash ?? (await hashOfCode(options.name));
  const folder = resultsFolder(options);
  const head = { notebook: name, budget, settings };
  const code = digest([codeHash, settings]);
  const kept =
    keep === 'turns'
      ? openTurns(head, code, { folder, codeHash })
      : openUnfinished(name, code, folder);
  const resume = options.resume ?? keep !== false;
  const shares = resume && keep !== false;

  const figures: Record<string, Record<string, number[]>> = {};
  const params: Record<string, unknown> = {};
  const films: Record<string, readonly FilmFrame<unknown>[]> = {};
  const times: Date[] = [];
  const outcomes: Figures[] = [];
  const free = (): void => tree.dispose(Object.values(params));
  const turns = seeds.flatMap((seed, i) =>
    Object.keys(contestants)
      .filter((label) => i === 0 || seeded(label))
      .map((label) => ({
        label,
        seed,
        first: i === 0,
        covers: seeded(label) ? [seed] : seeds,
      })),
  );
  const progress = progressLine(name, turns.length, options.onProgress);
  try {
    if (shares) await kept.enter();
    // Turns that another run of this study is in are put off, and taken over when it has done them.
    const open = [...turns.entries()];
    let putOff = 0;
    for (let turn = open.shift(); turn; turn = open.shift()) {
      const [i, { label, seed, first, covers }] = turn;
      const tell = (text: string): void => progress.tell(i, `${label}, seed ${seed}: ${text}`);
      tell('begins');
      await stopIfAsked(options.signal, outcomes.filter(Boolean).length, turns.length);
      let known = resume ? await kept.find(label, covers) : undefined;
      const trains = first && contestants[label]!.trained && keep !== 'turns';
      if (shares && !known && !trains) {
        if (!(await kept.claim(label, covers))) {
          tell('another run of this study is in it');
          open.push(turn);
          putOff += 1;
          if (putOff >= open.length) await setTimeout(500);
          continue;
        }
        // The other may have done it between the two questions.
        known = await kept.find(label, covers);
      }
      putOff = 0;
      const outcome =
        known && !trains
          ? ({ figures: known.figures, params: undefined, film: [] } satisfies Outcome)
          : await run(contestants[label]!, judge, {
              seed,
              get sets() {
                return setsOf(label, seed, options);
              },
              first,
              signal: options.signal,
              progress: tell,
            });
      if (first) [params[label], films[label]] = [outcome.params, outcome.film];
      const isKnown = outcome.figures === known?.figures;
      if (keep && !isKnown) await kept.add(label, covers, outcome.figures);
      times.push((isKnown && known?.time) || new Date());
      outcomes[i] = outcome.figures;
    }
    for (const [i, { label }] of turns.entries())
      for (const [figure, value] of Object.entries(outcomes[i]!))
        ((figures[label] ??= {})[figure] ??= []).push(value);
    if (keep === true) await appendResults({ ...head, seeds, figures }, { folder, codeHash });
    if (keep) await kept.clear();
    await progress.done(`${turns.length} of ${turns.length} done`);
  } catch (error) {
    free();
    // What went wrong is told, not what leaving makes of it.
    if (shares) await kept.leave().catch(() => undefined);
    await progress.done((error as Error).message);
    throw error;
  }
  const date = new Date(Math.max(...times.map(Number)));
  const parts = { name, budget, seeds, figures, settings, codeHash, date };
  return {
    ...studyRecord({ ...parts, changed: false }),
    fiveSeeds: await newestRecord(name, {
      folder,
      codeHash,
      contestants: Object.keys(contestants),
      settings: options.settings ?? {},
      beside: settings,
    }),
    params<K extends keyof C & string>(contestant: K) {
      const kept = params[contestant];
      if (kept === undefined)
        throw new Error(
          `contestant: '${contestant}' given, which has no parameters; ${Object.keys(params).join(' | ')} ran`,
        );
      return kept as ParamsOfContestant<C[K]>;
    },
    film<K extends keyof C & string>(contestant: K) {
      const frames = films[contestant] ?? [];
      if (frames.length === 0)
        throw new Error(
          `contestant: '${contestant}' given, one that was made with a film expected`,
        );
      return frames as readonly FilmFrame<FilmOfContestant<C[K]>>[];
    },
    dispose: free,
  };
}

/** @throws where a contestant asks for data that the study was not given. */
function setsOf(
  contestant: string,
  seed: number,
  { data, also }: Pick<StudyOptions<Contestants>, 'data' | 'also'>,
): ImageSets {
  if (typeof data === 'function') {
    const own = data(seed);
    return { ...own, also: { ...also, ...own.also } };
  }
  if (!data)
    throw new Error(`study: data not given, the images that '${contestant}' needs expected`);
  return { train: data.train, test: data.test, also };
}

/** One contestant, one seed. The parameters are the caller's, of the first seed only. */
async function run(
  contestant: Contestant,
  judge: NonNullable<StudyOptions<Contestants>['judge']>,
  turn: Turn,
): Promise<Outcome> {
  const ready = await contestant.ready(turn);
  let params: unknown = undefined;
  try {
    turn.progress('is judged');
    const representation = ready.represent?.(turn.sets);
    try {
      const judged = representation ? valuesOf(judge(representation)) : {};
      if (turn.first) params = ready.params;
      return { figures: { ...judged, ...ready.figures }, params, film: ready.film ?? [] };
    } finally {
      representation?.dispose();
    }
  } finally {
    ready.dispose();
    if (params === undefined) tree.dispose(ready.params ?? []);
  }
}

interface Outcome {
  readonly figures: Figures;
  readonly params: unknown;
  readonly film: readonly FilmFrame<unknown>[];
}

const valuesOf = (scores: Readonly<Record<string, Score | number>>): Figures =>
  Object.fromEntries(
    Object.entries(scores).map(([figure, score]) => [
      figure,
      typeof score === 'number' ? score : score.value,
    ]),
  );

/** The study's settings, and each contestant's own under its name: 'SimCLR: steps'. */
export function settingsOf({ contestants, settings = {} }: StudyOptions<Contestants>): Settings {
  const own = Object.entries(contestants).flatMap(([label, contestant]) =>
    Object.entries(contestant.settings).map(([knob, value]) => [`${label}: ${knob}`, value]),
  );
  return { ...settings, ...(Object.fromEntries(own) as Settings) };
}

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/** @throws where the notebook's Stop or a signal asks for it; first the front end gets its turn. */
async function stopIfAsked(signal: AbortSignal | undefined, done: number, of: number) {
  await setImmediate();
  if (signal?.aborted || host()?.signal.aborted) throw new StudyStopped(done, of);
}

/** A signal or the notebook's Stop ended the study between two turns. */
class StudyStopped extends Error {
  override readonly name = 'AbortError';
  constructor(done: number, of: number) {
    super(`study: stopped after ${done} of ${of} turns; those are not run again by the same code`);
  }
}

/** One line that says where the study is, changing in its place. */
function progressLine(name: string, turns: number, tell?: (text: string) => void) {
  const display = live();
  const began = performance.now();
  const seconds = (): string => `${Math.round((performance.now() - began) / 1000)} s`;
  return {
    tell(turn: number, text: string): void {
      const line = (): string => `${name}: ${turn + 1} of ${turns}: ${text} (${seconds()})`;
      display.update(line);
      tell?.(line());
    },
    async done(text: string): Promise<void> {
      display.update(`${name}: ${text} (${seconds()})`);
      await display.done();
    },
  };
}
