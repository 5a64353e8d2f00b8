/**
 * The full image sets: MNIST, Fashion-MNIST and CIFAR-10, from files. For figures to compare with
 * other people's.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { binaryOfPickle, filesOfTar, parseCifar } from './files/cifar';
import { readIdx, readUnpacked } from './files/idx';
import { locate } from './files/locate';
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
  let reader: ReturnType<typeof cifarReader> | undefined;
  return pick(
    'cifar10',
    async (part) => parseCifar(await (await (reader ??= cifarReader()))(cifarBatches[part])),
    [32, 32, 3],
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
  const read = async (images: Source, labels: Source): Promise<PackedImages> =>
    readIdxPair(await locate(images, folders), await locate(labels, folders));
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
  const [images, labels] = await Promise.all([readIdx(imagesPath, 3), readIdx(labelsPath, 1)]);
  if (images.shape[0] !== labels.shape[0]) {
    throw new Error(
      `${imagesPath} holds ${images.shape[0]} images, ${labelsPath} ${labels.shape[0]} labels: they do not belong together`,
    );
  }
  const [, height, width] = images.shape as [number, number, number];
  return { pixels: images.values, labels: labels.values, shape: [height, width, 1] };
}

interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Reads batch files in the binary version's layout, wherever they are and whatever theirs is. */
async function cifarReader(): Promise<(batches: readonly string[]) => Promise<NamedBytes[]>> {
  const given = process.env['DARK_MATTER_DATA'];
  for (const { name, ending, decode } of cifarVersions) {
    const unpacked =
      given &&
      [name, join('cifar-10', name), '.']
        .map((folder) => resolve(given, folder))
        .find((folder) => hasBatches(folder, ending));
    if (!unpacked) continue;
    return (batches) =>
      Promise.all(
        batches.map(async (batch) => {
          const path = join(unpacked, `${batch}${ending}`);
          return { name: path, bytes: decode(await readBatch(path), path) };
        }),
      );
  }
  const path = await locate(cifarSource, ['cifar-10', '.'], process.env, cifarLayouts);
  const archive = await readUnpacked(path);
  return async (batches) => {
    const names = batches.map((batch) => `${batch}.bin`);
    return filesOfTar(archive, names, path).map((bytes, i) => ({ name: names[i]!, bytes }));
  };
}

/** The unpacked folders that are known, the binary version's first. */
const cifarVersions = [
  { name: 'cifar-10-batches-bin', ending: '.bin', decode: (bytes: Uint8Array) => bytes },
  { name: 'cifar-10-batches-py', ending: '', decode: binaryOfPickle },
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
  read: (part: Part) => Promise<PackedImages>,
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
    const packed = await read(which);
    if (packed.shape.join() !== shape.join())
      throw new Error(
        `${name}: images of shape [${packed.shape.join(', ')}] found, [${shape.join(', ')}] expected`,
      );
    const available = packed.labels.length;
    if (count !== undefined && count > available)
      throw new Error(`${name}: ${which}: ${count} given, at most ${available} expected`);
    const all = Int32Array.from({ length: available }, (_, i) => i);
    return toTensors(
      packed,
      count === undefined ? all : stratifiedSplit(packed.labels, [count], seed)[0]!,
    );
  };
  return { train: await part('train'), test: await part('test'), classes };
}
