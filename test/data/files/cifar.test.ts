import { expect, test } from 'vitest';
import { binaryBatch, writePicture } from '../../../lib/data/files/cifar';

/** One record: a label, then planes whose bytes tell channel and position. */
const record = (label: number, shift = 0) =>
  Uint8Array.from([
    label,
    ...Array.from(
      { length: 3072 },
      (_, i) => (Math.floor(i / 1024) * 80 + (i % 1024) + shift) % 256,
    ),
  ]);

test('planes become channels last, in [0, 1], in the row that is asked for', () => {
  const batch = binaryBatch(Buffer.concat([record(3), record(9, 5)]), 'a');
  expect([...batch.labels]).toEqual([3, 9]);
  const pixels = new Float32Array(2 * 3072);
  writePicture(batch, 1, pixels, 0);
  writePicture(batch, 0, pixels, 1);
  for (const p of [0, 1, 700, 1023]) {
    for (const c of [0, 1, 2]) {
      expect(pixels[3 * p + c]).toBe(Math.fround(((80 * c + p + 5) % 256) / 255));
      expect(pixels[3072 + 3 * p + c]).toBe(Math.fround(((80 * c + p) % 256) / 255));
    }
  }
});

test('a batch that is cut short, or holds a label that cannot be, is told', () => {
  expect(() => binaryBatch(record(1).subarray(0, 3000), 'a')).toThrow(
    'a: 3000 bytes given, a multiple of 3073',
  );
  expect(() => binaryBatch(Buffer.concat([record(1), record(10)]), 'a')).toThrow(
    'a: label 10 in record 1',
  );
});
