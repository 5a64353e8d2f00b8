/** Networks that learn from a few labels, from scratch or from an encoder that was trained before. */
import { expectNumber } from '../core/checks';
import { embed } from '../core/embed';
import { tf, type Tensor, type Tensor1D, type Tensor4D } from '../core/engine';
import * as tree from '../core/pytree';
import type { Key } from '../core/random';
import { fewLabels } from '../data/fewLabels';
import { mean } from '../measure/statistics';
import type { Layer } from '../nn/layer';
import type { AnyOptimizer } from '../train/optimizers';
import { supervised, type LabelledBatch, type Supervised } from '../train/supervised';
import {
  accuracyOfLogits,
  contestant,
  setNamed,
  type Contestant,
  type Figures,
  type Turn,
} from './contestant';
import type { LabelledImages } from './represent';

export interface FewLabelTrainingOptions<E> {
  /** [batch, ...] -> [batch, features]. */
  readonly encoder: Layer<E>;
  /** The width of its output. */
  readonly features: number;
  /** Labels a class, a figure each. */
  readonly perClass: readonly number[];
  /**
   * Draws of the labels, each a training: the rows `fewLabels(labels, perClass, d)` for d from 0, as
   * `judge` and `fewLabelProbe` draw them. Default 1.
   */
  readonly draws?: number;
  /** Updates of each training. */
  readonly steps: number;
  /** Images an update, at most: where there are fewer labels, each update sees all. Default 64. */
  readonly batch?: number;
  /** Default that of `train`. */
  readonly optimizer?: AnyOptimizer;
  /** Left out: the images as they are. */
  readonly augment?: (images: Tensor4D, key: Key) => Tensor;
  /** The set whose labels are drawn: 'train', the default, or one of the study's `also`. */
  readonly from?: string;
}

/**
 * A network that is trained on a few labels alone, as a contestant: the encoder from scratch with a
 * linear head. It is judged on the study's test set by its own head.
 *
 * @returns a row with the figures 'fine-tuned, 10 labels, %', the mean over the draws, for each
 * number of labels a class, and 'learning, s', the mean seconds of one such training.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { fewLabelTraining, nn, optim, study, tf } from 'dark-matter';
 *
 * const set = { images: tf.tensor2d([[1, 0], [1, 0.1], [0, 1], [0.1, 1]]), labels: [0, 0, 1, 1] };
 * const network = { encoder: nn.dense(2, 4), features: 4, optimizer: optim.adam({ learningRate: 0.1 }) };
 * const scratch = fewLabelTraining({ ...network, perClass: [1], steps: 100 });
 * const result = await study({
 *   name: 'tiny', contestants: { scratch }, data: { train: set, test: set },
 * });
 * assert.equal(result.mean('scratch', 'fine-tuned, 1 label, %'), 100);
 * ```
 */
export function fewLabelTraining<E>(options: FewLabelTrainingOptions<E>): Contestant<undefined> {
  return {
    seeded: true,
    trained: false,
    settings: settingsOf(options),
    ready: async (turn) => ({
      params: undefined,
      figures: await learnFew(turn, options),
      dispose() {},
    }),
  };
}

/**
 * A contestant whose encoder, once trained, goes on to learn from a few labels: encoder and a new
 * linear head are trained together. To the figures of its frozen features come those of
 * `fewLabelTraining`, and 'pretraining, s', the seconds of its own training.
 *
 * @param pretrained a contestant whose parameters have an `encoder`, as those of joint embeddings and
 * supervised networks do.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contestant, contrastive, fineTuned, nn, tf } from 'dark-matter';
 *
 * const encoder = nn.dense(4, 3);
 * const method = contrastive.simclr({ encoder, projector: nn.dense(3, 2) });
 * const x = tf.randomNormal([8, 4]);
 * const simclr = contestant(method, { data: { x1: x, x2: x }, batch: 4, steps: 5 });
 * const row = fineTuned(simclr, { encoder, features: 3, perClass: [1, 10], steps: 20 });
 * assert.deepEqual(row.settings, { steps: 5, batch: 4, 'fine-tuning steps': 20 });
 * ```
 */
