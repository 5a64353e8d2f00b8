import { data, random, tf } from 'dark-matter';
import { expect, test } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

type Picture = ReturnType<typeof tf.tensor3d>;
const { crops } = data;

/** A picture whose channels are a row's and a column's place, from 0 to 1. */
const where = (height: number, width: number) =>
  tf.tidy(() => {
    const down = tf
      .range(0, height)
      .div(height - 1)
      .reshape([height, 1, 1])
      .tile([1, width, 1]);
    const along = tf
      .range(0, width)
      .div(width - 1)
      .reshape([1, width, 1])
      .tile([height, 1, 1]);
    return tf.concat([down, along], 2) as Picture;
  });

test('show a square as large as the area says: in pixels as high as it is wide, within the picture', () => {
  const [height, width] = [60, 120];
  const { images } = crops([where(height, width)], random.key(0), {
    n: 200,
    side: 8,
    area: [0.05, 0.2],
  });
  for (const crop of images.arraySync() as number[][][][]) {
    // The outermost means of two samples lie half a step of 15 inside the square's edges.
    const [first, last] = [crop[0]![0]!, crop[7]![7]!];
    const [high, wide] = [0, 1].map((c) => ((last[c]! - first[c]!) * 15) / 14) as [number, number];
    expect(high * height).toBeCloseTo(wide * width, 2);
    expect(high * wide).toBeGreaterThan(0.0499);
    expect(high * wide).toBeLessThan(0.2001);
    for (const value of crop.flat(2)) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1 + 1e-6);
    }
  }
});

test('reach every part of the picture', () => {
  const { images } = crops([where(50, 50)], random.key(1), { n: 400, side: 2, area: [0.02, 0.05] });
  const [low, high] = [images.min([0, 1, 2]), images.max([0, 1, 2])].map((x) => [...x.dataSync()]);
  for (const value of low!) expect(value).toBeLessThan(0.1);
  for (const value of high!) expect(value).toBeGreaterThan(0.9);
});

test('are of each picture as many as its share, whatever the key, and know which they are of', () => {
  const pictures = [0, 0.25, 0.5, 1].map((value) => tf.fill([20, 30, 3], value) as Picture);
  for (const seed of [0, 1]) {
    const { images, labels } = crops(pictures, random.key(seed), {
      n: 11,
      side: 3,
      shares: [4, 2, 0, 1],
    });
    const of = [...labels.dataSync()];
    // 6.29, 3.14, 0 and 1.57 of eleven.
    expect([0, 1, 2, 3].map((i) => of.filter((label) => label === i).length)).toEqual([6, 3, 0, 2]);
    const shown = [...images.mean([1, 2, 3]).dataSync()];
    shown.forEach((value, i) => expect(value).toBeCloseTo([0, 0.25, 0.5, 1][of[i]!]!, 5));
  }
});

test('come from the key alone, and leak nothing', () => {
  const pictures = [where(20, 20), where(30, 10)];
  const [one, same, another] = [4, 4, 5].map((seed) => {
    const { images, labels } = crops(pictures, random.key(seed), { n: 6, side: 4 });
    const values = [...images.dataSync()];
    tf.dispose([images, labels]);
    return values;
  });
  expect(same).toEqual(one);
  expect(another).not.toEqual(one);
  const key = random.key(0);
  expectNoLeak(() => {
    const { images, labels } = crops(pictures, key, { n: 6, side: 4 });
    tf.dispose([images, labels]);
  });
});

test('bad options are named', () => {
  const pictures = [where(20, 20)];
  const cut = (options: object) => () =>
    crops(pictures, random.key(0), { n: 2, side: 2, ...options });
  expect(cut({ n: 0 })).toThrow('n: 0 given');
  expect(cut({ area: [0, 1] })).toThrow('area[0]: 0 given');
  expect(cut({ area: [0.5, 0.2] })).toThrow('area[1]: 0.2 given');
  expect(cut({ shares: [1, 2] })).toThrow('shares: 2 given, 1 expected');
  expect(cut({ shares: [0] })).toThrow('the sum of shares: 0 given');
  const unequal = [where(20, 20), tf.zeros([9, 9, 3]) as Picture];
  expect(() => crops(unequal, random.key(0), { n: 2, side: 2 })).toThrow(
    'pictures[1]: shape [9, 9, 3] given, [height, width, 2] expected',
  );
  expect(() => crops([], random.key(0), { n: 2, side: 2 })).toThrow('pictures: none given');
});
