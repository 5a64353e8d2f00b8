import { expect, test } from 'vitest';
import { data, measure, random, tf, tree } from 'dark-matter';
import { expectNoLeak } from '../helpers/memory';

const small = { centres: 20, patches: 2000, iterations: 8 };

test('with ten labels a class digits are read better from it than from their pixels', async () => {
  const digits = await data.digits({ train: 600, test: 400 });
  const features = measure.kMeansFeatures(digits.train.images, random.key(0), small);
  const of = (embed: (images: typeof digits.train.images) => ReturnType<typeof tf.tensor2d>) => {
    const [train, test] = [digits.train, digits.test].map(({ images, labels }) => ({
      features: embed(images),
      labels,
    }));
    return measure.fewLabelProbe(train!, test!, { repeats: 3 }).mean;
  };
  expect(of(features.embed)).toBeGreaterThan(of(measure.rawPixels) + 0.03);
  features.dispose();
  tree.dispose(digits);
});

test('gives four quadrants of one code: a blank image has the same in each, and a change in one quadrant shows in that alone', () => {
  tf.tidy(() => {
    const images = random.uniform(random.key(0), [50, 14, 14, 1]) as ReturnType<typeof tf.tensor4d>;
    const features = measure.kMeansFeatures(images, random.key(1), {
      centres: 6,
      patch: 3,
      patches: 300,
      iterations: 3,
    });
    expect(features.centres.shape).toEqual([6, 9]);
    const blank = tf.zeros([1, 14, 14, 1]) as typeof images;
    const dotted = tf
      .oneHot(tf.tensor1d([0], 'int32'), 196)
      .reshape([1, 14, 14, 1])
      .toFloat() as typeof images;
    const [code, changed] = [features.embed(blank), features.embed(dotted)].map(
      (x) => x.reshape([4, 6]).arraySync() as number[][],
    ) as [number[][], number[][]];
    for (const quadrant of code)
      quadrant.forEach((value, i) => expect(value).toBeCloseTo(code[0]![i]!, 5));
    expect(changed[0]).not.toEqual(code[0]);
    for (const q of [1, 2, 3])
      changed[q]!.forEach((value, i) => expect(value).toBeCloseTo(code[q]![i]!, 5));
  });
});

test('leaks no tensor, and says what it was given', () => {
  const images = random.uniform(random.key(0), [20, 10, 10, 2]) as ReturnType<typeof tf.tensor4d>;
  const key = random.key(1);
  const options = { centres: 4, patch: 3, patches: 100, iterations: 2 };
  expectNoLeak(() => {
    const features = measure.kMeansFeatures(images, key, options);
    features.embed(images).dispose();
    features.dispose();
  });
  expect(() => measure.kMeansFeatures(images, key, { ...options, patch: 10 })).toThrow(
    'patch: 10 given',
  );
  expect(() => measure.kMeansFeatures(images, key, { ...options, patches: 3 })).toThrow(
    'patches: 3 given',
  );
  const features = measure.kMeansFeatures(images, key, options);
  expect(() => features.embed(tf.zeros([2, 9, 10, 2]))).toThrow(
    'images: shape [2, 9, 10, 2] given',
  );
});

test('not all patches of all images are in memory at once', async () => {
  const images = random.uniform(random.key(0), [600, 20, 20, 3]) as ReturnType<typeof tf.tensor4d>;
  const key = random.key(1);
  const options = { centres: 4, patches: 6000, iterations: 1 };
  const before = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(() => {
    measure.kMeansFeatures(images, key, options).dispose();
    return tf.scalar(0);
  });
  // Bytes are counted twice where a tensor is reshaped.
  const bytesOfAll = 2 * 4 * 600 * 15 ** 2 * 6 ** 2 * 3;
  expect(peakBytes - before).toBeLessThan(0.6 * bytesOfAll);
  tf.dispose([images, key]);
});
