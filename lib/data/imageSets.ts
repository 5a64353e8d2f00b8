/**
 * The full image sets: MNIST, Fashion-MNIST and CIFAR-10, from files. For figures to compare with
 * other people's.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { tf } from '../core/engine';
import * as cifar from './files/cifar';
import { readIdx } from './files/idx';
import { locate, reading } from './files/locate';
import { filesOfTar } from './files/tar';
import {
  cifarSource,
  fashionSources,
  mnistSources,
  type IdxSources,
  type Source,
} from './files/sources';
import {
  toTensors,
  stratifiedSplit,
  type ImageSet,
  type Labelled,
  type PackedImages,
} from './labelled';

export interface ImageSetOptions {
  /**
   * Training images, a random subset with equal shares of each class; 0 for none (its files are
   * then not needed). Default: all, in the files' order.
   */
  readonly train?: number;
  /** The same of the test images. */
  readonly test?: number;
  /** Chooses the subsets. Default 0. */
  readonly seed?: number;
}

/**
 * MNIST: 60,000 + 10,000 handwritten digits, [n, 28, 28, 1].
 *
 * Files are looked for in DARK_MATTER_DATA (in `mnist`, torchvision's `MNIST/raw`, or the folder
 * itself, gzip or not), then in the cache; else they are downloaded (11 MB). The caller owns the
 * tensors.
 *
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const { classes } = await data.mnist({ train: 0, test: 0 }); // no images: no files are needed
 * assert.equal(classes.length, 10);
 * ```
 */
export async function mnist(options: ImageSetOptions = {}): Promise<ImageSet> {
  const classes = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
  return idxSet('mnist', mnistSources, ['mnist', 'MNIST/raw', '.'], classes, options);
}

/**
 * Fashion-MNIST: 60,000 + 10,000 pieces of clothing, [n, 28, 28, 1]; as `mnist`, in `fashion-mnist`
 * or `FashionMNIST/raw` (31 MB).
 *
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const { classes } = await data.fashionMnist({ train: 0, test: 0 }); // no images: no files are needed
 * assert.equal(classes.length, 10);
 * ```
 */
export async function fashionMnist(options: ImageSetOptions = {}): Promise<ImageSet> {
  const classes = [
    'T-shirt',
    'trouser',
    'pullover',
    'dress',
    'coat',
    'sandal',
    'shirt',
    'sneaker',
    'bag',
    'ankle boot',
  ];
  return idxSet(
    'fashionMnist',
    fashionSources,
    ['fashion-mnist', 'FashionMNIST/raw'],
    classes,
    options,
  );
}

/**
 * CIFAR-10: 50,000 + 10,000 small photographs in ten classes, [n, 32, 32, 3]. DARK_MATTER_DATA may
 * hold (in `cifar-10` or itself) the unpacked folder `cifar-10-batches-bin` of the binary version,
 * torchvision's `cifar-10-batches-py`, or the binary version's archive; else 170 MB are downloaded.
 *
 * All 60,000 take 740 MB as tensors, and while the first step reads them twice as much: ask for
 * fewer where memory is short. One batch file at a time is held beside them (of an archive, those
 * of one part).
 *
 * @throws naming the file that is missing from a folder, or is damaged.
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const { classes } = await data.cifar10({ train: 0, test: 0 }); // no images: no files are needed
 * assert.equal(classes.length, 10);
 * ```
 */
export async function cifar10(options: ImageSetOptions = {}): Promise<ImageSet> {
  const classes = [
    'airplane',
    'automobile',
    'bird',
    'cat',
    'deer',
    'dog',
    'frog',
    'horse',
    'ship',
    'truck',
  ];
  let read: Promise<BatchReader> | undefined;
  return pick(
    'cifar10',
    async (part) => cifarPictures(cifarBatches[part], await (read ??= batchReader())),
    [cifar.side, cifar.side, 3],
    classes,
    options,
  );
}

