import { expect, test } from 'vitest';
import { tf, type Tensor2D } from '../../lib/core/engine';
import { linearProbe } from '../../lib/measure';
import { expectNoLeak } from '../helpers/memory';
import { blobs, gaussian, rotation } from './support';

test('separable blobs are separated; blobs that overlap reach the rate that is possible', () => {
  tf.tidy(() => {
    expect(
      linearProbe(blobs(300, 6, 3, { spread: 0.1 }), blobs(90, 6, 3, { spread: 0.1 })).accuracy,
    ).toBe(1);
    // Two Gaussians at -1 and 1 with unit variance: the best possible is Phi(1) = 0.8413.
    const overlapping = (n: number, seed: number) => {
      const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
      const side = tf.sub(tf.mul(tf.tensor1d(labels, 'float32'), 2), 1).reshape([n, 1]);
      return { features: tf.add(gaussian(n, 1, seed), side) as Tensor2D, labels };
    };
    expect(
      Math.abs(linearProbe(overlapping(2000, 1), overlapping(4000, 2)).accuracy - 0.8413),
    ).toBeLessThan(0.02);
  });
});

test('at its minimum the gradient of the stated objective vanishes', () => {
  tf.tidy(() => {
    const train = blobs(120, 5, 3, { spread: 3 });
    const l2 = 0.01;
    const probe = linearProbe(train, train, { l2, tolerance: 1e-6 });
    expect(probe.converged || probe.iterations > 10).toBe(true);
    // Standardised by hand: centred, and one scale for all.
    const { mean, variance } = tf.moments(train.features, 0);
    const scale = 1 / Math.sqrt(tf.mean(variance).dataSync()[0]!);
    const x = tf.mul(tf.sub(train.features, mean), scale) as Tensor2D;
    // From weights for the given features to weights for the standardised ones.
    const w = tf.div(tf.tensor2d(probe.weights, [5, 3]), scale) as Tensor2D;
    const b = tf.add(
      tf.tensor1d(probe.bias),
      tf.matMul(mean.reshape([1, 5]), tf.tensor2d(probe.weights, [5, 3])).reshape([3]),
    );
    const targets = tf.oneHot(tf.tensor1d(train.labels, 'int32'), 3).toFloat();
    const error = tf.sub(tf.softmax(tf.add(tf.matMul(x, w), b) as Tensor2D), targets) as Tensor2D;
    const gradient = tf.add(tf.div(tf.matMul(x, error, true, false), 120), tf.mul(w, l2));
    expect(tf.max(tf.abs(gradient)).dataSync()[0]).toBeLessThan(2e-4);
    expect(tf.max(tf.abs(tf.mean(error, 0))).dataSync()[0]).toBeLessThan(2e-4);
  });
});

test('weights and bias reproduce the predictions from the features as they were given', () => {
  tf.tidy(() => {
    const [train, test] = [
      blobs(200, 7, 4, { spread: 3 }),
      blobs(60, 7, 4, { spread: 3, seed: 3 }),
    ];
    const probe = linearProbe(train, test);
    const logits = tf.add(
      tf.matMul(test.features, tf.tensor2d(probe.weights, [7, 4])),
      tf.tensor1d(probe.bias),
    );
    expect([...tf.argMax(logits, 1).dataSync()]).toEqual([...probe.predictions]);
  });
});

test('does not change when all embeddings are scaled, moved and rotated together', () => {
  tf.tidy(() => {
    const [train, test, q] = [
      blobs(300, 8, 4, { spread: 4 }),
      blobs(100, 8, 4, { spread: 4, seed: 1 }),
      rotation(8),
    ];
    const changed = (set: typeof train) => ({
      ...set,
      features: tf.add(tf.mul(tf.matMul(set.features, q), 1e-3), 0.7) as Tensor2D,
    });
    const [plain, other] = [linearProbe(train, test), linearProbe(changed(train), changed(test))];
    expect(Math.abs(plain.accuracy - other.accuracy)).toBeLessThanOrEqual(0.02);
    expect(plain.l2).toBe(other.l2);
  });
});

test('a stronger penalty gives smaller weights', () => {
  tf.tidy(() => {
    const train = blobs(200, 5, 3, { spread: 3 });
    const norms = [0.001, 0.01, 0.1, 1].map((l2) =>
      Math.hypot(...linearProbe(train, train, { l2 }).weights),
    );
    for (let i = 1; i < norms.length; i++) expect(norms[i]!).toBeLessThan(norms[i - 1]!);
  });
});

test('validated, the penalty is strong where features are noise and weak where they tell', () => {
  tf.tidy(() => {
    const labels = Array.from({ length: 200 }, (_, i) => i % 4);
    expect(
      linearProbe(
        { features: gaussian(200, 30), labels },
        { features: gaussian(200, 30, 1), labels },
      ).l2,
    ).toBe(0.1);
    const clear = blobs(400, 10, 4, { spread: 0.3 });
    expect(linearProbe(clear, clear).l2).toBeLessThan(0.01);
  });
});

test('a collapsed embedding is at chance; a dead dimension beside good ones does no harm', () => {
  tf.tidy(() => {
    const labels = Array.from({ length: 100 }, (_, i) => i % 4);
    const collapsed = { features: tf.ones([100, 6]) as Tensor2D, labels };
    expect(linearProbe(collapsed, collapsed).accuracy).toBe(0.25);
    const good = blobs(200, 4, 2, { spread: 0.5 });
    const padded = {
      ...good,
      features: tf.concat([good.features, tf.zeros([200, 3])], 1) as Tensor2D,
    };
    expect(linearProbe(padded, padded).accuracy).toBe(linearProbe(good, good).accuracy);
  });
});

test('the same data gives the same weights, to the bit; nothing leaks', () => {
  const train = blobs(100, 5, 3);
  expect(linearProbe(train, train).weights).toEqual(linearProbe(train, train).weights);
  expectNoLeak(() => void linearProbe(train, train));
  expectNoLeak(() =>
    expect(() => linearProbe(train, { ...train, labels: [0] })).toThrow('test.labels'),
  );
  train.features.dispose();
});

test('wrong arguments are named', () => {
  tf.tidy(() => {
    const train = blobs(20, 3, 2);
    expect(() => linearProbe({ ...train, labels: new Int32Array(20) }, train)).toThrow(
      'one class given',
    );
    expect(() => linearProbe(train, train, { l2: -1 })).toThrow('l2: -1 given');
    expect(() => linearProbe(train, { features: gaussian(4, 5), labels: [0, 0, 1, 1] })).toThrow(
      'test.features: shape [4, 5]',
    );
    expect(() =>
      linearProbe(
        { features: gaussian(3, 2), labels: [0, 1, 0] },
        { features: gaussian(3, 2), labels: [0, 1, 0] },
      ),
    ).toThrow("'validated' given with 3 labels");
  });
});
