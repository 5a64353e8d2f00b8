import { afterAll, expect, test } from 'vitest';
import { baselines, measure, nn, study, tf } from 'dark-matter';
import { hostGenerator } from '../../lib/core/random';

/** Images [n, 8, 8, 1] of two classes: bright above or bright below, with noise. */
function images(n: number, seed: number) {
  const generator = hostGenerator(seed);
  const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
  const values = Float32Array.from({ length: n * 64 }, (_, k) => {
    const above = k % 64 < 32;
    return 0.02 * generator.normal() + (above === (labels[Math.floor(k / 64)] === 0) ? 0.6 : 0);
  });
  return { images: tf.tensor4d(values, [n, 8, 8, 1]), labels };
}
const data = { train: images(60, 0), test: images(30, 1) };
afterAll(() => tf.dispose([data.train.images, data.test.images]));
const encoder = nn.sequential([nn.flatten(), nn.dense(64, 8), nn.relu()]);
const all = () =>
  baselines({
    encoder,
    features: 8,
    components: 3,
    kMeans: { patch: 3, patches: 200, iterations: 3 },
    supervised: { perClass: 5, draws: 2, steps: 30, augment: (x) => x.mul(0.9) },
  });

test('the rows are named, and are judged by the same judges on the same draws', async () => {
  const widths: number[] = [];
  const result = await study({
    name: '99-x',
    contestants: all(),
    data,
    judge: (features) => {
      widths.push(features.train.features.shape[1]);
      return {
        '5 labels a class, %':
          100 * measure.fewLabelProbe(features.train, features.test, { perClass: 5 }).mean,
      };
    },
  });
  expect(Object.keys(result.figures)).toEqual([
    'raw pixels',
    'PCA, 3',
    'k-means patches, 8',
    'untrained encoder',
    'supervised, 5 labels a class, augmented',
    'supervised, 5 labels a class, not augmented',
  ]);
  // Pixels, components, k-means with as many numbers as the encoder; the supervised judge themselves.
  expect(widths).toEqual([64, 3, 8, 8]);
  for (const row of Object.values(result.figures))
    expect(row['5 labels a class, %']![0]).toBeGreaterThan(90);
});

test('they leave no tensors behind', async () => {
  const run = async () =>
    (await study({ name: '99-x', contestants: all(), data, judge: () => ({ x: 1 }) })).dispose();
  await run();
  const before = tf.memory().numTensors;
  await run();
  expect(tf.memory().numTensors).toBe(before);
});

test('the untrained encoder differs by seed, pixels and components do not', () => {
  const rows = all();
  expect(rows['untrained encoder']!.seeded).toBe(true);
  expect(rows['raw pixels']!.seeded).toBe(false);
  expect(rows['PCA, 3']!.seeded).toBe(false);
});

test('a width that k-means cannot have is refused', () => {
  expect(() => baselines({ encoder, features: 6 })).toThrow('features: 6 given, a multiple of 4');
});
