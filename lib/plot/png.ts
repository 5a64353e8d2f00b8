/**
 * Pixels to PNG: the header, the density, one deflated stream, the end (RFC 2083). Grey, RGB or
 * indexed, eight bits.
 *
 * Some lines on Node's zlib, which has both the deflate and the checksum, rather than a dependency.
 */
import { crc32, deflateSync } from 'node:zlib';
import { pixelsPerMetre } from './display';

/**
 * Pixels in rows from the top: 1 byte each (grey, or an index into `palette`) or 3 bytes (red,
 * green, blue).
 */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
  /** Up to 256 colours as [red, green, blue] bytes; with it the single channel is an index. */
  readonly palette?: readonly (readonly [number, number, number])[];
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const headerEnd = signature.length + 25;
const colorType = { grey: 0, rgb: 2, indexed: 3 };

export function encodePng({ width, height, channels, data, palette }: Pixels): Buffer {
  const stride = width * channels;
  if (data.length !== stride * height) {
    throw new RangeError(
      `pixels: ${data.length} bytes given, ${width} x ${height} x ${channels} = ${stride * height} expected`,
    );
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = palette ? colorType.indexed : channels === 3 ? colorType.rgb : colorType.grey;
  // Each row is preceded by its filter; 0 is none.
  const rows = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y++)
    rows.set(data.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...(palette ? [chunk('PLTE', Buffer.from(palette.flat()))] : []),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/**
 * Opaque red-green-blue-alpha pixels as PNG: with a palette where 256 colours suffice, a third of
 * the size.
 */
export function encodeOpaque(rgba: Uint8Array, width: number, height: number): Buffer {
  const count = width * height;
  const data = new Uint8Array(count * 3);
  const indices = new Uint8Array(count);
  const palette: [number, number, number][] = [];
  const seen = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const [red, green, blue] = [rgba[4 * i]!, rgba[4 * i + 1]!, rgba[4 * i + 2]!];
    data[3 * i] = red;
    data[3 * i + 1] = green;
    data[3 * i + 2] = blue;
    if (palette.length > 256) continue;
    const color = (red << 16) | (green << 8) | blue;
    let index = seen.get(color);
    if (index === undefined) {
      index = palette.push([red, green, blue]) - 1;
      seen.set(color, index);
    }
    indices[i] = index;
  }
  return palette.length <= 256
    ? encodePng({ width, height, channels: 1, data: indices, palette })
    : encodePng({ width, height, channels: 3, data });
}

/** The same PNG, saying that it has `ratio` pixels for each of CSS (its pHYs chunk). */
export function withDensity(png: Uint8Array, ratio: number): Buffer {
  const density = Buffer.alloc(9);
  density.writeUInt32BE(Math.round(ratio * pixelsPerMetre), 0);
  density.writeUInt32BE(Math.round(ratio * pixelsPerMetre), 4);
  density[8] = 1; // the unit is the metre
  return Buffer.concat([
    png.subarray(0, headerEnd),
    chunk('pHYs', density),
    png.subarray(headerEnd),
  ]);
}

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const framed = Buffer.alloc(typed.length + 8);
  framed.writeUInt32BE(body.length, 0);
  typed.copy(framed, 4);
  framed.writeUInt32BE(crc32(typed), typed.length + 4);
  return framed;
}

/** The PNG as a URL that stands in a spec or an SVG. */
export function dataUrl(png: Buffer): string {
  return `data:image/png;base64,${png.toString('base64')}`;
}