export function fineTuned<E, P extends { readonly encoder: E }, F>(
  pretrained: Contestant<P, F>,
  options: FewLabelTrainingOptions<E>,
): Contestant<P, F> {
  return {
    ...pretrained,
    settings: {
      ...pretrained.settings,
      ...Object.fromEntries(
        Object.entries(settingsOf(options)).map(([knob, value]) => [`fine-tuning ${knob}`, value]),
      ),
    },
    async ready(turn) {
      const began = performance.now();
      const ready = await pretrained.ready(turn);
      const seconds = (performance.now() - began) / 1000;
      try {
        const figures = await learnFew(turn, options, ready.params.encoder);
        return { ...ready, figures: { ...ready.figures, ...figures, 'pretraining, s': seconds } };
      } catch (error) {
        ready.dispose();
        tree.dispose(ready.params);
        throw error;
      }
    },
  };
}

/** The figures of a network that begins with this encoder, or from scratch. The encoder is lent. */
async function learnFew<E>(
  turn: Turn,
  options: FewLabelTrainingOptions<E>,
  encoder?: E,
): Promise<Figures> {
  const { perClass, draws = 1, from } = options;
  expectNumber('draws', draws, { atLeast: 1, integer: true });
  const pool = setNamed(turn.sets, from);
  const figures: Record<string, number> = {};
  const seconds: number[] = [];
  for (const count of perClass) {
    const accuracies: number[] = [];
    for (let draw = 0; draw < draws; draw++) {
      const began = performance.now();
      const at = `${count} a class, draw ${draw + 1}`;
      const telling = { ...turn, progress: (text: string) => turn.progress(`${at}, ${text}`) };
      accuracies.push(await trainOnFew(telling, options, chosen(pool, count, draw), encoder));
      seconds.push((performance.now() - began) / 1000);
    }
    figures[`fine-tuned, ${count} ${count === 1 ? 'label' : 'labels'}, %`] = mean(accuracies);
  }
  return { ...figures, 'learning, s': mean(seconds) };
}

/**
 * Trains on labelled images, and judges on the turn's test set.
 *
 * @param few disposed of. @param start the encoder to begin with, lent; from scratch without.
 * @returns the accuracy in %.
 */
export async function trainOnFew<E>(
  turn: Turn,
  options: Omit<FewLabelTrainingOptions<E>, 'perClass' | 'draws' | 'from'>,
  few: { readonly images: Tensor; readonly labels: Tensor1D },
  start?: E,
): Promise<number> {
  const { encoder, features, steps, batch = 64, optimizer, augment } = options;
  const test = arrayOf(turn.sets.test.labels);
  const classes = Math.max(...test, ...few.labels.dataSync()) + 1;
  const method = begunWith(supervised({ encoder, features, classes }), start);
  try {
    const trained = await contestant(method, {
      data: few,
      batch: Math.min(batch, few.labels.shape[0]),
      steps,
      ...(optimizer && { optimizer }),
      augment: ({ images, labels }: typeof few, key): LabelledBatch => ({
        x: augment ? augment(images as Tensor4D, key) : images,
        labels,
      }),
    }).ready(turn);
    const logits = embed((x) => method.logits(trained.params, x), turn.sets.test.images);
    const accuracy = accuracyOfLogits(logits, test);
    logits.dispose();
    trained.dispose();
    tree.dispose(trained.params);
    return 100 * accuracy;
  } finally {
    tf.dispose([few.images, few.labels]);
  }
}

/** The same method, whose training begins with a copy of this encoder and a new head. */
function begunWith<E>(method: Supervised<E>, encoder: E | undefined): Supervised<E> {
  if (encoder === undefined) return method;
  return {
    ...method,
    init(key) {
      const { params, state } = method.init(key);
      tree.dispose(params.encoder);
      return { params: { ...params, encoder: tree.clone(encoder) }, state };
    },
  };
}

/** The rows that draw `draw` labels, as the few-label probe chooses them. */
export function chosen({ images, labels }: LabelledImages, perClass: number, draw: number) {
  const values = arrayOf(labels);
  const rows = fewLabels(values, perClass, draw);
  return tree.tidy(() => {
    const at = tf.tensor1d(rows, 'int32');
    return {
      images: tf.gather(images, at),
      labels: tf.tensor1d(
        rows.map((row) => values[row]!),
        'int32',
      ) as Tensor1D,
    };
  });
}

const arrayOf = (labels: LabelledImages['labels']): Int32Array =>
  labels instanceof tf.Tensor ? (labels.dataSync() as Int32Array) : Int32Array.from(labels);

const settingsOf = <E>({ steps, batch, draws }: FewLabelTrainingOptions<E>) => ({
  steps,
  ...(batch !== undefined && { batch }),
  ...(draws !== undefined && { draws }),
});
