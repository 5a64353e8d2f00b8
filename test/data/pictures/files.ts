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
