import { gallery, random, tf } from 'dark-matter';
import { describe, expect, test } from 'vitest';
import { pca } from '../../lib/numerics/pca';
import { expectNoLeak } from '../helpers/memory';

const DIM = 12;

/** Twelve groups of directions, one along each axis, so that no plane shows them apart. */
function groups(each: number, seed = 0) {
  const generator = random.hostGenerator(seed);
  const group = Array.from({ length: DIM * each }, (_, i) => i % DIM);
  const data = Float32Array.from(
    group.flatMap((axis) =>
      Array.from({ length: DIM }, (_, d) => (d === axis ? 1 : 0) + generator.normal(0, 0.08)),
    ),
  );
  return { group, data, dim: DIM };
}

/** The share of the 5 nearest on a map that are of the point's own group. */
function kept(places: ArrayLike<number>, group: readonly number[]): number {
  const shares = group.map((own, i) => {
    const near = group
      .map((other, j) => ({
        other,
        far:
          i === j
            ? Infinity
            : (places[2 * i]! - places[2 * j]!) ** 2 +
              (places[2 * i + 1]! - places[2 * j + 1]!) ** 2,
      }))
      .sort((a, b) => a.far - b.far);
    return near.slice(0, 5).filter(({ other }) => other === own).length / 5;
  });
  return shares.reduce((a, b) => a + b, 0) / shares.length;
}

describe('the map', () => {
  const { group, data, dim } = groups(20);
  const places = gallery.mapLayout({ data, dim }, { seed: 3 });

  test('is the same for the same seed, and another for another', () => {
    expect(gallery.mapLayout({ data, dim }, { seed: 3 })).toEqual(places);
    expect(gallery.mapLayout({ data, dim }, { seed: 4 })).not.toEqual(places);
  });

  test('keeps the neighbours of twelve orthogonal groups, which two principal components mix', () => {
    const axes = pca(tf.tensor2d(data, [group.length, dim]), 2);
    const plane = axes.embed(tf.tensor2d(data, [group.length, dim])).dataSync();
    expect(kept(plane, group)).toBeLessThan(0.75);
    expect(kept(places, group)).toBeGreaterThan(0.99);
  });

  test('does not depend on the lengths of the embeddings', () => {
    const longer = data.map((value, at) => value * (1 + (Math.floor(at / dim) % 3)));
    expect(kept(gallery.mapLayout({ data: longer, dim }, { seed: 3 }), group)).toBeGreaterThan(
      0.99,
    );
  });

  test('puts pictures beyond its sample among their group', () => {
    const sampled = gallery.mapLayout({ data, dim }, { seed: 3, atMost: 120 });
    expect(sampled.length).toBe(2 * group.length);
    expect(kept(sampled, group)).toBeGreaterThan(0.97);
  });

  test.each([1, 2, 5, 7, 8, 9])('has a finite place for each of %i pictures', (n) => {
    const few = gallery.mapLayout({ data: data.slice(0, n * dim), dim });
    expect(few.length).toBe(2 * n);
    expect([...few].every(Number.isFinite)).toBe(true);
  });

  test('has finite places for embeddings that collapsed: all equal, or all zero', () => {
    for (const value of [0, 1]) {
      const same = gallery.mapLayout({ data: new Float32Array(30 * 4).fill(value), dim: 4 });
      expect([...same].every(Number.isFinite)).toBe(true);
    }
  });

  test('has one dimension to go by where the embedding has one', () => {
    const line = gallery.mapLayout({
      data: Float32Array.from({ length: 30 }, (_, i) => i - 9.5),
      dim: 1,
    });
    expect([...line].every(Number.isFinite)).toBe(true);
  });

  test('leaves no tensor behind', () => {
    expectNoLeak(() => void gallery.mapLayout({ data, dim }, { atMost: 60 }));
  });

  test('tells how far it is, up to the end', () => {
    const told: number[] = [];
    gallery.mapLayout(
      { data: data.slice(0, 20 * dim), dim },
      { onProgress: (done) => void told.push(done) },
    );
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });

  test('refuses what makes no rows, and neighbours that are no number', () => {
    expect(() => gallery.mapLayout({ data: new Float32Array(7), dim: 2 })).toThrow(
      'embeddings: rows: 3.5 given',
    );
    expect(() => gallery.mapLayout({ data, dim }, { neighbors: 1 })).toThrow('neighbors: 1 given');
  });
});
