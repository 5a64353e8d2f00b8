import { compile, nn, random, tf } from 'dark-matter';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';
import { shuffledPlaces } from '../../lib/nn/patches';

const { gridPositions, patchify, takeTokens, unpatchify } = nn;

describe('patches', () => {
  it('their positions have wavelengths from 2 pi on, growing to 10,000 times it', () => {
    const [, second] = gridPositions(2, 1, 8).arraySync();
    const expected = [Math.sin(1), Math.sin(0.01), Math.cos(1), Math.cos(0.01), 0, 0, 1, 1];
    second!.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
  });

  it('cuts row by row: the second patch of a 4 x 4 image is its upper right corner', () => {
    const image = tf.range(0, 16).reshape([1, 4, 4, 1]);
    expect(patchify(image, 2).arraySync()[0]).toEqual([
      [0, 1, 4, 5],
      [2, 3, 6, 7],
      [8, 9, 12, 13],
      [10, 11, 14, 15],
    ]);
  });

  it('unpatchify is the exact inverse, whatever the sizes', () => {
    const size = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(size, size, size, size, (rows, columns, patch, channels) =>
        tf.tidy(() => {
          const grid = { height: rows * patch, width: columns * patch, channels, patch };
          const x = random.normal(random.key(rows + 10 * columns), [
            2,
            grid.height,
            grid.width,
            channels,
          ]);
          expect(unpatchify(patchify(x, patch), grid).dataSync()).toEqual(x.dataSync());
        }),
      ),
      { numRuns: 30 },
    );
  });

  it('places of a grid have vectors of one length, and the product of two depends only on how far apart they are', () => {
    const table = gridPositions(5, 6, 16);
    expect(table.shape).toEqual([30, 16]);
    const gram = tf.matMul(table, table, false, true).arraySync() as number[][];
    const at = (row: number, column: number) => 6 * row + column;
    for (let i = 0; i < 30; i++) expect(gram[i]![i]).toBeCloseTo(8, 4);
    expect(gram[at(0, 0)]![at(2, 3)]).toBeCloseTo(gram[at(2, 1)]![at(4, 4)]!, 4);
    expect(gram[at(0, 0)]![at(2, 3)]).toBeLessThan(gram[at(0, 0)]![at(0, 1)]!);
  });

  it('takes the tokens asked for, each sequence its own, and the gradient goes back to them', () => {
    const tokens = random.normal(random.key(1), [2, 4, 3]);
    const places = tf.tensor2d(
      [
        [3, 0],
        [1, 1],
      ],
      [2, 2],
      'int32',
    );
    const [all, taken] = [
      tokens.arraySync() as number[][][],
      takeTokens(tokens, places).arraySync(),
    ];
    expect(taken).toEqual([
      [all[0]![3], all[0]![0]],
      [all[1]![1], all[1]![1]],
    ]);
    expectGradientMatchesFiniteDifferences((x) => takeTokens(x, places).square().sum(), tokens);
  });

  it('shuffles each sequence on its own, and holds every place once; the same compiled', () => {
    const order = shuffledPlaces(random.key(3), 5, 12).arraySync();
    for (const row of order)
      expect([...row].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(new Set(order.map(String)).size).toBe(5);
    const compiled = compile((key: ReturnType<typeof random.key>) => shuffledPlaces(key, 5, 12));
    expect(compiled(random.key(3)).arraySync()).toEqual(order);
  });

  it('leaks no tensor, and says what is wrong with its input', () => {
    const [x, key] = [tf.zeros([2, 4, 4, 1]), random.key(0)];
    expectNoLeak(() =>
      tf.dispose([patchify(x, 2), gridPositions(2, 2, 8), shuffledPlaces(key, 2, 3)]),
    );
    expect(() => patchify(x, 3)).toThrow(
      'patch: 3 given, a divisor of height 4 and width 4 expected',
    );
    expect(() =>
      unpatchify(tf.zeros([2, 4, 5]), { height: 4, width: 4, channels: 1, patch: 2 }),
    ).toThrow('unpatchify: patches: shape [2, 4, 5] given');
    expect(() => gridPositions(2, 2, 6)).toThrow('features is 6, a multiple of 4 expected');
    expect(() => takeTokens(tf.zeros([2, 3, 4]), tf.zeros([1, 2], 'int32'))).toThrow(
      'takeTokens: places: shape [1, 2] given',
    );
  });
});
