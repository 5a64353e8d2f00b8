import { expect, test } from 'vitest';
import { filesOfTar, parseCifar } from '../../../lib/data/files/cifar';

/** One record: a label, then planes whose bytes tell channel and position. */
const record = (label: number, shift = 0) =>
  Uint8Array.from([
    label,
    ...Array.from(
      { length: 3072 },
      (_, i) => (Math.floor(i / 1024) * 80 + (i % 1024) + shift) % 256,
    ),
  ]);

test('planes become channels last, records of all batches in order', () => {
  const { pixels, labels, shape } = parseCifar([
    { name: 'a', bytes: Buffer.concat([record(3), record(9, 5)]) },
    { name: 'b', bytes: record(0) },
  ]);
  expect(shape).toEqual([32, 32, 3]);
  expect([...labels]).toEqual([3, 9, 0]);
  for (const p of [0, 1, 700, 1023])
    for (const c of [0, 1, 2]) expect(pixels[3 * p + c]).toBe((80 * c + p) % 256);
  expect(pixels[3072 + 3 * 10 + 1]).toBe((80 + 10 + 5) % 256);
});

test('a batch that is cut short, or holds a label that cannot be, is told', () => {
  expect(() => parseCifar([{ name: 'a', bytes: record(1).subarray(0, 3000) }])).toThrow(
    'a: 3000 bytes given, a multiple of 3073',
  );
  expect(() => parseCifar([{ name: 'a', bytes: Buffer.concat([record(1), record(10)]) }])).toThrow(
    'a: label 10 in record 1',
  );
});

/**
 * A tar archive as POSIX says: 512-byte headers with the name at 0 and the size in octal at 124.
 */
function tar(files: Record<string, Uint8Array>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, bytes]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(bytes.length.toString(8).padStart(11, '0'), 124);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

test('files are found in a tar archive by the end of their path, in the order asked for', () => {
  const archive = tar({
    'dir/a.bin': Buffer.from('first'),
    'dir/note.html': Buffer.alloc(700, 1),
    'dir/b.bin': Buffer.alloc(512, 7),
  });
  const [b, a] = filesOfTar(archive, ['b.bin', 'a.bin'], 't') as [Uint8Array, Uint8Array];
  expect(Buffer.from(a).toString()).toBe('first');
  expect([...b]).toEqual(Array(512).fill(7));
  expect(() => filesOfTar(archive, ['c.bin'], 't')).toThrow('t: c.bin is not in it');
  expect(() => filesOfTar(archive.subarray(0, 514), ['a.bin'], 't')).toThrow(
    't: cut short within a.bin',
  );
  expect(() => filesOfTar(Buffer.alloc(600, 65), ['a.bin'], 't')).toThrow('not a tar archive');
});