/** The batch files of each part; the binary version's names end in `.bin`, the Python version's do not. */
const cifarBatches = {
  train: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}`),
  test: ['test_batch'],
};

type Part = 'train' | 'test';

function idxSet(
  name: string,
  sources: IdxSources,
  folders: readonly string[],
  classes: readonly string[],
  options: ImageSetOptions,
): Promise<ImageSet> {
  const read = async (images: Source, labels: Source): Promise<Pictures> =>
    picturesOf(await readIdxPair(await locate(images, folders), await locate(labels, folders)));
  return pick(
    name,
    (part) =>
      part === 'train'
        ? read(sources.trainImages, sources.trainLabels)
        : read(sources.testImages, sources.testLabels),
    [28, 28, 1],
    classes,
    options,
  );
}

/** Images and labels that belong together, from two IDX files. */
export async function readIdxPair(imagesPath: string, labelsPath: string): Promise<PackedImages> {
  const [images, labels] = await Promise.all([
    reading(imagesPath, (path) => readIdx(path, 3)),
    reading(labelsPath, (path) => readIdx(path, 1)),
  ]);
  if (images.shape[0] !== labels.shape[0]) {
    throw new Error(
      `${imagesPath} holds ${images.shape[0]} images, ${labelsPath} ${labels.shape[0]} labels: they do not belong together`,
    );
  }
  const [, height, width] = images.shape as [number, number, number];
  return { pixels: images.values, labels: labels.values, shape: [height, width, 1] };
}

/** A part of a set whose pictures are not tensors yet. */
interface Pictures {
  readonly labels: Uint8Array;
  readonly shape: PackedImages['shape'];
  /** The pictures at `indices`, in that order. */
  at(indices: ArrayLike<number>): Promise<Labelled>;
}

const picturesOf = (packed: PackedImages): Pictures => ({
  labels: packed.labels,
  shape: packed.shape,
  at: async (indices) => toTensors(packed, indices),
});

/**
 * Batch files as pictures, in two passes: the labels tell which are wanted, and then these are
 * written where they belong. One file at a time is in memory.
 */
async function cifarPictures(names: readonly string[], read: BatchReader): Promise<Pictures> {
  const parts: Uint8Array[] = [];
  for (const name of names) parts.push((await read(name, names)).labels);
  const short = parts.findIndex(({ length }) => length < parts[0]!.length);
  if (short > 0)
    throw new Error(
      `${names[short]}: ${parts[short]!.length} pictures, ${parts[0]!.length} expected, as in ${names[0]}`,
    );
  const labels = Buffer.concat(parts);
  return {
    labels,
    shape: [cifar.side, cifar.side, 3],
    async at(indices) {
      const images = new Float32Array(indices.length * cifar.size);
      let first = 0;
      for (const name of names) {
        const batch = await read(name, names);
        for (let row = 0; row < indices.length; row++) {
          const from = indices[row]! - first;
          if (from >= 0 && from < batch.labels.length) cifar.writePicture(batch, from, images, row);
        }
        first += batch.labels.length;
      }
      const chosen = Int32Array.from(indices, (index) => labels[index]!);
      return {
        images: tf.tensor4d(images, [indices.length, cifar.side, cifar.side, 3]),
        labels: tf.tensor1d(chosen, 'int32'),
      };
    },
  };
}

/** Reads one of the batch files of a part, which are named so that an archive is unpacked once. */
type BatchReader = (name: string, part: readonly string[]) => Promise<cifar.CifarBatch>;

/** Reads batch files wherever they are, and whatever their layout is. */
async function batchReader(): Promise<BatchReader> {
  const given = process.env['DARK_MATTER_DATA'];
  for (const { name, ending, parse } of cifarVersions) {
    const unpacked =
      given &&
      [name, join('cifar-10', name), '.']
        .map((folder) => resolve(given, folder))
        .find((folder) => hasBatches(folder, ending));
    if (!unpacked) continue;
    return async (batch) => {
      const path = join(unpacked, `${batch}${ending}`);
      return parse(await readBatch(path), path);
    };
  }
  const path = await locate(cifarSource, ['cifar-10', '.'], process.env, cifarLayouts);
  const files = new Map<string, Uint8Array>();
  return async (batch, part) => {
    if (!files.has(batch)) {
      files.clear();
      const names = part.map((own) => `${own}.bin`);
      const found = await reading(path, () => filesOfTar(path, names));
      found.forEach((bytes, i) => files.set(part[i]!, bytes));
    }
    return cifar.binaryBatch(files.get(batch)!, `${path}: ${batch}.bin`);
  };
}

/** The unpacked folders that are known, the binary version's first. */
const cifarVersions = [
  { name: 'cifar-10-batches-bin', ending: '.bin', parse: cifar.binaryBatch },
  { name: 'cifar-10-batches-py', ending: '', parse: cifar.pickledBatch },
] as const;

const cifarLayouts =
  'It may hold cifar-10-batches-bin/ (data_batch_1.bin to data_batch_5.bin, test_batch.bin), ' +
  "or torchvision's cifar-10-batches-py/ (data_batch_1 to data_batch_5, test_batch).";

/** Whether a folder has one batch file at least: then the others belong there as well. */
const hasBatches = (folder: string, ending: string): boolean =>
  [...cifarBatches.train, ...cifarBatches.test].some((batch) =>
    existsSync(join(folder, `${batch}${ending}`)),
  );

async function readBatch(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(
      `${path}: this file is missing beside the others of CIFAR-10. ${cifarLayouts}`,
      { cause: error },
    );
  }
}

async function pick(
  name: string,
  read: (part: Part) => Promise<Pictures>,
  shape: PackedImages['shape'],
  classes: readonly string[],
  options: ImageSetOptions,
): Promise<ImageSet> {
  const { seed = 0 } = options;
  const part = async (which: Part): Promise<Labelled> => {
    const count = options[which];
    if (count !== undefined && (!Number.isInteger(count) || count < 0))
      throw new Error(`${name}: ${which}: ${count} given, a whole number from 0 expected`);
    if (count === 0)
      return toTensors({ pixels: new Uint8Array(), labels: new Uint8Array(), shape }, []);
    const pictures = await read(which);
    if (pictures.shape.join() !== shape.join())
      throw new Error(
        `${name}: images of shape [${pictures.shape.join(', ')}] found, [${shape.join(', ')}] expected`,
      );
    const available = pictures.labels.length;
    if (count !== undefined && count > available)
      throw new Error(`${name}: ${which}: ${count} given, at most ${available} expected`);
    return pictures.at(
      count === undefined
        ? Int32Array.from({ length: available }, (_, i) => i)
        : stratifiedSplit(pictures.labels, [count], seed)[0]!,
    );
  };
  return { train: await part('train'), test: await part('test'), classes };
}
