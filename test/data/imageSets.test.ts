import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tf } from '../../lib/core/engine';
import { dispose } from '../../lib/core/pytree';
import { cifar10, fashionMnist, mnist } from '../../lib/data';
import { pickledBatch } from '../../lib/data/files/cifar';
import { readIdxPair } from '../../lib/data/imageSets';
import { tar } from './files/tar';

let folder: string;
const saved = { data: process.env['DARK_MATTER_DATA'], cache: process.env['DARK_MATTER_CACHE'] };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dark-matter-test-'));
  process.env['DARK_MATTER_DATA'] = folder;
  process.env['DARK_MATTER_CACHE'] = join(folder, 'cache');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, value] of [
    ['DARK_MATTER_DATA', saved.data],
    ['DARK_MATTER_CACHE', saved.cache],
  ] as const) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

/** Writes the four files of a small set: image i is all 10 * (i % 10), its label i % 10. */
function writeSet(directory: string, count: number, test: number): void {
  mkdirSync(directory, { recursive: true });
  const sizes = { train: count, t10k: test };
  for (const [part, n] of Object.entries(sizes)) {
    const header = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer).swap32();
    const images = Buffer.concat(
      Array.from({ length: n }, (_, i) => Buffer.alloc(784, 10 * (i % 10))),
    );
    writeFileSync(
      join(directory, `${part}-images-idx3-ubyte`),
      Buffer.concat([header(0x803, n, 28, 28), images]),
    );
    writeFileSync(
      join(directory, `${part}-labels-idx1-ubyte`),
      Buffer.concat([header(0x801, n), Buffer.from(Array.from({ length: n }, (_, i) => i % 10))]),
    );
  }
}

describe('mnist and fashionMnist', () => {
  test.each([
    ['mnist', mnist],
    ['MNIST/raw', mnist],
    ['.', mnist],
    ['fashion-mnist', fashionMnist],
    ['FashionMNIST/raw', fashionMnist],
  ] as const)('read the files in %s', async (where, load) => {
    writeSet(join(folder, where), 30, 20);
    const before = tf.memory().numTensors;
    const set = await load();
    expect(tf.memory().numTensors).toBe(before + 4);
    expect([set.train.images.shape, set.test.images.shape]).toEqual([
      [30, 28, 28, 1],
      [20, 28, 28, 1],
    ]);
    expect([...set.train.labels.dataSync()]).toEqual(Array.from({ length: 30 }, (_, i) => i % 10));
    expect(set.train.images.dataSync()[784 * 7]).toBeCloseTo(70 / 255, 6);
    expect(set.classes).toHaveLength(10);
    dispose(set);
  });

  test('a subset has equal shares of each class and is chosen by the seed; an empty part needs no files', async () => {
    writeSet(join(folder, 'mnist'), 100, 50);
    const pick = async (seed: number) => {
      const set = await mnist({ train: 40, test: 0, seed });
      const labels = [...set.train.labels.dataSync()];
      expect(set.test.images.shape).toEqual([0, 28, 28, 1]);
      dispose(set);
      return labels;
    };
    const labels = await pick(1);
    for (let c = 0; c < 10; c++) expect(labels.filter((l) => l === c)).toHaveLength(4);
    expect(await pick(1)).toEqual(labels);
    expect(await pick(2)).not.toEqual(labels);
  });

  test('images and labels that do not belong together, and too many asked for, are told', async () => {
    writeSet(join(folder, 'mnist'), 30, 20);
    await expect(mnist({ train: 31 })).rejects.toThrow('mnist: train: 31 given, at most 30');
    await expect(mnist({ test: -1 })).rejects.toThrow('mnist: test: -1 given');
    await expect(
      readIdxPair(
        join(folder, 'mnist/train-images-idx3-ubyte'),
        join(folder, 'mnist/t10k-labels-idx1-ubyte'),
      ),
    ).rejects.toThrow('30 images');
  });
});

