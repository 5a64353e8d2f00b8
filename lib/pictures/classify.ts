/** A classifier from few labels: what each picture shows, how sure that is, and how often it is right. */
import { tf, type Tensor2D } from '../core/engine';
import { binomialInterval } from '../measure/binomial';
import { logits as logitsOf } from '../measure/logisticRegression';
import type { Interval } from '../measure/statistics';
import { crossValidate, fitFew, problem, softmaxRows, temperatureOf } from './crossValidate';
import { asTensor, type Embeddings } from './encoder';

/** Some pictures' labels. */
export interface FewLabels {
  /** Positions of the labelled pictures, none twice. */
  readonly rows: Int32Array;
  /** [rows], whole numbers from 0. */
  readonly labels: Int32Array;
  /** Their names; at least two. */
  readonly classes: readonly string[];
}

/** What a classifier says of all pictures, and what it is worth. */
export interface Classified {
  readonly classes: readonly string[];
  /**
   * n * classes, row by row, each row summing to 1. A labelled picture's come from a classifier that
   * did not see its label.
   */
  readonly probabilities: Float64Array;
  /** [n], the most probable class. */
  readonly index: Int32Array;
  /** [n], its probability. */
  readonly confidence: Float32Array;
  /** Cross-validated; undefined where no class has two labels, so that nothing can be checked. */
  readonly quality: Quality | undefined;
}

/** Judged on labels that the classifier did not see. */
export interface Quality {
  /** In [0, 1]. */
  readonly accuracy: number;
  /** 95%, exact (Clopper and Pearson), for the choice of the labelled pictures. */
  readonly interval: Interval;
  /** What naming the most frequent class always would get. */
  readonly mostFrequent: number;
  /** [labelled], 1 where the class is right. */
  readonly hits: Uint8Array;
  readonly folds: number;
  /** The logits are divided by it; see `temperatureOf`. */
  readonly temperature: number;
  /** Its mean confidence on the labelled pictures: near `accuracy` where it is calibrated. */
  readonly confidence: number;
}

/**
 * Logistic regression on frozen embeddings of a few labelled pictures, applied to all of them, with
 * calibrated probabilities (temperature scaling on cross-validated logits).
 *
 * @param embeddings of all pictures.
 * @throws with fewer than two classes, and on a position that is none.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures } from 'dark-matter';
 *
 * const embeddings = { data: Float32Array.of(0, 1, 0, 2, 9, 1, 9, 2, 8, 1), dim: 2 };
 * const rows = Int32Array.of(0, 1, 2, 3);
 * const few = { rows, labels: Int32Array.of(0, 0, 1, 1), classes: ['left', 'right'] };
 * const { index, quality } = pictures.classify(embeddings, few);
 * assert.deepEqual([few.classes[index[4]!], quality!.accuracy], ['right', 1]);
 * ```
 */
export function classify(
  embeddings: Embeddings,
  few: FewLabels,
  { folds, seed = 0 }: { readonly folds?: number; readonly seed?: number } = {},
): Classified {
  const { rows, labels, classes } = few;
  const n = embeddings.data.length / embeddings.dim;
  expectFew(few, n);
  const all = asTensor(embeddings);
  const own = tf.tidy(() => tf.gather(all, tf.tensor1d(rows, 'int32')) as Tensor2D);
  try {
    const judged = canBeChecked(labels)
      ? crossValidate({ features: own, labels }, classes.length, {
          seed,
          ...(folds !== undefined && { folds }),
        })
      : undefined;
    // Without the pseudo-count a few labels that are all right would make it certain of everything.
    const temperature = judged
      ? temperatureOf(judged.logits, labels, classes.length, { pseudoCount: 1 })
      : 1;
    const probabilities = softmaxRows(fitted(own, all, few), classes.length, temperature);
    if (judged) {
      const unseen = softmaxRows(judged.logits, classes.length, temperature);
      rows.forEach((row, i) =>
        probabilities.set(
          unseen.subarray(i * classes.length, (i + 1) * classes.length),
          row * classes.length,
        ),
      );
    }
    const best = Array.from({ length: n }, (_, row) => topOf(probabilities, row, classes.length));
    return {
      classes,
      probabilities,
      index: Int32Array.from(best, ({ at }) => at),
      confidence: Float32Array.from(best, ({ p }) => p),
      quality: judged && {
        ...accuracyWith(judged.hits),
        mostFrequent: Math.max(...countsOf(labels)) / labels.length,
        hits: judged.hits,
        folds: judged.folds,
        temperature,
        confidence: rows.reduce((sum, row) => sum + best[row]!.p, 0) / rows.length,
      },
    };
  } finally {
    tf.dispose([all, own]);
  }
}

