import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeOpaque, encodePng, withDensity } from '../../lib/plot/png';
import { metadataOf } from '../../lib/plot/display';
import { colorAt, decode } from './support';

describe('PNG', () => {
  it('any grey or RGB picture comes back pixel for pixel from an independent decoder', () => {
    const picture = fc
      .record({
        width: fc.integer({ min: 1, max: 9 }),
        height: fc.integer({ min: 1, max: 9 }),
        channels: fc.constantFrom(1 as const, 3 as const),
      })
      .chain((size) =>
        fc.record({
          size: fc.constant(size),
          data: fc.uint8Array({
            minLength: size.width * size.height * size.channels,
            maxLength: size.width * size.height * size.channels,
          }),
        }),
      );
    fc.assert(
      fc.property(picture, ({ size: { width, height, channels }, data }) => {
        const decoded = decode(encodePng({ width, height, channels, data }));
        for (let i = 0; i < width * height; i++) {
          for (let c = 0; c < 3; c++)
            expect(decoded.pixels[4 * i + c]).toBe(data[i * channels + (channels === 3 ? c : 0)]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("an indexed picture has its palette's colors", () => {
    const decoded = decode(
      encodePng({
        width: 2,
        height: 1,
        channels: 1,
        data: Uint8Array.of(1, 0),
        palette: [
          [10, 20, 30],
          [200, 100, 50],
        ],
      }),
    );
    expect([colorAt(decoded, 0, 0), colorAt(decoded, 1, 0)]).toEqual(['200,100,50', '10,20,30']);
  });

  it('256 colours are indexed, 257 are not, and both come back alike', () => {
    for (const colors of [256, 257]) {
      const rgba = Uint8Array.from(
        { length: 4 * colors },
        (_, i) => [Math.floor(i / 4) % 256, Math.floor(i / 1024), 7, 255][i % 4]!,
      );
      const png = encodeOpaque(rgba, colors, 1);
      expect(png[25]).toBe(colors === 256 ? 3 : 2);
      expect(Buffer.from(decode(png).pixels).equals(Buffer.from(rgba))).toBe(true);
    }
  });

  it("the chunks' lengths and checksummed bodies are where RFC 2083 wants them", () => {
    const png = encodePng({
      width: 3,
      height: 2,
      channels: 1,
      data: Uint8Array.of(1, 2, 3, 4, 5, 6),
    });
    expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    expect(png.toString('latin1', 12, 16)).toBe('IHDR');
    const length = png.readUInt32BE(33);
    expect(png.toString('latin1', 37, 41)).toBe('IDAT');
    expect([...inflateSync(png.subarray(41, 41 + length))]).toEqual([0, 1, 2, 3, 0, 4, 5, 6]);
    expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
  });

  it('a wrong number of bytes is refused by name', () => {
    expect(() => encodePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(4) })).toThrow(
      'pixels: 4 bytes given, 2 x 2 x 3 = 12 expected',
    );
  });

  it('a PNG of double density is displayed at half its pixels, one without a density as it is', () => {
    const plain = encodePng({ width: 40, height: 20, channels: 1, data: new Uint8Array(800) });
    expect(metadataOf({ 'image/png': withDensity(plain, 2).toString('base64') })).toEqual({
      'image/png': { width: 20, height: 10 },
    });
    expect(metadataOf({ 'image/png': plain.toString('base64') })).toEqual({});
    expect(metadataOf({ 'text/plain': 'x' })).toEqual({});
    expect(decode(withDensity(plain, 2)).width).toBe(40);
  });
});
