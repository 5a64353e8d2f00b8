/**
 * k nearest neighbours: how well closeness in the embedding predicts the class. Nothing is trained.
 */
import { expectNumber } from '../core/checks';
import { accuracyOf, expectFinite, labelArray, type Embedded } from './embedded';
import { neighbourIndex } from './neighbours';

export interface KnnOptions {
  /** Neighbours that vote. Default 20. */
  readonly k?: number;
  /** 'cosine', the default: the angle between embeddings. 'euclidean': their distance. */
  readonly metric?: 'cosine' | 'euclidean';
  /**
   * Cosine only: a neighbour's vote weighs exp(cosine / temperature), as in Wu et al. 2018
   * (InstDisc, section 3.4). Infinity for k equal votes. Default 0.07, theirs. With 'euclidean' all
   * votes are equal.
   */
  readonly temperature?: number;
  /** Test rows a call; bounds the memory at chunk * n similarities. Default 500. */
  readonly chunk?: number;
}

export interface KnnResult {
  /** The share of test rows whose class is predicted, in [0, 1]. */
  readonly accuracy: number;
  /** [test rows], the predicted classes. */
  readonly predictions: Int32Array;
}

/**
 * The class of each test row by a vote among its k nearest training rows. Of classes with equal
 * votes, the one that got there first, counting from the nearest neighbour, wins. The neighbours are
 * the nearest in float64, of the float32 features given.
 *
 * @param train features [n, dim], float32, and labels [n]; n of at least `k`.
 * @param test features [m, dim], float32, and labels [m]; m of at least 1.
 * @throws on labels that are not whole numbers from 0, and on features that are not float32, hold
 * NaN or infinity, or differ in width.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, tf } from 'dark-matter';
 *
 * const train = { features: tf.tensor2d([[1, 0], [0, 1]]), labels: [0, 1] };
 * const test = { features: tf.tensor2d([[2, 1]]), labels: [0] };
 * assert.equal(measure.knn(train, test, { k: 1 }).accuracy, 1);
 * ```
 */
export function knn(train: Embedded, test: Embedded, options: KnnOptions = {}): KnnResult {
  const {
    k = 20,
    metric = 'cosine',
    temperature = metric === 'cosine' ? 0.07 : Infinity,
    chunk = 500,
  } = options;
  const trainLabels = labelArray('train', train);
  const testLabels = labelArray('test', test);
  expectNumber('k', k, { atLeast: 1, atMost: trainLabels.length, integer: true });
  expectNumber('chunk', chunk, { atLeast: 1, integer: true });
  if (metric !== 'cosine' && metric !== 'euclidean')
    throw new Error(`metric: ${String(metric)} given, 'cosine' or 'euclidean' expected`);
  if (!(temperature > 0))
    throw new Error(`temperature: ${temperature} given, a number above 0 expected`);
  if (metric === 'euclidean' && temperature !== Infinity)
    throw new Error(
      `temperature: ${temperature} given with metric 'euclidean', only 'cosine' is weighted`,
    );
  const dim = train.features.shape[1];
  if (test.features.shape[1] !== dim)
    throw new Error(
      `test.features: shape [${test.features.shape.join(', ')}] given, [m, ${dim}] expected`,
    );
  expectFinite('train.features', train.features);
  expectFinite('test.features', test.features);

  const classes = trainLabels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const predictions = new Int32Array(testLabels.length);
  const nearest = neighbourIndex(train.features, metric);
  try {
    for (let start = 0; start < testLabels.length; start += chunk) {
      const size = Math.min(chunk, testLabels.length - start);
      const query = test.features.slice([start, 0], [size, dim]);
      const { values, indices } = nearest.top(query, k);
      query.dispose();
      for (let row = 0; row < size; row++) {
        const votes = new Float64Array(classes);
        let winner = -1;
        for (let j = 0; j < k; j++) {
          const at = row * k + j;
          const label = trainLabels[indices[at]!]!;
          votes[label]! += temperature === Infinity ? 1 : Math.exp((values[at]! - 1) / temperature);
          if (winner < 0 || votes[label]! > votes[winner]!) winner = label;
        }
        predictions[start + row] = winner;
      }
    }
  } finally {
    nearest.dispose();
  }
  return { accuracy: accuracyOf(predictions, testLabels), predictions };
}
