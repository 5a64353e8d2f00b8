import { expect, test } from 'vitest';
import { tf, type Tensor2D } from '../../lib/core/engine';
import { fewLabelProbe, linearProbe } from '../../lib/measure';
import { fewLabels } from '../../lib/data';
import { expectNoLeak } from '../helpers/memory';
import { blobs } from './support';

test('more labels help, and each repeat labels other examples', () => {
  tf.tidy(() => {
    const [train, test] = [
      blobs(600, 20, 5, { spread: 4 }),
      blobs(300, 20, 5, { spread: 4, seed: 1 }),
    ];
    const [one, twenty] = [1, 20].map((perClass) => fewLabelProbe(train, test, { perClass })) as [
      ReturnType<typeof fewLabelProbe>,
      ReturnType<typeof fewLabelProbe>,
    ];
    expect(one.accuracies).toHaveLength(5);
    expect(new Set(one.accuracies).size).toBeGreaterThan(1);
    expect(twenty.mean).toBeGreaterThan(one.mean);
    expect(one.mean).toBeCloseTo(one.accuracies.reduce((a, b) => a + b) / 5, 12);
  });
});

test('solved within the span of the few rows, it is the linear probe on them', () => {
  tf.tidy(() => {
    // 12 labels in 30 dimensions, and 40 in 6: both ways round.
    for (const [dim, perClass] of [
      [30, 4],
      [6, 13],
    ] as const) {
      const train = blobs(60, dim, 3, { spread: 3 });
      const at = fewLabels(train.labels, perClass, 0);
      const few = fewLabelProbe(train, train, { perClass, repeats: 1, l2: 0.05, tolerance: 1e-6 });
      // By plain gradient descent, on features standardised by all rows.
      const { mean, variance } = tf.moments(train.features, 0);
      const x = tf.mul(tf.sub(train.features, mean), tf.rsqrt(tf.mean(variance))) as Tensor2D;
      const rows = tf.gather(x, tf.tensor1d(at, 'int32')) as Tensor2D;
      const y = tf
        .oneHot(
          tf.tensor1d(
            at.map((i) => train.labels[i]!),
            'int32',
          ),
          3,
        )
        .toFloat();
      let [w, b] = [tf.zeros([dim, 3]) as Tensor2D, tf.zeros([3])];
      for (let step = 0; step < 3000; step++) {
        [w, b] = tf.tidy(() => {
          const error = tf.div(
            tf.sub(tf.softmax(tf.add(tf.matMul(rows, w), b) as Tensor2D), y),
            at.length,
          ) as Tensor2D;
          return [
            tf.sub(w, tf.mul(tf.add(tf.matMul(rows, error, true, false), tf.mul(w, 0.05)), 0.2)),
            tf.sub(b, tf.mul(tf.sum(error, 0), 0.2)),
          ] as [Tensor2D, typeof b];
        });
      }
      const predictions = tf.argMax(tf.add(tf.matMul(x, w), b), 1).dataSync();
      const accuracy = train.labels.filter((label, i) => label === predictions[i]).length / 60;
      expect(Math.abs(few.mean - accuracy)).toBeLessThanOrEqual(1 / 60 + 1e-9);
    }
  });
});

test('leaks nothing, is the same for the same seed, and needs enough examples of each class', () => {
  const train = blobs(40, 5, 2);
  expect(fewLabelProbe(train, train, { perClass: 3, seed: 4 })).toEqual(
    fewLabelProbe(train, train, { perClass: 3, seed: 4 }),
  );
  expectNoLeak(() => void fewLabelProbe(train, train, { perClass: 2, repeats: 2 }));
  expectNoLeak(() =>
    expect(() => fewLabelProbe(train, train, { perClass: 21 })).toThrow(
      'perClass: 21 given, but class 0 has only 20',
    ),
  );
  expect(() => fewLabelProbe(train, train, { repeats: 0 })).toThrow('repeats: 0 given');
  expect(linearProbe(train, train).accuracy).toBeGreaterThan(0.5);
  train.features.dispose();
});

test('its penalty is 1 / (number of labels) unless another is given', () => {
  tf.tidy(() => {
    const [train, test] = [
      blobs(400, 12, 4, { spread: 5 }),
      blobs(2000, 12, 4, { spread: 5, seed: 1 }),
    ];
    const accuracies = (l2?: number) =>
      fewLabelProbe(train, test, { perClass: 3, tolerance: 1e-6, ...(l2 && { l2 }) }).accuracies;
    expect(accuracies()).toEqual(accuracies(1 / 12));
    // The test can tell: other penalties give other accuracies.
    for (const other of [1 / 3, 1 / 4, 1 / 400, 1])
      expect(accuracies()).not.toEqual(accuracies(other));
  });
});

test('standardised by other features, it does not depend on those that nobody labelled', () => {
  tf.tidy(() => {
    const seen = blobs(100, 5, 3, { spread: 2, seed: 7 }).features;
    const train = blobs(60, 5, 3, { spread: 2 });
    const test = blobs(90, 5, 3, { spread: 2, seed: 1 });
    const settings = { perClass: 2, repeats: 1, standardizeBy: seen } as const;
    const labels = Array.from(train.labels as ArrayLike<number>);
    const chosen = new Set(fewLabels(labels, 2, 0));
    // All but the labelled rows are moved a hundred units away.
    const away = tf.tensor2d(labels.map((_, row) => [chosen.has(row) ? 0 : 100]));
    const moved = { labels: train.labels, features: train.features.add(away) as Tensor2D };
    const before = fewLabelProbe(train, test, settings).accuracies;
    expect(fewLabelProbe(moved, test, settings).accuracies).toEqual(before);
    const { standardizeBy: _, ...byAll } = settings;
    expect(fewLabelProbe(moved, test, byAll).accuracies).not.toEqual(before);
    expect(fewLabelProbe(train, test, { ...settings, standardizeBy: train.features })).toEqual(
      fewLabelProbe(train, test, byAll),
    );
  });
});

test('features of another width to standardise by are refused', () => {
  tf.tidy(() => {
    const set = blobs(10, 5, 2, { spread: 1 });
    expect(() => fewLabelProbe(set, set, { standardizeBy: tf.ones([4, 3]) })).toThrow(
      'standardizeBy: shape [4, 3] given, [n, 5] expected',
    );
  });
});
