import { tf, type Tensor, type Tensor1D, type Tensor4D } from '../core/engine';
import { expectNumber } from '../core/checks';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import type { Augmentation } from '../data/augment';
import type { History } from './history';
import type { AnyOptimizer } from './optimizers';
import { train, type StepEvent } from './train';
import type { Clustering, Numbered } from '../noncontrastive/clustering';

export interface AlternateOptions<P, S> {
  readonly method: Clustering<P, S>;
  /** [examples, height, width, channels] in [0, 1]. */
  readonly images: Tensor4D;
  /** How often it clusters. */
  readonly rounds: number;
  /** Updates between two clusterings. */
  readonly steps: number;
  readonly batch: number;
  /** Integer; default 0. */
  readonly seed?: number;
  /**
   * Default that of `train`. Its averages begin anew with each round, as the classifier does. A
   * schedule does so too, unless a function makes the optimiser of the updates that are done: `(done)
   * => adam({ learningRate: schedule.startingAt(done, rate) })` is one schedule over all rounds.
   */
  readonly optimizer?: AnyOptimizer | ((done: number) => AnyOptimizer);
  /** How an image is changed before it is classified. Clusters are of the images as they are. */
  readonly augment?: Augmentation;
  /** Stops it when aborted, as does the notebook's Stop. */
  readonly signal?: AbortSignal;
  /**
   * Told after each update how many are done, those of earlier rounds included. The parameters are
   * lent.
   */
  readonly onStep?: (done: number, params: P) => void;
}

/** After a round: lent until the next one begins, and the caller's after the last. */
export interface Round<P, S> {
  /** From 0. */
  readonly round: number;
  readonly params: P;
  /** The clusters that this round learned. */
  readonly state: S;
  readonly history: History;
}

/**
 * DeepCluster's (and DeeperCluster's) two halves in turn: all examples are clustered, then the
 * network learns to tell the clusters apart.
 *
 * @throws what `train` throws; the caller disposes of the error's `partial`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { alternate, nn, noncontrastive, random } from 'dark-matter';
 * const encoder = nn.sequential([nn.flatten(), nn.dense(16, 8)]);
 * const method = noncontrastive.deepCluster({ encoder, features: 8, clusters: 4, examples: 64 });
 * const images = random.uniform(random.key(0), [64, 4, 4, 1]);
 * for await (const { round, history } of alternate({
 *   method,
 *   images,
 *   rounds: 2,
 *   steps: 5,
 *   batch: 16,
 * }))
 *   assert.ok(Number.isFinite(history.loss.at(-1)), `round ${round}`);
 * ```
 */
export async function* alternate<P, S>(
  options: AlternateOptions<P, S>,
): AsyncGenerator<Round<P, S>, void, void> {
  const { method, images, rounds, steps, batch, seed = 0, augment, signal, onStep } = options;
  expectNumber('rounds', rounds, { atLeast: 1, integer: true });
  const key = random.key(seed);
  const index = tf.range(0, images.shape[0], 1, 'int32') as Tensor1D;
  const toBatch = (examples: { x: Tensor; index: Tensor1D }, key: random.Key): Numbered =>
    augment ? { x: augment(examples.x as Tensor4D, key), index: examples.index } : examples;
  let current = method.init(key);
  try {
    for (let round = 0; round < rounds; round++) {
      const next = reclustered(options, current.params, random.foldIn(key, round));
      tree.dispose(current);
      current = next;
      const trained = await train({
        method: { ...method, init: () => tree.clone(current) },
        data: { x: images as Tensor, index },
        augment: toBatch,
        steps,
        batch,
        seed: seed + 1000 * (round + 1),
        ...optimizerOf(options, round * steps),
        ...(signal && { signal }),
        ...(onStep && {
          onStep: ({ step, params }: StepEvent<P, S>) => onStep(round * steps + step, params),
        }),
        display: 'none',
      });
      tree.dispose(current);
      current = { params: trained.params, state: trained.state };
      yield { round, ...current, history: trained.history };
    }
  } catch (error) {
    tree.dispose(current);
    throw error;
  } finally {
    tf.dispose([key, index]);
  }
}

/** The network with new clusters. The key is disposed of, the parameters are not. */
function reclustered<P, S>(
  { method, images }: AlternateOptions<P, S>,
  params: P,
  key: random.Key,
): { params: P; state: S } {
  try {
    return method.recluster(params, images, key);
  } finally {
    key.dispose();
  }
}

/** The optimiser of the round that begins when so many updates are done. */
function optimizerOf<P, S>({ optimizer }: AlternateOptions<P, S>, done: number) {
  if (!optimizer) return {};
  return { optimizer: typeof optimizer === 'function' ? optimizer(done) : optimizer };
}