/** The logits of all pictures, by a classifier of all the labels. */
function fitted(own: Tensor2D, all: Tensor2D, { labels, classes }: FewLabels): Float32Array {
  const { x, turn, dispose } = problem(own);
  try {
    const model = fitFew(x, labels, classes.length);
    return tf.tidy(() => logitsOf(model, turn(all)).dataSync() as Float32Array);
  } finally {
    dispose();
  }
}

/** Whether a label can be held back and another of its class be learned from. */
export const canBeChecked = (labels: Int32Array): boolean => Math.max(...countsOf(labels)) >= 2;

const accuracyWith = (hits: Uint8Array): Pick<Quality, 'accuracy' | 'interval'> => {
  const right = hits.reduce((sum, hit) => sum + hit, 0);
  return { accuracy: right / hits.length, interval: binomialInterval(right, hits.length) };
};

function countsOf(labels: Int32Array): number[] {
  const counts: number[] = [];
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return Array.from(counts, (count) => count ?? 0);
}

function topOf(p: Float64Array, row: number, classes: number): { at: number; p: number } {
  let at = 0;
  for (let c = 1; c < classes; c++) if (p[row * classes + c]! > p[row * classes + at]!) at = c;
  return { at, p: p[row * classes + at]! };
}

function expectFew({ rows, labels, classes }: FewLabels, n: number): void {
  if (rows.length !== labels.length)
    throw new Error(`labels: ${labels.length} given, ${rows.length} expected, one a row`);
  if (new Set(labels).size < 2)
    throw new Error(
      `labels: ${new Set(labels).size === 1 ? `only '${classes[labels[0]!]}'` : 'none'} given, at least two different ones expected`,
    );
  const beyond = rows.find((row) => !(row >= 0 && row < n));
  if (beyond !== undefined) throw new Error(`rows: ${beyond} given, positions below ${n} expected`);
  const unnamed = labels.find((label) => !(label >= 0 && label < classes.length));
  if (unnamed !== undefined)
    throw new Error(`labels: ${unnamed} given, numbers below ${classes.length} expected`);
}

/**
 * What the classifier is worth, in plain sentences.
 *
 * @param count pictures in all.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures } from 'dark-matter';
 * const embeddings = { data: Float32Array.of(0, 1, 0, 2, 9, 1, 9, 2), dim: 2 };
 * const classes = ['left', 'right'];
 * const few = { rows: Int32Array.of(0, 1, 2, 3), labels: Int32Array.of(0, 0, 1, 1), classes };
 * const [first] = pictures.describeClassifier(pictures.classify(embeddings, few), 4);
 * assert.equal(first, 'The classifier learned 2 classes from 4 labels.');
 * ```
 */
export function describeClassifier({ quality, classes }: Classified, labelled: number): string[] {
  const learned = `The classifier learned ${classes.length} classes from ${labelled} labels.`;
  if (!quality)
    return [
      learned,
      'How often it is right cannot be told: no class has two labels, so none can be held back. Give at least two a class; take the confidences for what they are, unchecked.',
    ];
  const { accuracy, interval, mostFrequent, folds, confidence } = quality;
  return [
    learned,
    `On labels that it had not seen (${folds}-fold cross-validation) it is right in ${percent(accuracy)} ` +
      `(95% interval ${percent(interval.low)} to ${percent(interval.high)}); naming the most frequent class always gets ${percent(mostFrequent)}.`,
    `Its mean confidence there is ${percent(confidence)}. One temperature, fitted to these labels, makes confidences agree with how often it is right; a single picture's may be off.`,
    ...(interval.low <= mostFrequent
      ? ['So these labels do not show that it has learned anything: give more of them.']
      : []),
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
