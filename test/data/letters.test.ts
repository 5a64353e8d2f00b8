import { data } from 'dark-matter';
import { describe, expect, it } from 'vitest';

describe('letters drawn by strokes', () => {
  it('come in the format of the digits, with about as much ink', async () => {
    const drawn = data.letters(110, 1);
    expect(drawn.shape).toEqual([110, 28, 28, 1]);
    const values = drawn.dataSync();
    expect(Math.min(...values)).toBe(0);
    expect(Math.max(...values)).toBe(1);
    const ink = drawn.mean().dataSync()[0]!;
    const { train } = await data.digits({ train: 500, test: 10 });
    const digits = train.images.mean().dataSync()[0]!;
    expect(ink / digits).toBeGreaterThan(0.7);
    expect(ink / digits).toBeLessThan(2);
  });

  it('are the same for the same seed, others for another, and no two alike', () => {
    const n = 2 * data.strokeLetters.length;
    const [a, b, c] = [0, 0, 1].map((seed) => [...data.letters(n, seed).dataSync()]);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    expect(
      new Set(Array.from({ length: n }, (_, i) => a!.slice(784 * i, 784 * (i + 1)).join())).size,
    ).toBe(n);
  });

  it('keep inside of the picture: the outermost pixels stay black', () => {
    const values = data.letters(200, 3).squeeze([3]).arraySync() as number[][][];
    for (const image of values)
      for (let i = 0; i < 28; i++)
        expect(image[0]![i]! + image[27]![i]! + image[i]![0]! + image[i]![27]!).toBe(0);
  });

  it('name a wrong number', () => expect(() => data.letters(0)).toThrow('n: 0 given'));
});
