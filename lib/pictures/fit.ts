/** Training a learner on pictures: watched for collapse, resumable, and worth something when stopped. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectNumber } from '../core/checks';
import type { Tensor4D } from '../core/engine';
import { writeWhole } from '../core/files';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { batchIndices } from '../data/batches';
import { TrainingInterrupted } from '../train/errors';
import type { History } from '../train/history';
import { adam } from '../train/optimizers';
import type { ProgressDisplay } from '../train/progress';
import { warmupCosine } from '../train/schedule';
import { train, type TrainOptions } from '../train/train';
import type { Trained } from '../train/trained';
import { atMost } from './holdOut';
import type { Learner, LearnerParams } from './learner';
import { expectEnough, type PictureSource } from './pictureSource';
import { watcher, type Signs } from './signs';

export interface FitOptions {
  /** Positions of the pictures to learn from, and of those to watch for collapse on. */
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Updates in all; see `stepsIn`. */
  readonly steps: number;
  /** Pictures a step; default 256, or half of them where there are fewer than 512. */
  readonly batch?: number;
  /** Integer; default 0. */
  readonly seed?: number;
  /** A folder for checkpoints, and to go on from where it has this run's. */
  readonly dir?: string;
  /** Ends the training early, and keeps what there is. */
  readonly signal?: AbortSignal | undefined;
  readonly display?: ProgressDisplay;
  /** Told of each look at the embedding, some twenty a training. */
  readonly onSigns?: (signs: Signs) => void;
}

/** A trained learner, or what there is of one. */
export interface Fitted {
  /** As trained: calibrate before use. The caller's: `dispose()`. */
  readonly params: LearnerParams;
  /** Steps done. */
  readonly steps: number;
  /** Whether it was stopped before the last step. */
  readonly interrupted: boolean;
  readonly history: History;
  /** From step 0, before any training, to the last. */
  readonly signs: readonly Signs[];
  readonly seconds: number;
  dispose(): void;
}

/** Looks at the embedding, and checkpoints, a training. */
const LOOKS = 20;

/** Pictures that are looked at, and those from which normalization gets its statistics then. */
const WATCHED = 256,
  STATISTICS = 512;

/**
 * Trains a learner. Adam with a warm-up and a cosine; the same options give the same run to the bit,
 * also where it was stopped and resumed. A stop ends it early and keeps what there is.
 *
 * @throws where there are too few pictures, and TrainingDiverged where the loss becomes NaN.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures, random } from 'dark-matter';
 *
 * const source = pictures.fromTensor(random.uniform(random.key(0), [40, 8, 8, 3]));
 * const learner = pictures.learner({ shape: source.shape, width: 4 });
 * const parts = pictures.holdOut(source.count);
 * const { steps, signs } = await pictures.fit(source, learner, { ...parts, steps: 4, display: 'none' });
 * assert.deepEqual([steps, signs.at(-1)!.step], [4, 4]);
 * ```
 */
export async function fit(
  source: PictureSource,
  learner: Learner,
  options: FitOptions,
): Promise<Fitted> {
  const { steps, dir, onSigns } = options;
  expectEnough(source);
  expectNumber('steps', steps, { atLeast: 1, integer: true });
  const training = trainingOf(source, learner, options);
  const every = Math.max(1, Math.ceil(steps / LOOKS));
  const before = dir === undefined ? [] : await readSigns(dir);
  const signs: Signs[] = [];
  const watch = watcherOf(source, learner, options);
  /** Some of the signs so far are those of an earlier part of this run. */
  const look = async (params: LearnerParams, step: number): Promise<void> => {
    if (signs.length === 0) signs.push(...before.filter((each) => each.step < step));
    if (signs.some((each) => each.step === step)) return;
    signs.push(watch.look(params, step));
    if (dir !== undefined) await writeSigns(dir, signs);
    onSigns?.(signs.at(-1)!);
  };
  try {
    if (before.length === 0) await atStart(learner, options.seed ?? 0, (params) => look(params, 0));
    const { trained, interrupted } = await stoppable(
      train({
        ...training,
        steps,
        ...(dir !== undefined && { checkpoint: { dir, every }, resume: true }),
        onStep: async ({ step, params }) => {
          if (step % every === 0 || step === steps) await look(params, step);
        },
      }),
    );
    await look(trained.params, trained.steps);
    return {
      params: trained.params,
      steps: trained.steps,
      interrupted,
      history: trained.history,
      signs,
      seconds: trained.seconds,
      dispose: () => trained.dispose(),
    };
  } finally {
    watch.dispose();
  }
}

