/**
 * k nearest neighbours: how well closeness in the embedding predicts the class. Nothing is trained.
 */
import { tf, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import { accuracyOf, expectFinite, labelArray, type Embedded } from './embedded';

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
 * votes, the one that got there first, counting from the nearest neighbour, wins.
 *
 * @param train features [n, dim] and labels [n].
 * @param test features [m, dim] and labels [m].
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
  const nearest = metric === 'cosine' ? byCosine(train.features) : byDistance(train.features);
  try {
    for (let start = 0; start < testLabels.length; start += chunk) {
      const size = Math.min(chunk, testLabels.length - start);
      const { values, indices } = nearest.top(tf.slice(test.features, [start, 0], [size, dim]), k);
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

/** Finds the k rows most similar to each query, nearest first. Takes ownership of the query. */
interface Index {
  top(query: Tensor2D, k: number): { values: Float32Array; indices: Int32Array };
  dispose(): void;
}

function byCosine(rows: Tensor2D): Index {
  const unit = (x: Tensor2D): Tensor2D =>
    tf.tidy(() => tf.div(x, tf.maximum(tf.norm(x, 2, 1, true), 1e-12)));
  const bank = unit(rows);
  return {
    top: (query, k) => topOf(query, k, (q) => tf.matMul(unit(q), bank, false, true)),
    dispose: () => bank.dispose(),
  };
}

function byDistance(rows: Tensor2D): Index {
  // Distances do not change with the origin; at the bank's mean the squares below lose the fewest
  // digits.
  const [centre, bank, halfSquares] = tf.tidy((): [Tensor1D, Tensor2D, Tensor1D] => {
    const mean = tf.mean(rows, 0) as Tensor1D;
    const centred = tf.sub(rows, mean) as Tensor2D;
    return [mean, centred, tf.mul(tf.sum(tf.square(centred), 1), 0.5) as Tensor1D];
  });
  return {
    // |q - b|^2 = |q|^2 - 2 (q.b - |b|^2 / 2): for a given q the nearest has the largest bracket.
    top: (query, k) =>
      topOf(query, k, (q) =>
        tf.sub(tf.matMul(tf.sub(q, centre) as Tensor2D, bank, false, true), halfSquares),
      ),
    dispose: () => tf.dispose([centre, bank, halfSquares]),
  };
}

function topOf(
  query: Tensor2D,
  k: number,
  similarity: (query: Tensor2D) => Tensor2D,
): { values: Float32Array; indices: Int32Array } {
  const best = tf.tidy(() => tf.topk(similarity(query), k, true));
  const values = best.values.dataSync() as Float32Array;
  const indices = best.indices.dataSync() as Int32Array;
  tf.dispose([query, best.values, best.indices]);
  return { values, indices };
}
