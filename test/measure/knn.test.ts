import { expect, test } from 'vitest';
import { tf, type Tensor2D } from '../../lib/core/engine';
import { effectiveRank, knn, linearProbe } from '../../lib/measure';
import { neighbourIndex } from '../../lib/measure/neighbours';
import { expectNoLeak } from '../helpers/memory';
import { blobs, gaussian, rotation } from './support';

/** k-NN as one would write it down. */
function slowly(
  train: number[][],
  labels: ArrayLike<number>,
  test: number[][],
  k: number,
  metric: 'cosine' | 'euclidean',
  temperature: number,
): number[] {
  const dot = (a: number[], b: number[]) => a.reduce((s, v, i) => s + v * b[i]!, 0);
  return test.map((q) => {
    const scored = train.map((t, i) => ({
      label: labels[i]!,
      score:
        metric === 'cosine'
          ? dot(q, t) / Math.sqrt(dot(q, q) * dot(t, t))
          : -q.reduce((s, v, j) => s + (v - t[j]!) ** 2, 0),
    }));
    const votes = new Map<number, number>();
    for (const { label, score } of scored.sort((a, b) => b.score - a.score).slice(0, k)) {
      votes.set(
        label,
        (votes.get(label) ?? 0) +
          (temperature === Infinity ? 1 : Math.exp((score - 1) / temperature)),
      );
    }
    return [...votes.entries()].sort((a, b) => b[1] - a[1])[0]![0];
  });
}

test.each([
  ['cosine', 1, 0.07],
  ['cosine', 7, 0.07],
  ['cosine', 15, 0.5],
  ['euclidean', 1, Infinity],
] as const)('agrees with the definition: %s, k %d, temperature %d', (metric, k, temperature) => {
  tf.tidy(() => {
    const [train, test] = [blobs(90, 6, 3, { spread: 3 }), blobs(40, 6, 3, { spread: 3, seed: 7 })];
    const expected = slowly(
      train.features.arraySync(),
      train.labels,
      test.features.arraySync(),
      k,
      metric,
      temperature,
    );
    const { predictions, accuracy } = knn(train, test, { metric, k, temperature, chunk: 17 });
    expect([...predictions]).toEqual(expected);
    expect(accuracy).toBe(expected.filter((label, i) => label === test.labels[i]).length / 40);
  });
});

test('with k 1 each training row finds itself', () => {
  tf.tidy(() => {
    const set = blobs(60, 5, 4, { spread: 5 });
    for (const metric of ['cosine', 'euclidean'] as const)
      expect(knn(set, set, { k: 1, metric }).accuracy).toBe(1);
  });
});

test('does not change when all embeddings are rotated; Euclidean, nor when they are moved', () => {
  tf.tidy(() => {
    const [train, test, q] = [
      blobs(200, 8, 4, { spread: 4 }),
      blobs(50, 8, 4, { spread: 4, seed: 1 }),
      rotation(8),
    ];
    const turned = (set: typeof train) => ({
      ...set,
      features: tf.matMul(set.features, q) as Tensor2D,
    });
    const moved = (set: typeof train) => ({
      ...set,
      features: tf.add(set.features, 30) as Tensor2D,
    });
    expect(knn(turned(train), turned(test)).predictions).toEqual(knn(train, test).predictions);
    const plain = knn(train, test, { metric: 'euclidean' }).predictions;
    expect(knn(turned(train), turned(test), { metric: 'euclidean' }).predictions).toEqual(plain);
    expect(knn(moved(train), moved(test), { metric: 'euclidean' }).predictions).toEqual(plain);
  });
});

test('cosine looks at angles alone: rows may be scaled each by its own factor', () => {
  tf.tidy(() => {
    const [train, test] = [blobs(100, 5, 3), blobs(30, 5, 3, { seed: 2 })];
    const scaled = {
      ...train,
      features: tf.mul(train.features, tf.add(tf.range(0, 100).reshape([100, 1]), 1)) as Tensor2D,
    };
    expect(knn(scaled, test).predictions).toEqual(knn(train, test).predictions);
  });
});

test('of equal votes the class of the nearer neighbours wins', () => {
  tf.tidy(() => {
    const train = {
      features: tf.tensor2d([
        [1, 0],
        [1, 0.2],
        [0, 1],
      ]),
      labels: [2, 1, 1],
    };
    const test = { features: tf.tensor2d([[1, 0]]), labels: [2] };
    expect(knn(train, test, { k: 2, temperature: Infinity }).accuracy).toBe(1);
    expect(knn(train, test, { k: 3, temperature: Infinity }).accuracy).toBe(0);
  });
});

test('an embedding without information is at chance', () => {
  tf.tidy(() => {
    const labels = Array.from({ length: 500 }, (_, i) => i % 5);
    const { accuracy } = knn(
      { features: gaussian(500, 4), labels },
      { features: gaussian(500, 4, 9), labels },
    );
    expect(Math.abs(accuracy - 0.2)).toBeLessThan(4 * Math.sqrt(0.16 / 500));
  });
});

test('takes labels as tensors, leaks nothing, also when it throws', () => {
  const [train, test] = [blobs(40, 3, 2), blobs(10, 3, 2)];
  const labels = tf.tensor1d(train.labels, 'int32');
  expectNoLeak(() => void knn({ ...train, labels }, test, { k: 3, chunk: 4 }));
  expectNoLeak(() => expect(() => knn(train, test, { k: 41 })).toThrow('k: 41 given'));
  tf.dispose([train.features, test.features, labels]);
});

