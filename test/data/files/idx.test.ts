import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { parseIdx, readIdx } from '../../../lib/data/files/idx';

const folder = mkdtempSync(join(tmpdir(), 'dark-matter-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An IDX file as its definition says. */
function idx(shape: number[], values: ArrayLike<number>): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
  return Buffer.concat([header, Uint8Array.from(values)]);
}

test('what was written is read, packed or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (shape, packed) => {
        const values = Uint8Array.from(
          { length: shape.reduce((a, b) => a * b, 1) },
          (_, i) => (i * 37) % 256,
        );
        const path = join(folder, 'file');
        writeFileSync(path, packed ? gzipSync(idx(shape, values)) : idx(shape, values));
        const read = await readIdx(path, shape.length);
        expect(read.shape).toEqual(shape);
        expect([...read.values]).toEqual([...values]);
      },
    ),
    { numRuns: 40 },
  );
});

test('every way of being wrong is told', () => {
  const good = idx([2, 3, 3], new Uint8Array(18));
  expect(() => parseIdx(good.subarray(0, 20), 3, 'f')).toThrow(
    'f: 20 bytes given, 34 expected for shape [2, 3, 3]: it is cut short',
  );
  expect(() => parseIdx(Buffer.concat([good, good]), 3, 'f')).toThrow(
    '68 bytes given, 34 expected',
  );
  expect(() => parseIdx(good, 1, 'f')).toThrow('magic number 00000803 given, 00000801 expected');
  expect(() => parseIdx(good.subarray(0, 7), 3, 'f')).toThrow('cut short in its header');
  expect(() => parseIdx(Buffer.alloc(0), 3, 'f')).toThrow('(empty file)');
  const floats = Buffer.from(good);
  floats[2] = 0x0d;
  expect(() => parseIdx(floats, 3, 'f')).toThrow('magic number 00000d03');
});

test('gzip that is cut short is told', async () => {
  const path = join(folder, 'cut.gz');
  const packed = gzipSync(
    idx(
      [50],
      Uint8Array.from({ length: 50 }, (_, i) => i),
    ),
  );
  writeFileSync(path, packed.subarray(0, packed.length - 12));
  await expect(readIdx(path, 1)).rejects.toThrow('the gzip data is damaged or cut short');
});