/**
 * How many steps fit into some minutes: trains for a few seconds, and throws that away.
 *
 * What the training itself takes is meant, without reading the pictures and writing the results.
 * The number depends on the machine and on what else it does, so ask once and keep the answer: a
 * run is repeated by its steps.
 *
 * @param minutes above 0.
 * @param options those of the training.
 * @returns at least 20.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures, random } from 'dark-matter';
 *
 * const source = pictures.fromTensor(random.uniform(random.key(0), [40, 8, 8, 3]));
 * const learner = pictures.learner({ shape: source.shape, width: 4 });
 * const parts = pictures.holdOut(source.count);
 * assert.ok((await pictures.stepsIn(0.001, source, learner, parts)) >= 20);
 * ```
 */
export async function stepsIn(
  minutes: number,
  source: PictureSource,
  learner: Learner,
  options: Omit<FitOptions, 'steps'>,
): Promise<number> {
  expectNumber('minutes', minutes, { above: 0 });
  expectEnough(source);
  const enough = new AbortController();
  /** What the measuring may take: a part of the time, and never more than some seconds. */
  const most = Math.min(5000, 60_000 * minutes * 0.05);
  let began = 0;
  let done = 0;
  let elapsed = 0;
  const { trained } = await stoppable(
    train({
      ...trainingOf(source, learner, { ...options, steps: 1_000_000, display: 'none' }),
      steps: 1_000_000,
      signal: AbortSignal.any([enough.signal, ...(options.signal ? [options.signal] : [])]),
      onStep: ({ loss }) => {
        loss(); // waits for the step
        // The first steps pay for compiling and warming up.
        if (++done === 3) began = performance.now();
        elapsed = performance.now() - began;
        if (done >= 6 && elapsed >= most) enough.abort();
      },
    }),
  );
  trained.dispose();
  options.signal?.throwIfAborted();
  if (!enough.signal.aborted)
    throw new DOMException('stopped while the steps were being counted', 'AbortError');
  return Math.max(20, Math.floor((60_000 * minutes) / (elapsed / (done - 3))));
}

/** The peak of the learning rate. */
const RATE = 2e-3;

type Examples = { readonly images: Tensor4D };

/** What the training and its rehearsal have in common. */
function trainingOf(
  source: PictureSource,
  { method, views }: Learner,
  options: FitOptions,
): Omit<TrainOptions<LearnerParams, unknown, Examples, ReturnType<Learner['views']>>, 'augment'> & {
  augment: Learner['views'];
} {
  const { train: rows, steps, seed = 0, signal, display } = options;
  const { batch = Math.min(256, Math.floor(rows.length / 2)) } = options;
  const size = rows.length;
  expectNumber('batch', batch, { atLeast: 2, atMost: size, integer: true });
  const warmup = Math.ceil(steps / 10);
  return {
    method,
    augment: views,
    steps,
    seed,
    // Read a batch at a time: as tensors all pictures of a large folder would not fit.
    data: (step) => ({
      images: source.images(batchIndices({ seed, step, size, batch }).map((at) => rows[at]!)),
    }),
    optimizer: adam({
      learningRate: warmupCosine({ peak: RATE, warmup, steps: Math.max(steps, warmup + 1) }),
    }),
    ...(signal && { signal }),
    ...(display && { display }),
  };
}

/** Looks at the networks that the training starts from. */
async function atStart(
  { method }: Learner,
  seed: number,
  look: (params: LearnerParams) => Promise<void>,
): Promise<void> {
  const start = random.key(seed);
  const made = method.init(start);
  try {
    await look(made.params);
  } finally {
    tree.dispose([start, made]);
  }
}

function watcherOf(source: PictureSource, learner: Learner, options: FitOptions) {
  const { train: rows, test, seed = 0 } = options;
  const [images, known] = [
    source.images(atMost(test.length >= 2 ? test : rows, WATCHED)),
    source.images(atMost(rows, STATISTICS)),
  ];
  try {
    return watcher(learner, images, known, seed);
  } finally {
    tree.dispose([images, known]);
  }
}

/** The training, or, where it was stopped, what there is of it. */
async function stoppable<P, S>(
  training: Promise<Trained<P, S>>,
): Promise<{ trained: Trained<P, S>; interrupted: boolean }> {
  try {
    return { trained: await training, interrupted: false };
  } catch (error) {
    if (error instanceof TrainingInterrupted)
      return { trained: error.partial as Trained<P, S>, interrupted: true };
    throw error;
  }
}

const fileOf = (dir: string): string => join(dir, 'signs.jsonl');

async function readSigns(dir: string): Promise<Signs[]> {
  const text = await readFile(fileOf(dir), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Signs);
}

const writeSigns = (dir: string, signs: readonly Signs[]): Promise<void> =>
  writeWhole(
    fileOf(dir),
    signs.map((each) => `${JSON.stringify(each)}\n`),
  );
