/** Pictures into files: a folder to learn from, made on the spot. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { expectNumber, expectShape } from '../core/checks';
import type { Tensor4D } from '../core/engine';
import { encodePng } from '../plot/png';

/**
 * Writes images as PNG files.
 *
 * @param folder made where it is not there.
 * @param images [n, height, width, channels] in [0, 1], 1 or 3 channels.
 * @param files [n], their paths in the folder, such as `cat/1.png`; their folders are made.
 * @throws where a path leads out of the folder.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, readdirSync } from 'node:fs';
 * import { pictures, random } from 'dark-matter';
 *
 * const folder = mkdtempSync('/tmp/dark-matter-');
 * const images = random.uniform(random.key(0), [2, 8, 8, 3]);
 * await pictures.writePictures(folder, images, ['a.png', 'b.png']);
 * assert.deepEqual(readdirSync(folder), ['a.png', 'b.png']);
 * ```
 */
export async function writePictures(
  folder: string,
  images: Tensor4D,
  files: readonly string[],
): Promise<void> {
  const { n } = expectShape('images', images, ['n', 'height', 'width', 'channels']);
  const [, height, width, channels] = images.shape;
  expectNumber('files: how many', files.length, { atLeast: n!, atMost: n! });
  if (channels !== 1 && channels !== 3)
    throw new Error(`images: ${channels} channels given, 1 or 3 expected`);
  const root = resolve(folder);
  const outside = files.find((file) => !resolve(root, file).startsWith(root + sep));
  if (outside !== undefined)
    throw new Error(`files: '${outside}' given, a path in the folder expected`);
  const bytes = Uint8Array.from(images.dataSync(), (value) =>
    Math.round(255 * Math.min(1, Math.max(0, value))),
  );
  const size = height * width * channels;
  for (const below of new Set(files.map(dirname)))
    await mkdir(join(root, below), { recursive: true });
  for (const [i, file] of files.entries()) {
    const data = bytes.subarray(i * size, (i + 1) * size);
    await writeFile(join(root, file), encodePng({ width, height, channels, data }));
  }
}