describe('cifar10', () => {
  test('reads the unpacked binary version', async () => {
    const batches = join(folder, 'cifar-10-batches-bin');
    mkdirSync(batches);
    const batch = (label: number) =>
      Buffer.concat([Buffer.from([label]), Buffer.alloc(1024, 255), Buffer.alloc(2048)]);
    for (let i = 1; i <= 5; i++) writeFileSync(join(batches, `data_batch_${i}.bin`), batch(i));
    writeFileSync(join(batches, 'test_batch.bin'), batch(9));
    const set = await cifar10();
    expect(set.train.images.shape).toEqual([5, 32, 32, 3]);
    expect([...set.train.labels.dataSync()]).toEqual([1, 2, 3, 4, 5]);
    expect(Array.from(set.test.images.dataSync().slice(0, 3))).toEqual([1, 0, 0]);
    expect(set.classes[9]).toBe('truck');
    dispose(set);
  });

  /**
   * A batch as Python 2 and numpy pickled it (protocol 2), written by hand after what `pickletools`
   * shows of CIFAR-10's own; Python's `pickle.load(file, encoding='latin1')` reads it.
   */
  function pickle(labels: number[]): Buffer {
    const short = (text: string) => Buffer.concat([Buffer.from([0x55, text.length]), raw(text)]);
    const raw = (text: string) => Buffer.from(text, 'latin1');
    const int = (value: number) => {
      const bytes = Buffer.alloc(5, 0x4a);
      bytes.writeInt32LE(value, 1);
      return bytes;
    };
    const two = (value: number) => Buffer.from([0x4d, value & 255, value >> 8]);
    const pixels = Buffer.concat(
      labels.map((label) => Buffer.concat([Buffer.alloc(1024, 10 * label), Buffer.alloc(2048)])),
    );
    const size = Buffer.alloc(4);
    size.writeInt32LE(pixels.length);
    return Buffer.concat([
      raw('\x80\x02}q\x01('),
      short('batch_label'),
      raw('q\x02'),
      short('training batch 1 of 5'),
      raw('q\x03'),
      short('labels'),
      raw('q\x04]q\x05('),
      Buffer.from(labels.flatMap((label) => [0x4b, label])),
      raw('e'),
      short('data'),
      raw('q\x06cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85q\x09'),
      short('b'),
      raw('\x87Rq\x0a(K\x01'),
      two(labels.length),
      two(3072),
      raw('\x86cnumpy\ndtype\nq\x0b'),
      short('u1'),
      raw('K\x00K\x01\x87Rq\x0c(K\x03'),
      short('|'),
      raw('NNN'),
      int(-1),
      int(-1),
      raw('K\x00tb\x89T'),
      size,
      pixels,
      raw('tb'),
      short('filenames'),
      raw(']q\x0d('),
      ...labels.map((label) => short(`image_${label}.png`)),
      raw('eu.'),
    ]);
  }

  test.each(['cifar-10-batches-py', 'cifar-10/cifar-10-batches-py', '.'])(
    'reads torchvision’s pickles in %s, as the binary version',
    async (where) => {
      const batches = join(folder, where);
      mkdirSync(batches, { recursive: true });
      for (let i = 1; i <= 5; i++)
        writeFileSync(join(batches, `data_batch_${i}`), pickle([i, i + 1]));
      writeFileSync(join(batches, 'test_batch'), pickle([9, 0, 3]));
      const set = await cifar10();
      expect([...set.train.labels.dataSync()]).toEqual([1, 2, 2, 3, 3, 4, 4, 5, 5, 6]);
      expect([...set.test.labels.dataSync()]).toEqual([9, 0, 3]);
      const corner = Array.from(set.test.images.dataSync().slice(0, 3));
      expect(corner).toEqual([Math.fround(90 / 255), 0, 0]);
      dispose(set);
    },
  );

  test('a pickle that calls, is cut short or holds something else is refused, and nothing runs', () => {
    const good = pickle([1, 2]);
    const refused = (text: string, message: string) =>
      expect(() => pickledBatch(Buffer.from(text, 'latin1'), 'f')).toThrow(message);
    refused('cos\nsystem\n(U\x02lstR.', 'f: a call at byte');
    refused('\x80\x02}q\x01.', "a dictionary with 'labels' and 'data' expected");
    refused('\x80\x02]\x93.', 'f: operation');
    refused('tu.', 'f: damaged at byte 1');
    expect(() => pickledBatch(good.subarray(0, 2000), 'f')).toThrow('f: cut short at byte');
    expect([...pickledBatch(good, 'f').labels]).toEqual([1, 2]);
    expect(() => pickledBatch(pickle([1, 12]), 'f')).toThrow('f: label 12 in record 1');
  });

  test('a batch file that is missing beside others is named, with the layouts that are known', async () => {
    const batches = join(folder, 'cifar-10-batches-bin');
    mkdirSync(batches);
    for (let i = 1; i <= 4; i++)
      writeFileSync(join(batches, `data_batch_${i}.bin`), Buffer.alloc(3073));
    await expect(cifar10()).rejects.toThrow(
      /data_batch_5\.bin: this file is missing beside[^]*cifar-10-batches-bin\/[^]*cifar-10-batches-py\//,
    );
    rmSync(batches, { recursive: true });
    mkdirSync(join(folder, 'cifar-10-batches-py'));
    writeFileSync(join(folder, 'cifar-10-batches-py/test_batch'), pickle([1]));
    await expect(cifar10({ train: 1 })).rejects.toThrow(/py.data_batch_\d: this file is missing/);
  });

  /** A batch of the binary version: picture i is all `10 * labels[i] + i`. */
  const binary = (labels: number[]) =>
    Buffer.concat(
      labels.map((label, i) =>
        Buffer.concat([Buffer.from([label]), Buffer.alloc(3072, 10 * label + i)]),
      ),
    );
  const ten = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

  test.each(['folder', 'archive'])(
    'a subset of the %s has equal shares of each class, and each picture its own label',
    async (where) => {
      const batches = [1, 2, 3, 4, 5].map((i) => [`data_batch_${i}.bin`, binary(ten)] as const);
      if (where === 'folder') {
        mkdirSync(join(folder, 'cifar-10-batches-bin'));
        for (const [name, bytes] of batches)
          writeFileSync(join(folder, 'cifar-10-batches-bin', name), bytes);
      } else {
        const files = Object.fromEntries(batches.map(([name, bytes]) => [`x/${name}`, bytes]));
        writeFileSync(join(folder, 'cifar-10-binary.tar.gz'), gzipSync(tar(files)));
      }
      const before = tf.memory().numTensors;
      const pick = async (seed: number) => {
        const set = await cifar10({ train: 20, test: 0, seed });
        expect(tf.memory().numTensors).toBe(before + 4);
        const labels = [...set.train.labels.dataSync()];
        const values = set.train.images.dataSync();
        dispose(set);
        labels.forEach((label, i) =>
          expect(values[3072 * i]).toBe(Math.fround((11 * label) / 255)),
        );
        return labels;
      };
      const labels = await pick(1);
      expect([...labels].sort()).toEqual([...ten, ...ten].sort());
      expect(await pick(1)).toEqual(labels);
      expect(await pick(2)).not.toEqual(labels);
    },
  );

  test('a damaged archive is named; in the cache, with how to get it anew', async () => {
    const damaged = gzipSync(tar({ 'x/test_batch.bin': binary(ten) })).subarray(0, 60);
    const own = join(folder, 'cifar-10-binary.tar.gz');
    writeFileSync(own, damaged);
    await expect(cifar10({ train: 0 })).rejects.toThrow(/tar.gz: the gzip data is damaged[^\n]*$/);
    rmSync(own);
    const cached = join(folder, 'cache/dark-matter-cache/data/cifar-10');
    mkdirSync(cached, { recursive: true });
    writeFileSync(join(cached, 'cifar-10-binary.tar.gz'), damaged);
    await expect(cifar10({ train: 0 })).rejects.toThrow(
      /tar.gz: the gzip data is damaged[^]*remove it, and it is downloaded anew/,
    );
  });

  test('a batch with fewer pictures than the others is told', async () => {
    mkdirSync(join(folder, 'cifar-10-batches-bin'));
    for (let i = 1; i <= 5; i++)
      writeFileSync(
        join(folder, `cifar-10-batches-bin/data_batch_${i}.bin`),
        binary(i === 3 ? [1] : [1, 2]),
      );
    await expect(cifar10({ test: 0 })).rejects.toThrow(
      'data_batch_3: 1 pictures, 2 expected, as in data_batch_1',
    );
  });
});

const shared = resolve(__dirname, '../../../shared/data');
const present = existsSync(join(shared, 'mnist/t10k-images-idx3-ubyte.gz'));
if (!present) console.warn(`MNIST's test images skipped: ${shared} is absent`);

test.skipIf(!present)(
  "MNIST's own 10,000 test images are read: counts, mean and classes are those of MNIST",
  async () => {
    process.env['DARK_MATTER_DATA'] = shared;
    const set = await mnist({ train: 0 });
    expect(set.test.images.shape).toEqual([10_000, 28, 28, 1]);
    const labels = [...set.test.labels.dataSync()];
    expect(labels.slice(0, 5)).toEqual([7, 2, 1, 0, 4]);
    expect(Array.from({ length: 10 }, (_, c) => labels.filter((l) => l === c).length)).toEqual([
      980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]);
    expect(tf.tidy(() => set.test.images.mean().dataSync()[0])).toBeCloseTo(0.1325, 3);
    dispose(set);
  },
);
