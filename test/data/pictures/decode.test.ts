/** Decoding held against Pillow's (golden.json, by golden.py) and against files written byte by byte. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crc32 } from 'node:zlib';
import { data } from 'dark-matter';
import { plain, png, tiff } from './files';

interface Golden {
  readonly name: string;
  readonly side: number;
  /** The largest difference that is allowed, of 255. */
  readonly tolerance: number;
  readonly file: string;
  readonly expected: string;
}
const golden = JSON.parse(readFileSync(join(__dirname, 'golden.json'), 'utf8')) as Golden[];
const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64');

const largestDifference = (a: Uint8Array, b: Uint8Array): number => {
  expect(a).toHaveLength(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
};

describe('decodePicture gives what Pillow gives of', () => {
  it.each(golden)('$name', async ({ file, side, expected, tolerance }) => {
    const pixels = await data.decodePicture(bytesOf(file), { side });
    expect(largestDifference(pixels, bytesOf(expected))).toBeLessThanOrEqual(tolerance);
  });
});

/** side 1: one pixel in, one out. */
const pixel = async (file: Buffer, options: data.PictureOptions = {}): Promise<number[]> => [
  ...(await data.decodePicture(file, { side: 1, ...options })),
];

describe('decodePicture', () => {
  it.each([0, 128, 255, 256, 0x1234, 0x7fff, 0x8080, 0xff00, 0xffff])(
    'scales %i of 65,535 to its share of 255, to within one',
    async (value) => {
      const rgb = await pixel(png(1, 1, [value, 0, 65_535], { depth: 16 }));
      expect(Math.abs(rgb[0]! - (255 * value) / 65_535)).toBeLessThan(1);
      expect(rgb.slice(1)).toEqual([0, 255]);
      const grey = [
        png(1, 1, [value], { depth: 16, kind: 'grey' }),
        tiff(Uint16Array.of(value), 1),
      ];
      for (const file of grey)
        expect(Math.abs((await pixel(file))[0]! - (255 * value) / 65_535)).toBeLessThan(1);
    },
  );

  it('refuses numbers whose range is not known, rather than show them black', async () => {
    await expect(pixel(tiff(Float32Array.of(0.5), 3))).rejects.toThrow(
      'its numbers are float; 8 or 16 bits (uchar, ushort) expected',
    );
    await expect(pixel(tiff(Int16Array.of(-5), 2))).rejects.toThrow('its numbers are short');
  });

  it('lays what is transparent over the ground, by its share, in 8 and in 16 bits', async () => {
    const half = png(1, 1, [200, 100, 0, 51], { kind: 'rgba' });
    const expected = (ground: number[]) => [200, 100, 0].map((c, i) => 0.2 * c + 0.8 * ground[i]!);
    const grounds = [
      ['white', [255, 255, 255]],
      ['black', [0, 0, 0]],
      ['#0a141e', [10, 20, 30]],
      [
        [10, 20, 30],
        [10, 20, 30],
      ],
    ] as const;
    for (const [ground, rgb] of grounds) {
      const given = await pixel(half, { ground });
      given.forEach((c, i) => expect(Math.abs(c - expected([...rgb])[i]!)).toBeLessThanOrEqual(1));
    }
    const deep = png(1, 1, [200 * 257, 100 * 257, 0, 51 * 257], { kind: 'rgba', depth: 16 });
    (await pixel(deep)).forEach((c, i) =>
      expect(Math.abs(c - expected([255, 255, 255])[i]!)).toBeLessThanOrEqual(1),
    );
  });

  it('makes of colours their luma, and leaves grey as it is', async () => {
    for (const [r, g, b] of [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [12, 200, 77],
      [255, 255, 255],
    ]) {
      const [luma] = await pixel(png(1, 1, [r!, g!, b!]), { channels: 1 });
      expect(Math.abs(luma! - (0.299 * r! + 0.587 * g! + 0.114 * b!))).toBeLessThanOrEqual(0.51);
    }
    expect(await pixel(png(1, 1, [77], { kind: 'grey' }), { channels: 1 })).toEqual([77]);
    expect(await pixel(png(1, 1, [77], { kind: 'grey' }))).toEqual([77, 77, 77]);
  });

  // Left half red, right half blue, twice as wide as high.
  const halves = png(
    8,
    4,
    Array.from({ length: 32 }, (_, i) => (i % 8 < 4 ? [255, 0, 0] : [0, 0, 255])).flat(),
  );
  const rows = (pixels: Uint8Array, side: number): string[] =>
    Array.from({ length: side }, (_, y) =>
      Array.from({ length: side }, (_, x) => {
        const [r, g, b] = pixels.subarray(3 * (y * side + x), 3 * (y * side + x) + 3);
        return g! > 100 ? 'w' : r! > b! ? 'r' : 'b';
      }).join(''),
    );

  it("cuts out the centre ('cover'), adds ground ('contain'), or stretches ('fill')", async () => {
    const of = async (fit: 'cover' | 'contain' | 'fill') =>
      rows(await data.decodePicture(halves, { side: 4, fit }), 4);
    expect(await of('cover')).toEqual(['rrbb', 'rrbb', 'rrbb', 'rrbb']);
    expect(await of('contain')).toEqual(['wwww', 'rrbb', 'rrbb', 'wwww']);
    expect(await of('fill')).toEqual(['rrbb', 'rrbb', 'rrbb', 'rrbb']);
    const wide = await data.decodePicture(
      png(
        6,
        2,
        [...Array(6)]
          .flatMap((_, x) => [x < 1 || x > 4 ? 0 : 255, 0, 0])
          .concat([...Array(6)].flatMap((_, x) => [x < 1 || x > 4 ? 0 : 255, 0, 0])),
      ),
      { side: 2 },
    );
    // The black ends are cut off.
    expect([...wide].filter((_, i) => i % 3 === 0)).toEqual([255, 255, 255, 255]);
  });

  it.each([
    [{ side: 0 }, /side: 0 given, a whole number at least 1/],
    [{ side: 2.5 }, /side: 2.5 given/],
    [{ channels: 4 }, /channels: 4 given, 1 or 3 expected/],
    [{ fit: 'crop' }, /fit: 'crop' given, 'cover' or 'contain' or 'fill' expected/],
    [{ ground: 'pink' }, /ground: "pink" given, 'white', 'black', '#rrggbb' or/],
    [{ ground: [0, 0, 256] }, /ground: \[0,0,256\] given/],
    [{ maxPixels: 0 }, /maxPixels: 0 given/],
  ])('refuses %j', async (options, message) => {
    await expect(
      data.decodePicture(plain(1, 2, 3), options as data.PictureOptions),
    ).rejects.toThrow(message);
  });

  it('refuses a picture of too many pixels before it decodes it, with a sentence', async () => {
    await expect(data.decodePicture(plain(1, 2, 3, 20, 10), { maxPixels: 199 })).rejects.toThrow(
      '20 x 10 pixels are more than the 199 allowed (maxPixels)',
    );
    await expect(
      data.decodePicture(plain(1, 2, 3, 20, 10), { maxPixels: 200, side: 1 }),
    ).resolves.toEqual(Uint8Array.of(1, 2, 3));
    // A header that promises 20,000 x 20,000 pixels is enough.
    const huge = plain(1, 2, 3);
    huge.writeUInt32BE(20_000, 16);
    huge.writeUInt32BE(20_000, 20);
    huge.writeUInt32BE(crc32(huge.subarray(12, 29)), 29);
    await expect(data.decodePicture(huge)).rejects.toThrow(
      '20000 x 20000 pixels are more than the 268435456 allowed (maxPixels)',
    );
  });

  const whole = golden.filter(({ name }) => /^(PNG|JPEG|WebP|AVIF|GIF|TIFF, raw)$/.test(name));
  it.each(whole)(
    'refuses a $name that is cut short, rather than give half of it',
    async ({ file }) => {
      const bytes = bytesOf(file);
      for (const share of [0.3, 0.6, 0.9]) {
        await expect(
          data.decodePicture(bytes.subarray(0, Math.floor(bytes.length * share)), { side: 16 }),
        ).rejects.toThrow(/damaged or cut short \(/);
      }
    },
  );

  it('refuses what is no picture', async () => {
    await expect(data.decodePicture(Buffer.from('Dear diary'))).rejects.toThrow(
      'picture: 10 bytes: its content is no picture',
    );
    await expect(data.decodePicture(new Uint8Array())).rejects.toThrow('its content is no picture');
  });
});
