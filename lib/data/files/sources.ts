/** Where the full image sets come from: every address and checksum of the library is here. */

/** A public file. */
export interface Source {
  readonly name: string;
  /** Tried in this order. */
  readonly urls: readonly string[];
  /** Of the file as it is served. */
  readonly sha256: string;
  readonly bytes: number;
}

const mnistFile = (name: string, bytes: number, sha256: string): Source => ({
  name,
  bytes,
  sha256,
  urls: [
    `https://ossci-datasets.s3.amazonaws.com/mnist/${name}`,
    `https://storage.googleapis.com/cvdf-datasets/mnist/${name}`,
  ],
});

const fashionFile = (name: string, bytes: number, sha256: string): Source => ({
  name,
  bytes,
  sha256,
  urls: [`http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/${name}`],
});

/** An image set in IDX files, named as MNIST's. */
export interface IdxSources {
  readonly trainImages: Source;
  readonly trainLabels: Source;
  readonly testImages: Source;
  readonly testLabels: Source;
}

/** MNIST (LeCun, Cortes & Burges 1998). CC BY-SA 3.0. */
export const mnistSources: IdxSources = {
  trainImages: mnistFile(
    'train-images-idx3-ubyte.gz',
    9_912_422,
    '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
  ),
  trainLabels: mnistFile(
    'train-labels-idx1-ubyte.gz',
    28_881,
    '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
  ),
  testImages: mnistFile(
    't10k-images-idx3-ubyte.gz',
    1_648_877,
    '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
  ),
  testLabels: mnistFile(
    't10k-labels-idx1-ubyte.gz',
    4_542,
    'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
  ),
};

/** Fashion-MNIST (Xiao, Rasul & Vollgraf 2017). MIT. */
export const fashionSources: IdxSources = {
  trainImages: fashionFile(
    'train-images-idx3-ubyte.gz',
    26_421_880,
    '08dc20ab1689590a0bcd66e874647b6ee8464e2d501b5a3f1f78831db19a3fdc',
  ),
  trainLabels: fashionFile(
    'train-labels-idx1-ubyte.gz',
    29_515,
    'b0197879cbda89f3dc7b894f9fd52b858e68ea4182b6947c9d8c2b67e5f18dcc',
  ),
  testImages: fashionFile(
    't10k-images-idx3-ubyte.gz',
    4_422_102,
    '78dcbbfb5a27efaf1b6c1d616caca68560be8766c5bffcb2791df9273a534229',
  ),
  testLabels: fashionFile(
    't10k-labels-idx1-ubyte.gz',
    5_148,
    '42bd18137a62d5998cdeae52bf3a0676ac6b706f5cf8439b47bb5b151ae3dccf',
  ),
};

/** CIFAR-10, binary version (Krizhevsky 2009). No licence is stated; cite the report. */
export const cifarSource: Source = {
  name: 'cifar-10-binary.tar.gz',
  urls: ['https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz'],
  sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
  bytes: 170_052_171,
};
