/** What a method has to beat: the usual baselines, as contestants that are judged as it is. */
import { expectNumber } from '../core/checks';
import { embed } from '../core/embed';
import type { Tensor, Tensor4D } from '../core/engine';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { rawPixels } from '../measure/features';
import { kMeansFeatures, type KMeansFeaturesOptions } from '../measure/kMeansFeatures';
import { mean } from '../measure/statistics';
import { calibrate, type Layer } from '../nn/layer';
import { pca } from '../numerics/pca';
import type { AnyOptimizer } from '../train/optimizers';
import { fixedFeatures, type Contestant, type Turn } from './contestant';
import { chosen, trainOnFew } from './fewLabelTraining';
import { fewLabelsName } from './judge';
import type { ImageSets } from './represent';

export interface SupervisedBaselineOptions {
  /** Labels a class. Default 10. */
  readonly perClass?: number;
  /**
   * Draws of the labels, each a training; default 1. The turn of seed s has draws s, s + 1, ...: over
   * seeds 0 to 4 one each of those that `judge` makes.
   */
  readonly draws?: number;
  /** Updates, each on all the labels. */
  readonly steps: number;
  /** Default that of `train`. It is asked for anew in each training. */
  readonly optimizer?: AnyOptimizer;
  /** With it there are two rows: with augmentation and without, equal in all else. */
  readonly augment?: (images: Tensor4D, key: random.Key) => Tensor;
}

export interface BaselinesOptions<E> {
  /** The contestants' encoder: [batch, ...] -> [batch, features]. */
  readonly encoder: Layer<E>;
  /** The width of its output: k-means gets as many numbers. */
  readonly features: number;
  /** Principal components. Default 64. */
  readonly components?: number;
  /** Of the k-means on patches; its centres are `features` / 4, one a quadrant. */
  readonly kMeans?: Omit<KMeansFeaturesOptions, 'centres'>;
  /** The same encoder with a linear head, trained on a few labels alone. Left out: no such row. */
  readonly supervised?: SupervisedBaselineOptions;
}

/**
 * The baselines of a study, as its contestants: raw pixels, principal components, k-means on
 * patches (Coates, Ng & Lee 2011) with as many numbers as the encoder's features, the untrained
 * encoder, and the same encoder supervised on a few labels, with and without augmentation.
 *
 * The supervised rows are judged by their own head, in the column of as many labels a class.
 *
 * @throws where `features` is no multiple of 4.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { baselines, nn } from 'dark-matter';
 *
 * const rows = baselines({ encoder: nn.sequential([nn.flatten(), nn.dense(784, 8)]), features: 8 });
 * assert.deepEqual(Object.keys(rows), [
 *   'raw pixels', 'PCA, 64', 'k-means patches, 8', 'untrained encoder',
 * ]);
 * ```
 */
export function baselines<E>(options: BaselinesOptions<E>): Record<string, Contestant> {
  const { encoder, features, components = 64, kMeans = {} } = options;
  expectNumber('features', features, { atLeast: 4, integer: true });
  if (features % 4 !== 0)
    throw new Error(
      `features: ${features} given, a multiple of 4 expected (k-means has quadrants)`,
    );
  return {
    'raw pixels': fixedFeatures(() => ({ embed: rawPixels })),
    [`PCA, ${components}`]: fixedFeatures(({ sets }) => pca(sets.train.images, components)),
    [`k-means patches, ${features}`]: fixedFeatures(
      (turn) =>
        withKey(turn, (key) => patches(turn.sets, key, { ...kMeans, centres: features / 4 })),
      { seeded: true },
    ),
    'untrained encoder': fixedFeatures(
      (turn) => withKey(turn, (key) => untrained(turn, encoder, key)),
      {
        seeded: true,
      },
    ),
    ...(options.supervised && supervisedRows(encoder, features, options.supervised)),
  };
}

function withKey<T>({ seed }: Turn, f: (key: random.Key) => T): T {
  const key = random.key(seed);
  try {
    return f(key);
  } finally {
    key.dispose();
  }
}

function patches(sets: ImageSets, key: random.Key, options: KMeansFeaturesOptions) {
  const { embed: code, dispose } = kMeansFeatures(sets.train.images as Tensor4D, key, options);
  return { embed: (images: Tensor) => code(images as Tensor4D), dispose };
}

/** The network that a joint embedding with this key starts from. */
function untrained<E>({ sets }: Turn, encoder: Layer<E>, key: random.Key) {
  const params = tree.tidy(() => {
    const [forEncoder] = random.split(key) as [random.Key, random.Key];
    const x = sets.train.images.slice(0, Math.min(2000, sets.train.images.shape[0]!));
    return calibrate(encoder, encoder.init(forEncoder), x);
  });
  return {
    embed: (images: Tensor) => embed((x) => encoder.apply(params, x), images),
    dispose: () => tree.dispose(params),
  };
}

function supervisedRows<E>(
  encoder: Layer<E>,
  features: number,
  options: SupervisedBaselineOptions,
): Record<string, Contestant> {
  const { perClass = 10, augment, ...rest } = options;
  const name = `supervised, ${perClass} labels a class`;
  const plain = supervisedRow(encoder, features, { ...rest, perClass });
  if (!augment) return { [name]: plain };
  return {
    [`${name}, augmented`]: supervisedRow(encoder, features, options),
    [`${name}, not augmented`]: plain,
  };
}

function supervisedRow<E>(
  encoder: Layer<E>,
  features: number,
  options: SupervisedBaselineOptions,
): Contestant {
  const { perClass = 10, draws = 1, steps, optimizer, augment } = options;
  return {
    seeded: true,
    trained: false,
    settings: { steps, perClass, draws },
    async ready(turn) {
      const accuracies: number[] = [];
      for (let draw = 0; draw < draws; draw++) {
        const few = chosen(turn.sets.train, perClass, turn.seed + draw);
        accuracies.push(
          await trainOnFew(
            { ...turn, progress: (text) => turn.progress(`draw ${draw + 1}, ${text}`) },
            {
              encoder,
              features,
              steps,
              batch: Infinity,
              ...(optimizer && { optimizer }),
              ...(augment && { augment }),
            },
            few,
          ),
        );
      }
      return {
        params: undefined,
        figures: { [fewLabelsName(perClass)]: mean(accuracies) },
        dispose() {},
      };
    },
  };
}
