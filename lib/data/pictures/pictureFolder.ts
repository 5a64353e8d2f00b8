/** The pictures of a folder, as what is trained and judged on. */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { expectNumber } from '../../core/checks';
import { tf, type Tensor1D, type Tensor4D } from '../../core/engine';
import { batchIndices } from '../batches';
import type { ImageSet, Labelled } from '../labelled';
import type { Classes } from './classes';
import type { Framing } from './framing';
import type { RowsFile } from './rowsFile';
import { splitPositions, type Split } from './split';
import type { Unreadable } from './walk';

export type BrokenPicture = Unreadable;

/** What a step is trained on: [batch, side, side, channels]. */
export interface PictureBatch {
  readonly images: Tensor4D;
}

export interface SourceOptions {
  readonly batch: number;
  /** Chooses the order. Default 0. */
  readonly seed?: number;
  /** Only these pictures, the training part of a split, say. Default all. */
  readonly indices?: ArrayLike<number>;
}

export interface SplitOptions {
  /** The share of the pictures to test on, between 0 and 1. Default 0.2. */
  readonly test?: number;
  /** Chooses the parts. Default 0. */
  readonly seed?: number;
}

/** As numbers, at most so many bytes at once. */
const MOST_BYTES = 2 ** 31;

/** A byte as a number in [0, 1]. */
const fractions = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** What a folder was found to hold. */
export interface Contents {
  /** The folder, an absolute path without links. */
  readonly path: string;
  readonly files: readonly string[];
  readonly shape: readonly [number, number, number];
  readonly framing: Framing;
  readonly classes: Classes | undefined;
  readonly broken: readonly BrokenPicture[];
  readonly ignored: readonly string[];
  readonly rows: RowsFile;
  /** [files], the row of each. */
  readonly places: Int32Array;
  /** [files], a hash of the pixels of each. */
  readonly digests: readonly string[];
  /** A folder to be removed in the end. */
  readonly temporary: string | undefined;
}

/**
 * What `imageFolder` gives. The pictures stay in a file and are read from it by their positions.
 */
export class PictureFolder {
  /** The folder, an absolute path without links. */
  readonly path: string;
  /** How many pictures there are. */
  readonly count: number;
  /** [count], relative to the folder, with `/` between their parts, in natural order. */
  readonly files: readonly string[];
  /** [side, side, channels]. */
  readonly shape: readonly [number, number, number];
  /** How each picture was made a square. */
  readonly framing: Framing;
  /** [count], the label of each picture, where its folders are classes. */
  readonly labels?: Int32Array;
  /** The names of the classes, by label: sorted by code points, as torchvision's ImageFolder has them. */
  readonly classes?: readonly string[];
  /** What should be a picture and cannot be decoded: it is left out. */
  readonly broken: readonly BrokenPicture[];
  /** Files that are no pictures, neither by their contents nor by their names. */
  readonly ignored: readonly string[];
  /**
   * A hash of the pictures, their names and their labels: equal for equal data, wherever it lies,
   * so that a run knows whether it may go on.
   */
  readonly fingerprint: string;
  private readonly contents: Contents;
  private closed = false;

  /** @internal */
  constructor(contents: Contents) {
    this.contents = contents;
    this.path = contents.path;
    this.files = contents.files;
    this.count = contents.files.length;
    this.shape = contents.shape;
    this.framing = contents.framing;
    this.broken = contents.broken;
    this.ignored = contents.ignored;
    if (contents.classes) {
      this.labels = contents.classes.labels;
      this.classes = contents.classes.classes;
    }
    this.fingerprint = fingerprintOf(contents);
  }

  /** The file the decoded pictures are in. */
  get cacheFile(): string {
    return this.contents.rows.path;
  }

  /** `1,200 pictures in 3 classes; 2 broken, left out: a.jpg (it is empty (0 bytes)), ...`. */
  summary(): string {
    const { count, classes, broken, ignored } = this;
    const parts = [
      `${number(count)} ${count === 1 ? 'picture' : 'pictures'}` +
        (classes ? ` in ${classes.length} ${classes.length === 1 ? 'class' : 'classes'}` : ''),
    ];
    if (broken.length > 0)
      parts.push(`${number(broken.length)} broken, left out: ${describeBroken(broken)}`);
    if (ignored.length > 0)
      parts.push(
        `${number(ignored.length)} other ${ignored.length === 1 ? 'file' : 'files'} ignored`,
      );
    return parts.join('; ');
  }

  /**
   * Pictures as they are stored, [n * side * side * channels], one behind the other.
   *
   * @param indices positions in `files`; default all.
   */
  bytes(indices: ArrayLike<number> = this.all()): Uint8Array {
    if (this.closed) throw new Error('imageFolder: it was closed; open the folder again');
    const size = this.size();
    const bytes = new Uint8Array(indices.length * size);
    for (let i = 0; i < indices.length;) {
      const first = this.place(indices, i);
      let run = 1;
      // Neighbours in the file are read at once.
      while (i + run < indices.length && this.place(indices, i + run) === first + run) run++;
      this.contents.rows.read(first, run, bytes, i * size);
      i += run;
    }
    return bytes;
  }

