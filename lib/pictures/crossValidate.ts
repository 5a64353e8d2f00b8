/** Logistic regression judged on labels that it did not see, and how far its confidence can be trusted. */
import { expectNumber } from '../core/checks';
import { tf, type Tensor2D } from '../core/engine';
import { hostGenerator } from '../core/random';
import { positionsByClass } from '../data/labelled';
import { labelArray } from '../measure/embedded';
import { fitLogistic, logits as logitsOf, type LogisticFit } from '../measure/logisticRegression';
import { standardization } from '../measure/standardize';
import { principalAxes } from '../numerics/decompositions';

/** Frozen features with few labels, as a linear classifier sees them. */
export interface Problem {
  /** [n, dim]: standardised, along their principal axes. */
  readonly x: Tensor2D;
  /** Other features as the classifier sees them: [m, dim] -> [m, ...], owned by the caller. */
  turn(features: Tensor2D): Tensor2D;
  dispose(): void;
}

/** What a linear classifier without a learning rate is to be told. */
const settings = { tolerance: 1e-4, maxIterations: 500 };

/**
 * Centres and scales features, and turns them along the axes of the labelled ones: nothing that a
 * linear classifier with a round penalty could use is lost, and raw pixels become few numbers.
 *
 * @param features [n, dim] of the labelled pictures.
 */
export function problem(features: Tensor2D): Problem {
  const standard = standardization(features);
  const all = standard.apply(features);
  const axes = principalAxes(all);
  const turn = (rows: Tensor2D): Tensor2D =>
    tf.tidy(() => tf.matMul(standard.apply(rows), axes) as Tensor2D);
  const x = tf.matMul(all, axes) as Tensor2D;
  all.dispose();
  return {
    x,
    turn,
    dispose: () => {
      standard.dispose();
      tf.dispose([axes, x]);
    },
  };
}

/** Logistic regression with the penalty that belongs to so many labels: a unit Gaussian prior. */
export const fitFew = (x: Tensor2D, labels: Int32Array, classes: number): LogisticFit =>
  fitLogistic(x, labels, classes, { ...settings, l2: 1 / labels.length });

export interface CrossValidated {
  /** n * classes, row by row: each row's logits by a classifier that did not see its label. */
  readonly logits: Float32Array;
  /** [n], the class that they say. */
  readonly predicted: Int32Array;
  /** [n], 1 where that is the label. */
  readonly hits: Uint8Array;
  readonly folds: number;
}

/**
 * Each labelled row, classified by logistic regression on the other folds' labels. Folds are drawn
 * class by class, so that each has nearly the same share of every class. The penalty is fixed
 * beforehand (1 / number of labels), for there are no labels to spare for choosing it.
 *
 * @param set features [n, dim], float32, and labels [n], whole numbers below `classes`; n of at
 * least 2.
 * @param options folds: default 5, or n where there are fewer labels; seed: draws the folds.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures, tf } from 'dark-matter';
 *
 * const features = tf.tensor2d([[0, 1], [0, 2], [9, 1], [9, 2]]);
 * const { hits } = pictures.crossValidate({ features, labels: [0, 0, 1, 1] }, 2, { folds: 2 });
 * assert.deepEqual([...hits], [1, 1, 1, 1]);
 * ```
 */
