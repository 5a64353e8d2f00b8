/** Whatever a study compares: a method to be trained, or anything that makes features of images. */
import { tf, type Tensor, type Tensor2D } from '../core/engine';
import type { Method } from '../core/method';
import * as tree from '../core/pytree';
import type { Settings } from '../measure/results';
import { TrainingDiverged, TrainingInterrupted } from '../train/errors';
import { train, type StepEvent, type TrainOptions } from '../train/train';
import type { Trained } from '../train/trained';
import {
  represent,
  representSets,
  type ImageSets,
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

/** A contestant after its training. */
export interface Ready<P> {
  /** Handed over: the study keeps or frees them. Undefined where there are none. */
  readonly params: P;
  /** Figures of its own, beside the judges'. */
  readonly figures?: Figures;
  /** Frozen features to be judged; left out where the figures say it all. */
  represent?(sets: ImageSets): Representation;
  /** Frees all but the parameters. */
  dispose(): void;
}

/** One row of a study. */
export interface Contestant<P = unknown> {
  /** False for what comes out alike for every seed: it has one turn. */
  readonly seeded: boolean;
  /** Whether it has parameters, of which a study keeps the first seed's. */
  readonly trained: boolean;
  /** What the record is to say of it: steps, batch. */
  readonly settings: Settings;
  ready(turn: Turn): Promise<Ready<P>>;
}

/** The parameters of a contestant. */
export type ParamsOfContestant<C> = C extends Contestant<infer P> ? P : never;

export interface ContestantOptions<P, S, E, B> extends Omit<
  TrainOptions<P, S, E, B>,
  'method' | 'seed' | 'signal' | 'display' | 'onStep'
> {
  /** After each step of the first seed: for a film of the training. The tensors are lent. */
  readonly watch?: (event: StepEvent<P, S>) => void;
  /** Figures of the trained parameters, recorded beside the judges'. */
  readonly figures?: (params: P) => Figures;
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
export function contestant<P, S, E, B>(
  method: Method<P, S, B>,
  options: ContestantOptions<P, S, E, B>,
): Contestant<P> {
  const { watch, figures, judged = true, represent: how, ...training } = options;
  const { steps, batch } = training;
  return {
    seeded: true,
    trained: true,
    settings: { steps, ...(batch === undefined ? {} : { batch }) },
    async ready({ seed, signal, progress, first }) {
      const all: TrainOptions<P, S, E, B> = {
        ...training,
        method,
        seed,
        display: 'none',
        ...(signal && { signal }),
        onStep(event) {
          progress(`step ${event.step} of ${steps}`);
          if (first) watch?.(event);
        },
      };
      const trained = await ownErrors(
        train(all as TrainOptions<P, S, E, B> & { augment: NonNullable<typeof all.augment> }),
      );
      const { params, state } = trained;
      return {
        params,
        ...(figures && { figures: figuresOf(figures, trained) }),
        ...(judged && { represent: (sets: ImageSets) => represent(method, params, sets, how) }),
        dispose: () => disposeWithout(state, params),
      };
    },
  };
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
    if (error instanceof TrainingInterrupted || error instanceof TrainingDiverged)
      error.partial.dispose();
    throw error;
  }
}

/** The figures; where measuring them fails, the training is freed. */
function figuresOf<P>(figures: (params: P) => Figures, trained: Trained<P, unknown>): Figures {
  try {
    return figures(trained.params);
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
