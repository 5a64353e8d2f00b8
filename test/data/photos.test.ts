import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { data, random, tf } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { dataCache } from '../../lib/data/files/locate';
import { expectNoLeak } from '../helpers/memory';

const present = existsSync(join(dataCache(), 'photos', 'camera.png'));
if (!present) console.warn('photographs skipped: they are not in the cache (npm run setup)');

describe.skipIf(!present)('photographs', () => {
  it('are shades of grey in [0, 1], of colour and grey files alike, each a picture and not a constant', async () => {
    const photos = await data.photos();
    for (const name of data.photoNames) {
      const photo = photos[name];
      expect(photo.rank).toBe(2);
      expect(Math.min(...photo.shape)).toBeGreaterThanOrEqual(300);
      const [low, high] = [photo.min().dataSync()[0]!, photo.max().dataSync()[0]!];
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1 + 1e-6);
      expect(high - low, name).toBeGreaterThan(0.5);
    }
    expect(photos.camera.shape).toEqual([512, 512]);
  });

  it('in colour have three channels, whose luma are the shades of grey', async () => {
    const names = ['coffee', 'camera'] as const;
    const [colors, shades] = [await data.photosInColor(names), await data.photos(names)];
    for (const name of names) {
      const luma = colors[name].mul(tf.tensor1d([0.299, 0.587, 0.114])).sum(2);
      expect(luma.sub(shades[name]).abs().max().dataSync()[0]!).toBeLessThan(1e-5);
    }
    const spread = (name: 'coffee' | 'camera') =>
      colors[name].max(2).sub(colors[name].min(2)).mean().dataSync()[0]!;
    expect(spread('camera')).toBe(0);
    expect(spread('coffee')).toBeGreaterThan(0.1);
  });

  it('that are not known are an error that names those that are, and leaves no other’s tensor', async () => {
    const before = tf.memory().numTensors;
    await expect(data.photos(['camera', 'toString' as 'camera'])).rejects.toThrow(
      "names: 'toString' given",
    );
    expect(tf.memory().numTensors).toBe(before);
    await expect(data.photos(['cat' as 'camera'])).rejects.toThrow(
      /names: 'cat' given, any of astronaut/,
    );
  });
});

describe('patches', () => {
  // A picture whose pixel says where it is: 1000 y + x.
  const where = (height: number, width: number) =>
    tf.tidy(
      () =>
        tf.range(0, height).mul(1000).reshape([height, 1]).add(tf.range(0, width)) as ReturnType<
          typeof tf.tensor2d
        >,
    );

  it('are cut whole: each row is a square of neighbouring pixels, up to the edges', () => {
    const cut = data.patches([where(9, 7)], random.key(0), { n: 400, side: 5 }).arraySync();
    const corners = new Set<number>();
    for (const patch of cut) {
      corners.add(patch[0]!);
      patch.forEach((value, i) =>
        expect(value - patch[0]!).toBe(1000 * Math.floor(i / 5) + (i % 5)),
      );
    }
    expect(corners.size).toBe(15); // 5 x 3 places, all of them met
  });

  it('take turns among the images, come from the key alone, and leak nothing', () => {
    const images = [tf.zeros([8, 8]), tf.ones([6, 12])] as ReturnType<typeof tf.tensor2d>[];
    expect(data.patches(images, random.key(1), { n: 5, side: 2 }).mean(1).arraySync()).toEqual([
      0, 1, 0, 1, 0,
    ]);
    const draw = () =>
      Array.from(data.patches([where(50, 50)], random.key(2), { n: 20, side: 3 }).dataSync());
    expect(draw()).toEqual(draw());
    const key = random.key(1);
    expectNoLeak(() => data.patches(images, key, { n: 5, side: 2 }).dispose());
    expect(() => data.patches(images, random.key(1), { n: 5, side: 7 })).toThrow(
      /images\[1\]: shape \[6,12\] given/,
    );
  });
});

describe('ZCA whitening', () => {
  const key = random.key(3);
  const x = tf.tidy(
    () =>
      tf
        .matMul(
          random.normal(key, [4000, 3]) as ReturnType<typeof tf.tensor2d>,
          tf.tensor2d([
            [2, 1, 0],
            [0, 1, 0.5],
            [0, 0, 0.8],
          ]),
        )
        .add(5) as ReturnType<typeof tf.tensor2d>,
  );

  it('makes the covariance the identity as epsilon goes to 0, by a symmetric matrix, and inverts', () => {
    const whitening = data.zca(x, { epsilon: 1e-6 });
    const white = whitening.apply(x);
    const covariance = tf.matMul(white, white, true).div(3999).arraySync() as number[][];
    covariance.forEach((row, i) =>
      row.forEach((value, j) => expect(value).toBeCloseTo(i === j ? 1 : 0, 3)),
    );
    const moved = whitening
      .apply(tf.eye(3).add(x.mean(0)) as ReturnType<typeof tf.tensor2d>)
      .arraySync();
    moved.forEach((row, i) =>
      row.forEach((value, j) => expect(value).toBeCloseTo(moved[j]![i]!, 4)),
    );
    expect(whitening.invert(white).sub(x).abs().max().dataSync()[0]).toBeLessThan(1e-4);
  });

  it('refuses fewer rows than columns, and leaks nothing', () => {
    expect(() => data.zca(tf.zeros([3, 3]))).toThrow(/more rows than columns/);
    expectNoLeak(() => {
      const whitening = data.zca(x);
      whitening.apply(x).dispose();
      whitening.dispose();
    });
  });
});
