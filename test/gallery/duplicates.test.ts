import { gallery, random } from 'dark-matter';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { groupsOf } from '../../lib/gallery/page/groups';
import { expectNoLeak } from '../helpers/memory';

const SIDE = 32;
const SIZE = SIDE * SIDE * 3;

/** Smooth pictures that differ: three waves of random directions and colours. */
function pictures(n: number, seed = 0): Uint8Array {
  const generator = random.hostGenerator(seed);
  const data = new Uint8Array(n * SIZE);
  for (let i = 0; i < n; i++) {
    const waves = Array.from(
      { length: 9 },
      () => [generator.normal(0, 0.3), generator.normal(0, 0.3), generator.uniform(0, 6)] as const,
    );
    for (let p = 0; p < SIZE; p++) {
      const [x, y, c] = [Math.floor(p / 3) % SIDE, Math.floor(p / 3 / SIDE), p % 3];
      const sum = [0, 1, 2].reduce((total, w) => {
        const [u, v, phase] = waves[3 * c + w]!;
        return total + Math.sin(u * x + v * y + phase);
      }, 0);
      data[i * SIZE + p] = Math.round(128 + 40 * sum);
    }
  }
  return data;
}

const data = pictures(60);
const thumbnails = (bytes: Uint8Array) => ({ data: bytes, side: SIDE, channels: 3 as const });
const one = (i: number) => data.subarray(i * SIZE, (i + 1) * SIZE);
const raw = { raw: { width: SIDE, height: SIDE, channels: 3 as const } };

describe('near-duplicates', () => {
  test('copies are found, exactly, and nothing else is', () => {
    const copies = Uint8Array.from([...data, ...one(7), ...one(19), ...one(7)]);
    const found = gallery.nearDuplicates(thumbnails(copies), { least: 0.999 });
    expect(found.every(({ likeness }) => likeness === 1)).toBe(true);
    const groups = groupsOf(
      found.flatMap(({ a, b }) => [a, b]),
      63,
    );
    expect(groups).toEqual([
      [7, 60, 62],
      [19, 61],
    ]);
  });

  test('distinct pictures make no pair', () => {
    expect(gallery.nearDuplicates(thumbnails(data), { least: 0.98 })).toEqual([]);
  });

  test('more copies than each is compared with are one group still', () => {
    const many = new Uint8Array(60 * SIZE);
    for (let i = 0; i < 60; i++) many.set(i < 40 ? one(0) : one(i), i * SIZE);
    const found = gallery.nearDuplicates(thumbnails(many), { least: 0.999 });
    const groups = groupsOf(
      found.flatMap(({ a, b }) => [a, b]),
      60,
    );
    expect(groups).toEqual([Array.from({ length: 40 }, (_, i) => i)]);
  });

  test('of 5,200 pictures that are each there twice every pair is given', () => {
    const [n, size] = [5200, 16];
    const generator = random.hostGenerator(1);
    const once = Uint8Array.from({ length: n * size }, () => Math.floor(generator.uniform(0, 256)));
    const twice = Uint8Array.from([...once, ...once]);
    const found = gallery.nearDuplicates({ data: twice, side: 4, channels: 1 }, { least: 0.999 });
    const pairs = found.flatMap(({ a, b }) => [a, b]);
    expect(groupsOf(pairs, 2 * n)).toHaveLength(n);
  });

  test('a pair is left out where pairs that are more alike connect its pictures', () => {
    const paler = (by: number) => one(0).map((value) => Math.min(255, value + by));
    const found = gallery.nearDuplicates(
      thumbnails(Uint8Array.from([...paler(0), ...paler(2), ...paler(4), ...one(9)])),
    );
    expect(found.map(({ a, b }) => [a, b])).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  test('a copy saved anew as a JPEG, or brighter by 3 in 255, has 0.98; one that is mirrored has not', async () => {
    const jpeg = await sharp(one(3), raw).jpeg({ quality: 75 }).toBuffer();
    const resaved = await sharp(jpeg).removeAlpha().raw().toBuffer();
    const brighter = one(4).map((value) => Math.min(255, value + 3));
    const mirrored = await sharp(one(5), raw).flop().raw().toBuffer();
    const all = Uint8Array.from([...data, ...resaved, ...brighter, ...mirrored]);
    const pairs = gallery.nearDuplicates(thumbnails(all), { least: 0.98 });
    expect(pairs.map(({ a, b }) => [a, b]).sort()).toEqual([
      [3, 60],
      [4, 61],
    ]);
  });

  test('the likeness is 1 less the squared difference as a share of the contrast', () => {
    const pair = gallery.nearDuplicates(
      { data: Uint8Array.from([0, 0, 100, 100, 0, 10, 100, 100]), side: 2, channels: 1 },
      { least: 0 },
    );
    const [first, second] = [10_000, 0 + 100 + 2 * 10_000 - 210 ** 2 / 4];
    expect(pair).toHaveLength(1);
    expect(pair[0]!.likeness).toBeCloseTo(1 - 100 / (first + second), 12);
  });

  test('plain pictures are the same where they are equal only', () => {
    const plain = Uint8Array.from([5, 5, 5, 5, 6, 6, 6, 6, 5, 5, 5, 5]);
    const pairs = gallery.nearDuplicates({ data: plain, side: 2, channels: 1 });
    expect(pairs).toEqual([{ a: 0, b: 2, likeness: 1 }]);
  });

  test('the most alike come first', () => {
    const all = gallery.nearDuplicates(thumbnails(data), { least: -10 });
    const values = all.map(({ likeness }) => likeness);
    expect(values).toEqual([...values].sort((a, b) => b - a));
  });

  test('one picture has no pair, and no tensor is left behind', () => {
    expect(gallery.nearDuplicates(thumbnails(data.subarray(0, SIZE)))).toEqual([]);
    expectNoLeak(() => void gallery.nearDuplicates(thumbnails(data)));
  });
});
