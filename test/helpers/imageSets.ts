/** The public image sets in miniature: files in their own formats, 10 pictures of each class. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const count = 100;

/**
 * Writes MNIST, Fashion-MNIST and CIFAR-10 into a folder that DARK_MATTER_DATA names from now on:
 * 100 + 100 pictures, noise around a grey that tells the class. `remove` undoes it.
 */
export function tinyImageSets(): { remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'dark-matter-test-'));
  const saved = process.env['DARK_MATTER_DATA'];
  process.env['DARK_MATTER_DATA'] = folder;
  for (const name of ['mnist', 'fashion-mnist']) idx(join(folder, name));
  cifar(join(folder, 'cifar-10-batches-bin'));
  return {
    remove() {
      if (saved === undefined) delete process.env['DARK_MATTER_DATA'];
      else process.env['DARK_MATTER_DATA'] = saved;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const pixels = (size: number, i: number) =>
  Buffer.from(Array.from({ length: size }, (_, p) => 20 * (i % 10) + ((p * 7919 + i * 31) % 60)));

function idx(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const header = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer).swap32();
  const labels = Buffer.from(Array.from({ length: count }, (_, i) => i % 10));
  const images = Array.from({ length: count }, (_, i) => pixels(784, i));
  for (const part of ['train', 't10k']) {
    writeFileSync(
      join(folder, `${part}-images-idx3-ubyte`),
      Buffer.concat([header(0x803, count, 28, 28), ...images]),
    );
    writeFileSync(
      join(folder, `${part}-labels-idx1-ubyte`),
      Buffer.concat([header(0x801, count), labels]),
    );
  }
}

function cifar(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const records = (from: number, to: number) =>
    Buffer.concat(
      Array.from({ length: to - from }, (_, k) =>
        Buffer.concat([Buffer.from([(from + k) % 10]), pixels(3072, from + k)]),
      ),
    );
  for (let i = 1; i <= 5; i++)
    writeFileSync(join(folder, `data_batch_${i}.bin`), records(20 * (i - 1), 20 * i));
  writeFileSync(join(folder, 'test_batch.bin'), records(0, count));
}