test('wrong arguments are named', () => {
  tf.tidy(() => {
    const [train, test] = [blobs(40, 3, 2), blobs(10, 3, 2)];
    expect(() => knn({ ...train, labels: [1] }, test)).toThrow(
      'train.labels: 1 given, 40 expected',
    );
    expect(() => knn(train, { ...test, features: gaussian(10, 4) })).toThrow(
      'test.features: shape [10, 4] given, [m, 3] expected',
    );
    expect(() => knn(train, test, { temperature: 0 })).toThrow('temperature: 0 given');
    expect(() => knn(train, test, { metric: 'euclidean', temperature: 1 })).toThrow(
      "metric 'euclidean'",
    );
    expect(() => knn({ ...train, features: tf.fill([40, 3], NaN) }, test)).toThrow(
      'train.features: NaN or infinity',
    );
    expect(() => knn({ ...train, labels: train.labels.map((l) => l - 1) }, test)).toThrow(
      'train.labels[0]: -1 given',
    );
  });
});

test('finds the nearest where clusters are 4,000 apart and float32 products cannot tell', () => {
  tf.tidy(() => {
    const around = gaussian(400, 4, 5).arraySync();
    const place = (i: number) => (i % 2 ? 2000 : -2000);
    // So close together that a product of 2,000s says nothing about who is nearest.
    const beside = (row: number[], i: number) => row.map((v, d) => v / 20 + (d ? 0 : place(i)));
    const rows = around.map(beside);
    const features = tf.tensor2d(rows);
    const exact = features.arraySync();
    const labels = exact.map((_, i) => i); // each row a class of its own
    const queries = tf.tensor2d(gaussian(60, 4, 6).arraySync().map(beside));
    const expected = queries.arraySync().map((q) => {
      const squares = exact.map((row) => row.reduce((sum, v, d) => sum + (v - q[d]!) ** 2, 0));
      return squares.indexOf(Math.min(...squares));
    });
    const { predictions } = knn(
      { features, labels },
      { features: queries, labels: expected },
      { k: 1, metric: 'euclidean' },
    );
    expect([...predictions]).toEqual(expected);
  });
});

test('cosine tells directions apart that differ by less than float32’s cosines', () => {
  tf.tidy(() => {
    const angle = (i: number) => 1e-4 * i; // cosines from 1 differ by 5e-9 i^2
    const features = tf.tensor2d(Array.from({ length: 40 }, (_, i) => [1, Math.tan(angle(i))]));
    const labels = Array.from({ length: 40 }, (_, i) => i);
    const { predictions } = knn({ features, labels }, { features, labels }, { k: 1 });
    expect([...predictions]).toEqual(labels);
  });
});

test('rows without a direction have cosine 0 with all', () => {
  tf.tidy(() => {
    const features = tf.tensor2d([
      [0, 0],
      [1, 0],
      [-1, 0],
    ]);
    const test = { features: tf.tensor2d([[2, 0]]), labels: [1] };
    const one = knn({ features, labels: [0, 1, 2] }, test, { k: 1 });
    expect([...one.predictions]).toEqual([1]);
    // The opposite direction is less similar than none: with two votes of weight, 1 and 0.
    const [value] = neighbourIndex(features, 'cosine').top(test.features, 3).values.subarray(1);
    expect(value).toBe(0);
  });
});

test('whole numbers, and a set without rows, are refused by name', () => {
  tf.tidy(() => {
    const [train, test] = [blobs(40, 3, 2), blobs(10, 3, 2)];
    expect(() => knn({ ...train, features: train.features.toInt() }, test)).toThrow(
      'train.features: int32 given, float32 expected',
    );
    expect(() => knn(train, { features: tf.zeros([0, 3]), labels: [] })).toThrow(
      'test.features: shape [0, 3] given, at least one row expected',
    );
    expect(() => linearProbe(train, { features: tf.zeros([0, 3]), labels: [] })).toThrow(
      'at least one row expected',
    );
    expect(() => effectiveRank(train.features.toInt())).toThrow('z: int32 given');
  });
});

test('cosine finds the nearest of 400 directions that float32 takes for one, in whichever order they stand', () => {
  tf.tidy(() => {
    // Angles of about 1e-4: cosines differ by some 1e-9, and float32 rounds at 6e-8.
    const beside = (row: number[]) => [1, ...row.map((v) => 1e-4 * v)];
    const features = tf.tensor2d(gaussian(400, 3, 7).arraySync().map(beside));
    const queries = tf.tensor2d(gaussian(60, 3, 8).arraySync().map(beside));
    const exact = features.arraySync();
    const dot = (a: number[], b: number[]) => a.reduce((sum, v, d) => sum + v * b[d]!, 0);
    const expected = queries.arraySync().map((q) => {
      const cosines = exact.map((row) => dot(q, row) / Math.sqrt(dot(row, row)));
      return cosines.indexOf(Math.max(...cosines));
    });
    const labels = exact.map((_, i) => i); // each row a class of its own
    const { predictions } = knn(
      { features, labels },
      { features: queries, labels: expected },
      { k: 1 },
    );
    expect([...predictions]).toEqual(expected);
  });
});
