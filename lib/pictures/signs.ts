/**
 * Signs of collapse: measured while a method trains, and said in a sentence.
 *
 * A falling loss does not tell a method that learns from one that gives every picture the same
 * embedding. Three figures of pictures that were not trained on do.
 */
import { tf, type Tensor2D, type Tensor4D } from '../core/engine';
import { l2Normalize } from '../core/l2Normalize';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { effectiveRank, standardDeviation } from '../measure/collapse';
import type { Learner, LearnerParams } from './learner';

/** How the embeddings of some pictures are spread, after so many steps. */
export interface Signs {
  /** Steps done. */
  readonly step: number;
  /**
   * How far the directions of the embeddings spread: the mean standard deviation of their unit
   * vectors, times sqrt(dim). 1 is evenly over the sphere, 0 a single point.
   */
  readonly spread: number;
  /** How many directions they use: the effective rank (RankMe), from 1 to min(n, dim). */
  readonly rank: number;
  /** The most that `rank` could be. */
  readonly mostRank: number;
  /**
   * The mean energy 1 - cos of two different pictures, less that of two views of the same picture.
   * At 0 the energy does not tell them apart; 1 is as good as it gets.
   */
  readonly gap: number;
}

/**
 * Measures two views of the same pictures in the embedding in which the loss is computed.
 *
 * @param z1 [n, dim] embeddings of n different pictures, n of at least 2; float32.
 * @param z2 [n, dim] of other views of the same pictures, row by row.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures, random, tf } from 'dark-matter';
 *
 * const z = random.normal(random.key(0), [200, 8]);
 * assert.ok(pictures.signsOf(z, z).gap > 0.9);
 * const point = tf.ones([200, 8]) as typeof z;
 * assert.ok(Math.abs(pictures.signsOf(point, point).gap) < 1e-5);
 * ```
 */
export function signsOf(z1: Tensor2D, z2: Tensor2D, step = 0): Signs {
  const [n, dim] = z1.shape;
  const gap = tf.tidy(() => {
    const [a, b] = [l2Normalize(z1), l2Normalize(z2)];
    const own = a.mul(b).sum(1);
    // The mean cosine of all pairs but the twins: from the product of the sums.
    const all = a.sum(0).mul(b.sum(0)).sum();
    const others = all.sub(own.sum()).div(n * (n - 1));
    return own.mean().sub(others).dataSync()[0]!;
  });
  return {
    step,
    spread: standardDeviation(z1, { normalize: true }).mean * Math.sqrt(dim),
    rank: effectiveRank(z1),
    mostRank: Math.min(n, dim),
    gap,
  };
}

/** Looks at a method in training. Holds the pictures that it looks at: `dispose()`. */
export interface Watcher {
  look(params: LearnerParams, step: number): Signs;
  dispose(): void;
}

/**
 * Looks at two views of some pictures, always the same.
 *
 * @param images [n, height, width, channels] of pictures that are not trained on.
 * @param known [m, height, width, channels] of training pictures, from which normalization gets its
 * statistics.
 */
export function watcher(
  { method, views }: Learner,
  images: Tensor4D,
  known: Tensor4D,
  seed: number,
): Watcher {
  const { x1, x2 } = tree.tidy(() => views({ images }, random.key(seed + WATCHED)));
  const statistics = known.clone();
  return {
    look(params, step) {
      const calibrated = method.calibrate(params, statistics);
      const [z1, z2] = [method.project(calibrated, x1), method.project(calibrated, x2)];
      try {
        return signsOf(z1, z2, step);
      } finally {
        tree.dispose([calibrated, z1, z2]);
      }
    },
    dispose: () => tf.dispose([x1, x2, statistics]),
  };
}

/** Apart from what else a seed is used for. */
const WATCHED = 1_000_003;

/** What the signs say of a training. */
export interface Diagnosis {
  readonly verdict: 'healthy' | 'suspect' | 'collapsed';
  /** Plain sentences: what was seen, what it means and what to do. */
  readonly sentences: readonly string[];
}

/**
 * What the signs say, in plain sentences, and what to do.
 *
 * *Collapsed*: different pictures get nearly the same embedding (a spread below 0.1, an effective
 * rank below 1.5, or an energy gap below 0.02). *Suspect*: less than a twentieth of the directions
 * are used, or the gap is below 0.1. The bounds are rules of thumb; the figures are given too.
 *
 * @param signs in the order of their steps; at least one. The last one is judged.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures } from 'dark-matter';
 *
 * const point = { step: 100, spread: 0.01, rank: 1, mostRank: 64, gap: 0 };
 * assert.equal(pictures.diagnose([point]).verdict, 'collapsed');
 * const spread = { step: 100, spread: 0.95, rank: 40, mostRank: 64, gap: 0.8 };
 * assert.equal(pictures.diagnose([spread]).verdict, 'healthy');
 * ```
 */
export function diagnose(signs: readonly Signs[]): Diagnosis {
  const last = signs.at(-1);
  if (!last) throw new Error('signs: none given, at least one expected');
  const { step, spread, rank, mostRank, gap } = last;
  const figures =
    `After ${step} steps: spread ${shown(spread)} (1 is evenly over the sphere, 0 one point), ` +
    `effective rank ${shown(rank)} of ${mostRank}, energy gap ${shown(gap)} between other pictures and views of the same.`;
  if (spread < 0.1 || rank < 1.5 || gap < 0.02)
    return {
      verdict: 'collapsed',
      sentences: [
        'Collapse: different pictures get nearly the same embedding, so it tells them apart no more.',
        figures,
        'What to do: take a method whose loss forbids it (--method simclr or vicreg); if this was one, ' +
          'use more pictures, or a larger --side, so that two views of a picture have something in common that others lack.',
      ],
    };
  if (rank < mostRank / 20 || gap < 0.1)
    return {
      verdict: 'suspect',
      sentences: [
        rank < mostRank / 20
          ? 'Nearly collapsed: the embedding uses few of its directions.'
          : 'The energy hardly tells another picture from a second view of the same.',
        figures,
        'What to do: train longer (--minutes), or take --method vicreg, which asks for many directions.',
      ],
    };
  return { verdict: 'healthy', sentences: ['No collapse.', figures] };
}

const shown = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