export function crossValidate(
  set: { readonly features: Tensor2D; readonly labels: ArrayLike<number> },
  classes: number,
  { folds = 5, seed = 0 }: { folds?: number; seed?: number } = {},
): CrossValidated {
  const labels = labelArray('set', set);
  const n = labels.length;
  expectNumber('set.labels: how many', n, { atLeast: 2 });
  expectNumber('folds', folds, { atLeast: 2, integer: true });
  const parts = Math.min(folds, n);
  const foldOf = drawFolds(labels, parts, seed);
  const logits = new Float32Array(n * classes);
  for (let fold = 0; fold < parts; fold++) {
    const [kept, out] = [true, false].map((isKept) =>
      Int32Array.from(labels.keys()).filter((row) => (foldOf[row] !== fold) === isKept),
    ) as [Int32Array, Int32Array];
    if (out.length === 0 || kept.length === 0) continue;
    const [features, others] = [kept, out].map((rows) =>
      tf.tidy(() => tf.gather(set.features, tf.tensor1d(rows, 'int32'))),
    ) as [Tensor2D, Tensor2D];
    const { x, turn, dispose } = problem(features);
    const model = fitFew(
      x,
      kept.map((row) => labels[row]!),
      classes,
    );
    const values = tf.tidy(() => logitsOf(model, turn(others)).dataSync() as Float32Array);
    out.forEach((row, i) =>
      logits.set(values.subarray(i * classes, (i + 1) * classes), row * classes),
    );
    dispose();
    tf.dispose([features, others]);
  }
  const predicted = Int32Array.from(labels, (_, row) => largestAt(logits, row * classes, classes));
  return {
    logits,
    predicted,
    hits: Uint8Array.from(labels, (label, row) => Number(predicted[row] === label)),
    folds: parts,
  };
}

/** Which fold each row is in: each class is dealt out in turn, beginning where the last one ended. */
function drawFolds(labels: Int32Array, folds: number, seed: number): Int32Array {
  const generator = hostGenerator(seed);
  const foldOf = new Int32Array(labels.length);
  let next = 0;
  for (const pool of positionsByClass(labels))
    for (const at of generator.permutation(pool.length)) foldOf[pool[at]!] = next++ % folds;
  return foldOf;
}

function largestAt(values: Float32Array, start: number, length: number): number {
  let best = 0;
  for (let c = 1; c < length; c++) if (values[start + c]! > values[start + best]!) best = c;
  return best;
}

/** Probabilities of logits [n * classes] at a temperature, in float64: each row sums to 1. */
export function softmaxRows(
  logits: ArrayLike<number>,
  classes: number,
  temperature = 1,
): Float64Array {
  const p = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    let top = -Infinity;
    for (let c = 0; c < classes; c++) top = Math.max(top, logits[start + c]!);
    let sum = 0;
    for (let c = 0; c < classes; c++)
      sum += p[start + c] = Math.exp((logits[start + c]! - top) / temperature);
    for (let c = 0; c < classes; c++) p[start + c]! /= sum;
  }
  return p;
}

/**
 * Temperature scaling (Guo et al. 2017): the one number by which logits are divided so that their
 * confidence is right, found on labels that made none of them.
 *
 * The mean cross-entropy of `softmax(logits / T)` is smallest at one T, for it is convex in 1 / T.
 *
 * @param logits n * classes, row by row.
 * @param labels [n], whole numbers below `classes`.
 * @param options.pseudoCount examples, beside the n, of which nothing is known but that any class may
 * be right; 0 by default. With 1, n right answers make it about 1 - 1/n sure, and never certain.
 * @returns T in [0.01, 100]; above 1 where the logits were too sure, below where not sure enough.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures } from 'dark-matter';
 *
 * // Says class 0 with a logit of 4, and is right three times of four: log 3 would be right.
 * const T = pictures.temperatureOf([4, 0, 4, 0, 4, 0, 4, 0], [0, 0, 0, 1], 2);
 * assert.ok(Math.abs(4 / T - Math.log(3)) < 1e-4);
 * ```
 */
export function temperatureOf(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  { pseudoCount = 0 }: { pseudoCount?: number } = {},
): number {
  const n = labels.length;
  const smoothing = pseudoCount / (n + pseudoCount);
  const logOf = (probability: number): number => Math.log(Math.max(probability, 1e-300));
  const loss = (logT: number): number => {
    const p = softmaxRows(logits, classes, Math.exp(logT));
    let [own, any] = [0, 0];
    for (let i = 0; i < n; i++) own += logOf(p[i * classes + labels[i]!]!);
    if (smoothing > 0) for (let i = 0; i < n * classes; i++) any += logOf(p[i]!) / classes;
    return -((1 - smoothing) * own + smoothing * any);
  };
  // Golden section: the loss has one valley.
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(0.01), Math.log(100)];
  for (let i = 0; i < 60; i++) {
    const [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (loss(a) < loss(b)) high = b;
    else low = a;
  }
  return Math.exp((low + high) / 2);
}
