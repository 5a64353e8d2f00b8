import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageGrid, plot, tf } from 'dark-matter';
import { expectNoLeak } from '../helpers/memory';
import { bundle, colorAt, decode, inked, pngOf } from './support';

const checker = [
  [
    [0, 1],
    [1, 0],
  ],
];

describe('imageGrid', () => {
  it('enlarges without smoothing: each pixel is a square of one colour', async () => {
    const image = decode(await pngOf(imageGrid(checker, { scale: 10 })));
    // Two PNG pixels a CSS pixel, 8 CSS pixels of margin.
    expect([image.width, image.height]).toEqual([2 * (20 + 16), 2 * (20 + 16)]);
    for (const [x, y] of [
      [0, 0],
      [9, 9],
      [0, 9],
    ] as const) {
      expect(colorAt(image, 16 + 2 * x, 16 + 2 * y)).toBe('0,0,0');
      expect(colorAt(image, 16 + 2 * (x + 10), 16 + 2 * y)).toBe('255,255,255');
    }
    expect(new Set(Array.from({ length: 40 }, (_, x) => colorAt(image, 16 + x, 17)))).toEqual(
      new Set(['0,0,0', '255,255,255']),
    );
  });

  it('draws colours, from a tensor [n, h, w, 3], and leaves the tensor alone', async () => {
    const red = tf.tensor4d([1, 0, 0, 0, 0.5, 0], [1, 1, 2, 3]);
    const image = decode(await pngOf(imageGrid(red, { scale: 10 })));
    expect([colorAt(image, 20, 20), colorAt(image, 40, 20)]).toEqual(['255,0,0', '0,128,0']);
    expectNoLeak(() => imageGrid(red));
    red.dispose();
  });

  it('takes int32 tensors as bytes', async () => {
    const bytes = tf.tensor3d([0, 255, 51, 102], [1, 2, 2], 'int32');
    const image = decode(await pngOf(imageGrid(bytes, { scale: 10 })));
    expect(colorAt(image, 20, 40)).toBe('51,51,51');
    bytes.dispose();
  });

  it('labels, row labels and a title are drawn', async () => {
    const images = Array.from({ length: 4 }, () => [
      [1, 1],
      [1, 1],
    ]);
    const ink = async (options: plot.ImageGridOptions): Promise<number> =>
      inked(decode(await pngOf(imageGrid(images, { columns: 2, scale: 20, ...options }))));
    expect(await ink({})).toBe(0);
    for (const options of [
      { labels: [1, 2, 3, 4] },
      { rowLabels: ['input', 'output'] },
      { title: 'Title' },
    ])
      expect(await ink(options)).toBeGreaterThan(60);
  });

  it('says in words what it shows, and how much was clipped', async () => {
    expect(
      (
        await bundle(
          imageGrid(
            [
              [
                [0, 2],
                [-1, 1],
              ],
            ],
            { labels: ['7'], title: 'Digits' },
          ),
        )
      )['text/plain'],
    ).toBe('Digits: 1 image of 2 x 2; labels 7; 2 values outside of [0, 1] clipped');
  });

  it("range 'auto' takes the least value as black and the greatest as white", async () => {
    const image = decode(
      await pngOf(
        imageGrid(
          [
            [
              [-3, 7],
              [2, 2],
            ],
          ],
          { scale: 10, range: 'auto' },
        ),
      ),
    );
    expect([colorAt(image, 20, 20), colorAt(image, 50, 20), colorAt(image, 20, 50)]).toEqual([
      '0,0,0',
      '255,255,255',
      '128,128,128',
    ]);
  });

  it('is the same each time', async () => {
    const make = (): Promise<Buffer> => pngOf(imageGrid(checker, { title: 'A', labels: ['b'] }));
    expect((await make()).equals(await make())).toBe(true);
  });

  it('refuses other shapes, NaN and wrong numbers of labels by name', () => {
    expect(() => imageGrid([[1, 2]])).toThrow('images: shape [1, 2] given, [n, height, width]');
    expect(() => imageGrid([[[[1, 2]]]])).toThrow('images: shape [1, 1, 1, 2] given');
    expect(() => imageGrid([[[1, 2], [3]]])).toThrow('images: nested arrays of unequal length');
    expect(() => imageGrid([])).toThrow('images: shape [0] given');
    expect(() => imageGrid([[[1, NaN]]])).toThrow('images: 1 of 2 values are NaN or infinite');
    expect(() => imageGrid(checker, { labels: [] })).toThrow(
      'labels: 0 given, 1 expected, one for each image',
    );
    expect(() => imageGrid(checker, { scale: 1.5 })).toThrow(
      'scale: 1.5 given, a whole number from 1 expected',
    );
    expect(() => imageGrid(checker, { range: [1, 0] })).toThrow('range: [1, 0] given');
  });
});

describe('savedPicture', () => {
  const folder = mkdtempSync(join(tmpdir(), 'saved-'));

  it('shows byte for byte what a grid wrote, with words of its own', async () => {
    const file = join(folder, 'checker.png');
    const grid = imageGrid(checker);
    writeFileSync(file, grid.png());
    const saved = plot.savedPicture(file, 'a checker of two by two');
    expect(await pngOf(saved)).toEqual(await pngOf(grid));
    expect((await bundle(saved))['text/plain']).toBe('a checker of two by two');
  });

  it('refuses what is no PNG', () => {
    const file = join(folder, 'words.png');
    writeFileSync(file, 'words');
    expect(() => plot.savedPicture(file, '')).toThrow('which is no PNG');
  });
});
