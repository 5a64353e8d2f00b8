/** Folders of pictures for tests, written byte by byte. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll } from 'vitest';

/** An uncompressed PNG (RFC 2083). `samples`: row by row, most significant byte first. */
export function png(
  width: number,
  height: number,
  samples: ArrayLike<number>,
  { depth = 8, kind = 'rgb' }: { depth?: 8 | 16; kind?: keyof typeof kinds } = {},
): Buffer {
  const { type, channels } = kinds[kind];
  const bytes = depth / 8;
  const stride = width * channels;
  const raw = Buffer.alloc(height * (1 + stride * bytes));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < stride; x++)
      raw.writeUIntBE(samples[y * stride + x]!, y * (1 + stride * bytes) + 1 + x * bytes, bytes);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, type, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const kinds = {
  grey: { type: 0, channels: 1 },
  rgb: { type: 2, channels: 3 },
  greyAlpha: { type: 4, channels: 2 },
  rgba: { type: 6, channels: 4 },
} as const;

function chunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/**
 * An uncompressed TIFF (revision 6.0) of one row of grey numbers, little-endian.
 *
 * @param format 1 for whole numbers, 2 for signed ones, 3 for floating point.
 */
export function tiff(samples: Uint16Array | Int16Array | Float32Array, format: 1 | 2 | 3): Buffer {
  const bits = 8 * samples.BYTES_PER_ELEMENT;
  const tags: [number, number][] = [
    [256, samples.length], // width
    [257, 1], // height
    [258, bits],
    [259, 1], // no compression
    [262, 1], // 0 is black
    [273, 8], // where the numbers begin
    [277, 1], // one a pixel
    [278, 1], // rows in a strip
    [279, samples.byteLength],
    [339, format],
  ];
  const directory = Buffer.alloc(2 + 12 * tags.length + 4);
  directory.writeUInt16LE(tags.length, 0);
  tags.forEach(([tag, value], i) => {
    directory.writeUInt16LE(tag, 2 + 12 * i);
    directory.writeUInt16LE(4, 4 + 12 * i);
    directory.writeUInt32LE(1, 6 + 12 * i);
    directory.writeUInt32LE(value, 10 + 12 * i);
  });
  const head = Buffer.from('II*\0\0\0\0\0', 'latin1');
  head.writeUInt32LE(8 + samples.byteLength, 4);
  const numbers = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  return Buffer.concat([head, numbers, directory]);
}

/** A picture of one colour. */
export const plain = (r: number, g: number, b: number, width = 4, height = 4): Buffer =>
  png(width, height, Array.from({ length: width * height }, () => [r, g, b]).flat());

/** A folder of the system's for temporary files, removed when the test file is through. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pictures-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files by their relative paths. */
export function write(folder: string, files: Readonly<Record<string, Buffer | string>>): string {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder;
}
