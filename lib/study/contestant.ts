/** Whatever a study compares: a method to be trained, or anything that makes features of images. */
import { join } from 'node:path';
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import type { Method } from '../core/method';
import * as tree from '../core/pytree';
import { key as randomKey } from '../core/random';
import type { Settings } from '../measure/results';
import { disposePartial } from '../train/errors';
import { train, type StepEvent, type TrainOptions } from '../train/train';
import type { Trained } from '../train/trained';
import {
  represent,
  representSets,
  type ImageSets,
  type LabelledImages,
  type Representation,
  type RepresentOptions,
} from './represent';

/** Figures by name, with the unit in it: `{ 'linear, %': 97.1 }`. */
export type Figures = Readonly<Record<string, number>>;

/** What a contestant is told for one seed. */
export interface Turn {
  readonly seed: number;
  readonly sets: ImageSets;
  /** Aborted where the study is stopped. */
  readonly signal: AbortSignal | undefined;
  /** Says how far it is, on the study's line of progress. */
  progress(text: string): void;
  /** Whether this is the study's first seed, whose parameters are kept. */
  readonly first: boolean;
}

/** A frame of a film of a training: what was seen after so many steps, 0 being before the first. */
export type FilmFrame<F> = F & { readonly step: number };

/** A contestant after its training. */
export interface Ready<P, F = unknown> {
  /** Handed over: the study keeps or frees them. Undefined where there are none. */
  readonly params: P;
  /** Figures of its own, beside the judges'. */
  readonly figures?: Figures;
  /** Of the study's first seed, where a film was asked for. */
  readonly film?: readonly FilmFrame<F>[];
  /** Frozen features to be judged; left out where the figures say it all. */
  represent?(sets: ImageSets): Representation;
  /** Frees all but the parameters. */
  dispose(): void;
}

/** One row of a study. */
export interface Contestant<P = unknown, F = unknown> {
  /** False for what comes out alike for every seed: it has one turn. */
  readonly seeded: boolean;
  /** Whether it has parameters, of which a study keeps the first seed's. */
  readonly trained: boolean;
  /** What the record is to say of it: steps, batch. */
  readonly settings: Settings;
  ready(turn: Turn): Promise<Ready<P, F>>;
}

/** The parameters of a contestant. */
export type ParamsOfContestant<C> = C extends Contestant<infer P> ? P : never;

/** What a contestant's film shows. */
export type FilmOfContestant<C> = C extends Contestant<unknown, infer F> ? F : never;

/** Of its checkpoints each seed has a folder of its own, `seed-0` and so on, within `checkpoint.dir`. */
export interface ContestantOptions<P, S, E, B, F = unknown> extends Omit<
  TrainOptions<P, S, E, B>,
  'method' | 'data' | 'seed' | 'signal' | 'display' | 'onStep'
> {
  /** Default: the turn's training set, `{ images, labels }`, which `augment` takes. */
  readonly data?: TrainOptions<P, S, E, B>['data'];
  /** Without `data`: the set that is trained on, 'train' (the default) or one of the study's `also`. */
  readonly from?: string;
  /**
   * What to look at before the training of the first seed, after each `every` steps, and at its end:
   * plain numbers and arrays of them. The parameters and the state are lent.
   */
  readonly film?: { readonly every: number; readonly of: (params: P, state: S) => F };
  /** After each step of the first seed. The tensors are lent. */
  readonly watch?: (event: StepEvent<P, S>) => void;
  /**
   * What is judged and measured: the trained parameters, the default, or another network, such as
   * the average that BYOL keeps in its state. The tensors are lent.
   */
  readonly network?: (trained: { readonly params: P; readonly state: S }) => P;
  /** Figures of that network and the state (a codebook, say), recorded beside the judges'. */
  readonly figures?: (params: P, state: S) => Figures;
  /** False: its features are not judged, and only its own `figures` are recorded. Default true. */
  readonly judged?: boolean;
  /** How the features are made. */
  readonly represent?: RepresentOptions;
}

/**
 * A method as a contestant: trained anew for each seed, with the options of `train`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contestant, contrastive, nn, tf } from 'dark-matter';
 *
 * const method = contrastive.simclr({ encoder: nn.dense(4, 3), projector: nn.dense(3, 2) });
 * const x = tf.randomNormal([8, 4]);
 * const simclr = contestant(method, { data: { x1: x, x2: x }, batch: 4, steps: 5 });
 * assert.deepEqual(simclr.settings, { steps: 5, batch: 4 });
 * ```
 */
