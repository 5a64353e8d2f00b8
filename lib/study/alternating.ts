/** Methods that cluster all examples and learn the clusters in turn, as contestants. */
import type { Tensor4D } from '../core/engine';
import * as tree from '../core/pytree';
import type { Clustering } from '../noncontrastive/clustering';
import { alternate, type AlternateOptions, type Round } from '../train/alternate';
import { disposePartial } from '../train/errors';
import { setNamed, withStart, type Contestant, type Figures, type FilmFrame } from './contestant';
import { represent, type ImageSets, type RepresentOptions } from './represent';

export interface AlternatingOptions<P, S, F = unknown> extends Pick<
  AlternateOptions<P, S>,
  'rounds' | 'batch' | 'optimizer' | 'augment'
> {
  /** Updates in all, a multiple of `rounds`: each round has as many. */
  readonly updates: number;
  /** The set that is clustered and learned, 'train' (the default) or one of the study's `also`. */
  readonly from?: string;
  /** What is clustered and learned instead of a set of the study. */
  readonly images?: Tensor4D;
  /**
   * What to look at in the training of the first seed: plain numbers and arrays of them. A function
   * sees each round at its end, its `step` being the updates done; the round's clusters were made
   * `updates / rounds` earlier. `{ every, of }` sees the parameters as in `contestant`: before the
   * training, after each `every` updates, and at its end. The tensors are lent.
   */
  readonly film?:
    ((round: Round<P, S>) => F) | { readonly every: number; readonly of: (params: P) => F };
  /** Figures of the last round, recorded beside the judges'. The tensors are lent. */
  readonly figures?: (last: Round<P, S>) => Figures;
  /** How the features are made. */
  readonly represent?: RepresentOptions;
}

/**
 * DeepCluster or DeeperCluster as a contestant: trained anew for each seed by `alternate`.
 *
 * @throws where `updates` is no multiple of `rounds`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { alternating, nn, noncontrastive, random, study, tf } from 'dark-matter';
 *
 * const images = random.uniform(random.key(0), [64, 4, 4, 1]);
 * const set = { images, labels: Array.from({ length: 64 }, (_, i) => i % 2) };
 * const encoder = nn.sequential([nn.flatten(), nn.dense(16, 8)]);
 * const method = noncontrastive.deepCluster({ encoder, features: 8, clusters: 4, examples: 64 });
 * const row = alternating(method, { updates: 10, rounds: 2, batch: 16 });
 * const result = await study({
 *   name: 'tiny', contestants: { row }, data: { train: set, test: set },
 *   judge: ({ test }) => ({ width: test.features.shape[1] }),
 * });
 * assert.equal(result.mean('row', 'width'), 8);
 * ```
 */
export function alternating<P, S, F = unknown>(
  method: Clustering<P, S>,
  options: AlternatingOptions<P, S, F>,
): Contestant<P, F> {
  const { updates, rounds, batch, from, images, ...rest } = options;
  const { film, figures, represent: how, ...training } = rest;
  if (!(updates % rounds === 0))
    throw new Error(`updates: ${updates} given, a multiple of rounds (${rounds}) expected`);
  return {
    seeded: true,
    trained: true,
    settings: { updates, rounds, batch },
    async ready({ seed, sets, signal, progress, first }) {
      const frames: FilmFrame<F>[] = [];
      const seen = first ? film : undefined;
      const [ofRound, along] = typeof seen === 'function' ? [seen] : [undefined, seen];
      if (along) frames.push({ step: 0, ...withStart(method, seed, along.of) });
      let last: Round<P, S> | undefined;
      let read: Figures | undefined;
      try {
        for await (const round of alternate({
          ...training,
          method,
          rounds,
          batch,
          seed,
          images: images ?? (setNamed(sets, from).images as Tensor4D),
          steps: updates / rounds,
          ...(signal && { signal }),
          onStep(done, params) {
            progress(`update ${done} of ${updates}`);
            if (along && (done % along.every === 0 || done === updates))
              frames.push({ step: done, ...along.of(params) });
          },
        })) {
          last = round;
          const step = ((round.round + 1) * updates) / rounds;
          if (ofRound) frames.push({ step, ...ofRound(round) });
        }
        read = figures?.(last!);
      } catch (error) {
        disposePartial(error);
        tree.dispose(last ? [last.params, last.state] : []);
        throw error;
      }
      const { params, state } = last!;
      return {
        params,
        film: frames,
        ...(read && { figures: read }),
        represent: (all: ImageSets) => represent(method, params, all, how),
        dispose: () => tree.dispose(state),
      };
    },
  };
}