  /**
   * Pictures as a tensor, [n, side, side, channels] float32 in [0, 1]. The caller owns it.
   *
   * @param indices positions in `files`; default all.
   * @throws where that is more than two gigabytes: train on `source` then.
   */
  images(indices: ArrayLike<number> = this.all()): Tensor4D {
    const size = 4 * indices.length * this.size();
    if (size > MOST_BYTES)
      throw new Error(
        `images: ${number(indices.length)} pictures of [${this.shape.join(', ')}] are ${(size / 1e9).toFixed(1)} GB as float32, ` +
          'at most 2 GB expected; give indices, or train on source({ batch })',
      );
    const bytes = this.bytes(indices);
    const values = new Float32Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) values[i] = fractions[bytes[i]!]!;
    return tf.tensor4d(values, [indices.length, ...this.shape]);
  }

  /**
   * Pictures with their labels. The caller owns both tensors.
   *
   * @throws where the folder has no classes.
   */
  labelled(indices: ArrayLike<number> = this.all()): Labelled {
    const { labels } = this.withClasses('labelled');
    const images = this.images(indices);
    const chosen = Int32Array.from(indices, (i) => labels[i]!);
    return { images, labels: tf.tensor1d(chosen, 'int32') as Tensor1D };
  }

  /**
   * Batches for `train({ data })`: a function of the step, in the order in which `train` draws from
   * tensors, so that a run that goes on from a checkpoint sees what it would have seen.
   */
  source(options: SourceOptions): (step: number) => PictureBatch {
    const indices = this.batches(options);
    return (step) => ({ images: this.images(indices(step)) });
  }

  /** The same with labels. @throws where the folder has no classes. */
  labelledSource(options: SourceOptions): (step: number) => Labelled {
    this.withClasses('labelledSource');
    const indices = this.batches(options);
    return (step) => this.labelled(indices(step));
  }

  /**
   * Positions to train and to test on, at random; where there are classes, the same share of each,
   * and each in both.
   *
   * @throws where a class has fewer than two pictures.
   */
  split({ test = 0.2, seed = 0 }: SplitOptions = {}): Split {
    return splitPositions(this.count, this.contents.classes, test, seed);
  }

  /**
   * The small case: a split as tensors, as the other image sets come. The caller owns them.
   *
   * @throws where the folder has no classes, or too few pictures of one.
   */
  imageSet(options: SplitOptions = {}): ImageSet {
    const { classes } = this.withClasses('imageSet');
    const { train, test } = this.split(options);
    return { train: this.labelled(train), test: this.labelled(test), classes };
  }

  /** Closes the file. Tensors that were made stay. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    const { rows, temporary } = this.contents;
    rows.close();
    if (temporary) rmSync(temporary, { recursive: true, force: true });
  }

  private size(): number {
    const [height, width, channels] = this.shape;
    return height * width * channels;
  }

  private all(): Int32Array {
    return Int32Array.from({ length: this.count }, (_, i) => i);
  }

  private place(indices: ArrayLike<number>, i: number): number {
    const at = indices[i]!;
    const place = this.contents.places[at];
    if (place === undefined)
      throw new Error(
        `indices[${i}]: ${at} given, a whole number from 0 to ${this.count - 1} expected`,
      );
    return place;
  }

  private withClasses(what: string): Classes {
    if (this.contents.classes) return this.contents.classes;
    throw new Error(
      `${what}: the folder has no classes; a subfolder for each class expected, and no picture beside them`,
    );
  }

  private batches({ batch, seed = 0, indices }: SourceOptions): (step: number) => Int32Array {
    const size = indices?.length ?? this.count;
    expectNumber('source: batch', batch, { atLeast: 1, atMost: size, integer: true });
    return (step) => {
      const drawn = batchIndices({ seed, step, size, batch });
      return indices ? drawn.map((i) => indices[i]!) : drawn;
    };
  }
}

function fingerprintOf({ files, shape, classes, digests }: Contents): string {
  const hash = createHash('sha256').update(shape.join());
  files.forEach((file, i) => {
    const name = classes ? classes.classes[classes.labels[i]!]! : '';
    hash.update(`\n${file}\0${digests[i]}\0${name}`);
  });
  return hash.digest('hex').slice(0, 32);
}

/** The first three with their reasons, and how many more. */
export function describeBroken(broken: readonly BrokenPicture[]): string {
  const more = broken.length - 3;
  const named = broken.slice(0, 3).map(({ file, reason }) => `${file} (${reason})`);
  return named.join(', ') + (more > 0 ? ` and ${number(more)} more` : '');
}

const number = (value: number): string => value.toLocaleString('en');