export function contestant<P, S, E, B, F = unknown>(
  method: Method<P, S, B>,
  options: ContestantOptions<P, S, E, B, F>,
): Contestant<P, F> {
  const { film, watch, figures, judged = true, represent: how, from, ...rest } = options;
  const { network = ({ params }: { readonly params: P }) => params, ...training } = rest;
  const { steps, batch } = training;
  return {
    seeded: true,
    trained: true,
    settings: { steps, ...(batch === undefined ? {} : { batch }) },
    async ready(turn) {
      const { seed, signal, progress, first } = turn;
      const frames: FilmFrame<F>[] = [];
      if (film && first) frames.push({ step: 0, ...withStart(method, seed, film.of) });
      const { checkpoint } = training;
      const own = training.data === undefined ? examplesOf(turn.sets, from) : undefined;
      const all: TrainOptions<P, S, E, B> = {
        ...training,
        data: training.data ?? (own as TrainOptions<P, S, E, B>['data']),
        // Else `resume: true` would find another seed's.
        ...(checkpoint && {
          checkpoint: { ...checkpoint, dir: join(checkpoint.dir, `seed-${seed}`) },
        }),
        method,
        seed,
        display: 'none',
        ...(signal && { signal }),
        onStep(event) {
          progress(`step ${event.step} of ${steps}`);
          if (!first) return;
          watch?.(event);
          if (film && (event.step % film.every === 0 || event.step === steps))
            frames.push({ step: event.step, ...film.of(event.params, event.state) });
        },
      };
      const trained = await ownErrors(
        train(all as TrainOptions<P, S, E, B> & { augment: NonNullable<typeof all.augment> }),
      ).finally(() => own?.labels.dispose());
      const { params, state } = trained;
      return {
        params,
        film: frames,
        ...(figures && {
          figures: figuresOf(() => figures(network(trained), trained.state), trained),
        }),
        ...(judged && {
          represent: (sets: ImageSets) => represent(method, network(trained), sets, how),
        }),
        dispose: () => disposeWithout(state, params),
      };
    },
  };
}

/** A set as `train` takes it. The labels are a copy, the caller's. */
function examplesOf(
  sets: ImageSets,
  from?: string,
): { readonly images: Tensor; readonly labels: Tensor1D } {
  const { images, labels } = setNamed(sets, from);
  const copy =
    labels instanceof tf.Tensor ? labels.clone() : tf.tensor1d(Array.from(labels), 'int32');
  return { images, labels: copy };
}

/** @throws where there is no such set, naming those there are. */
export function setNamed({ train, also }: ImageSets, from = 'train'): LabelledImages {
  const set = from === 'train' ? train : also?.[from];
  if (set) return set;
  const names = ['train', ...Object.keys(also ?? {})].join(' | ');
  throw new Error(`from: '${from}' given, one of ${names} expected`);
}

/**
 * A contestant that is made anew for each seed: of other data, say, which a training that begins
 * elsewhere does not replace.
 *
 * @param of seed -> the contestant. Its settings are to be alike for all seeds; the record has those
 * of seed 0.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measured, perSeed, study } from 'dark-matter';
 *
 * const row = perSeed((seed) => measured(() => ({ 'seed doubled': 2 * seed })));
 * const result = await study({ name: 'tiny', contestants: { row }, seeds: [1, 3] });
 * assert.equal(result.mean('row', 'seed doubled'), 4);
 * ```
 */
export function perSeed<P, F>(of: (seed: number) => Contestant<P, F>): Contestant<P, F> {
  const { trained, settings } = of(0);
  return { seeded: true, trained, settings, ready: (turn) => of(turn.seed).ready(turn) };
}

/**
 * Features that nobody trains, as a contestant: pixels, principal components, patches.
 *
 * @param fit makes the function of images from the training images: [n, ...] -> [n, dim].
 * @param options.seeded whether it comes out differently for each seed; default false.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { fixedFeatures, measure } from 'dark-matter';
 *
 * const pixels = fixedFeatures(() => ({ embed: measure.rawPixels }));
 * assert.equal(pixels.seeded, false);
 * ```
 */
export function fixedFeatures(
  fit: (turn: Turn) => { embed(images: Tensor): Tensor2D; dispose?(): void },
  { seeded = false, settings = {} }: { seeded?: boolean; settings?: Settings } = {},
): Contestant<undefined> {
  return {
    seeded,
    trained: false,
    settings,
    async ready(turn) {
      const fitted = fit(turn);
      return {
        params: undefined,
        represent: (sets) => representSets(fitted.embed, sets),
        dispose: () => fitted.dispose?.(),
      };
    },
  };
}

/** A training that ends early takes its tensors with it: nobody else could free them. */
async function ownErrors<T>(training: Promise<T>): Promise<T> {
  try {
    return await training;
  } catch (error) {
    disposePartial(error);
    throw error;
  }
}

/** What is to be seen of the parameters and state that a training with this seed starts from. */
export function withStart<P, S, F>(
  method: Pick<Method<P, S, unknown>, 'init'>,
  seed: number,
  of: (params: P, state: S) => F,
): F {
  const start = randomKey(seed);
  const made = method.init(start);
  try {
    return of(made.params, made.state);
  } finally {
    tree.dispose([start, made]);
  }
}

/** The figures; where measuring them fails, the training is freed. */
function figuresOf(figures: () => Figures, trained: Trained<unknown, unknown>): Figures {
  try {
    return figures();
  } catch (error) {
    trained.dispose();
    throw error;
  }
}

/** Frees a tree, but for what another holds too. */
function disposeWithout(gone: unknown, kept: unknown): void {
  const held = new Set(tree.leaves(kept));
  tf.dispose(tree.leaves(gone).filter((leaf) => !held.has(leaf)));
}

/** The share of rows whose greatest logit is that of the label, in [0, 1]. */
export function accuracyOfLogits(logits: Tensor2D, labels: ArrayLike<number>): number {
  const guesses = tf.tidy(() => logits.argMax(1).dataSync());
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (guesses[i] === labels[i]) right++;
  return right / labels.length;
}
