/** The page's resizing beside sharp's, which made what the encoder was trained on. */
import { random } from 'dark-matter';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { toGray, toSquare, type Fit } from '../../../lib/gallery/page/resize';

/** Waves of several lengths and some noise: edges and flat parts, as in a photograph. */
function picture(width: number, height: number, seed: number) {
  const generator = random.hostGenerator(seed);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        const wave =
          60 * Math.sin(x / 9 + c) + 40 * Math.sin((x + 2 * y) / 31) + (x > y ? 25 : -25);
        data[(y * width + x) * 3 + c] = Math.min(
          255,
          Math.max(0, Math.round(128 + wave + generator.normal(0, 8))),
        );
      }
  return { width, height, channels: 3, data };
}

const bySharp = async (
  raster: ReturnType<typeof picture>,
  side: number,
  fit: Fit,
  background = '#ffffff',
) =>
  sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 3 } })
    .resize(side, side, { fit, background, kernel: 'linear' })
    .raw()
    .toBuffer();

function differences(a: ArrayLike<number>, b: ArrayLike<number>) {
  expect(a.length).toBe(b.length);
  const each = Array.from(a, (value, i) => Math.abs(value - b[i]!));
  return {
    mean: each.reduce((sum, value) => sum + value, 0) / each.length,
    most: Math.max(...each),
  };
}

describe('a picture made small', () => {
  test.each<[number, number, number, Fit]>([
    [640, 480, 32, 'cover'],
    [480, 641, 32, 'cover'],
    [97, 61, 32, 'cover'],
    [61, 97, 28, 'cover'],
    [32, 32, 32, 'cover'],
    [33, 33, 32, 'cover'],
    [20, 26, 32, 'cover'],
    [300, 200, 64, 'fill'],
    [300, 200, 64, 'contain'],
    [151, 300, 33, 'contain'],
  ])(
    'of %i x %i at %i pixels, %s: within 3 of 255 of sharp, on average less than half of one',
    async (width, height, side, fit) => {
      const raster = picture(width, height, width);
      const { mean, most } = differences(
        toSquare(raster, side, { fit }),
        await bySharp(raster, side, fit),
      );
      expect(most).toBeLessThanOrEqual(3);
      expect(mean).toBeLessThan(0.5);
    },
  );

  test.each([
    [1600, 1200],
    [333, 250],
    [350, 270],
    [400, 300],
    [140, 90],
    [641, 481],
  ])(
    'of a JPEG of %i x %i, which sharp shrinks while it decodes: as near',
    async (width, height) => {
      const raster = picture(width, height, 4);
      const raw = { raw: { width, height, channels: 3 as const } };
      const jpeg = await sharp(raster.data, raw).jpeg({ quality: 90 }).toBuffer();
      const decoded = { ...raster, data: await sharp(jpeg).raw().toBuffer() };
      const wanted = await sharp(jpeg)
        .resize(32, 32, { fit: 'cover', kernel: 'linear' })
        .raw()
        .toBuffer();
      const { mean, most } = differences(toSquare(decoded, 32, { isJpeg: true }), wanted);
      expect(most).toBeLessThanOrEqual(3);
      expect(mean).toBeLessThan(0.5);
    },
  );

  test('a plain picture stays plain, and one of the right size is not touched', () => {
    const plain = {
      width: 50,
      height: 41,
      channels: 3,
      data: new Uint8Array(50 * 41 * 3).fill(77),
    };
    expect(new Set(toSquare(plain, 16))).toEqual(new Set([77]));
    const right = picture(16, 16, 1);
    expect(toSquare(right, 16)).toEqual(right.data);
  });

  test('beside a whole picture there is the ground', () => {
    const flat = { width: 8, height: 4, channels: 3, data: new Uint8Array(96).fill(9) };
    const square = toSquare(flat, 8, { fit: 'contain', ground: [1, 2, 3] });
    expect([...square.subarray(0, 3)]).toEqual([1, 2, 3]);
    expect([...square.subarray(3 * 8 * 4, 3 * 8 * 4 + 3)]).toEqual([9, 9, 9]);
  });

  test('grey is the luma of white, of black, and of each colour', () => {
    const colors = [255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255];
    expect([...toGray(Uint8Array.from(colors))]).toEqual([255, 0, 76, 150, 29]);
  });
});
