import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filesOfTar } from '../../../lib/data/files/tar';
import { tar } from './tar';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'dark-matter-test-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Longer than the pieces in which a file is read. */
const long = Buffer.from(Array.from({ length: 3_000_001 }, (_, i) => (i * 7919) % 251));
const archive = tar({
  'dir/a.bin': Buffer.from('first'),
  'dir/note.html': Buffer.alloc(700, 1),
  'dir/b.bin': Buffer.alloc(512, 7),
  'dir/long.bin': long,
});

function written(bytes: Uint8Array): string {
  const path = join(folder, 'archive');
  writeFileSync(path, bytes);
  return path;
}

describe.each([
  ['packed', (bytes: Uint8Array) => gzipSync(bytes, { level: 1 })],
  ['not packed', (bytes: Uint8Array) => bytes],
] as const)('%s', (_, pack) => {
  test('files are found by the end of their path, in the order asked for', async () => {
    const path = written(pack(archive));
    const [found, b, a] = await filesOfTar(path, ['long.bin', 'b.bin', 'a.bin']);
    expect(Buffer.from(a!).toString()).toBe('first');
    expect([...b!]).toEqual(Array(512).fill(7));
    expect(long.equals(found!)).toBe(true);
  });

  test('what is missing, cut short or no archive is told', async () => {
    await expect(filesOfTar(written(pack(archive)), ['c.bin'])).rejects.toThrow(
      /archive: c.bin is not in it/,
    );
    const cut = written(pack(archive.subarray(0, 514)));
    await expect(filesOfTar(cut, ['a.bin'])).rejects.toThrow(/cut short within a.bin/);
    const text = written(pack(Buffer.alloc(600, 65)));
    await expect(filesOfTar(text, ['a.bin'])).rejects.toThrow(/not a tar archive/);
  });
});

test('reading ends with the last file that is wanted: what is damaged behind it is not seen', async () => {
  const packed = gzipSync(archive, { level: 1 });
  const path = written(packed.subarray(0, packed.length - 2000));
  expect(Buffer.from((await filesOfTar(path, ['a.bin']))[0]!).toString()).toBe('first');
  await expect(filesOfTar(path, ['long.bin'])).rejects.toThrow(
    /archive: the gzip data is damaged or cut short/,
  );
});
