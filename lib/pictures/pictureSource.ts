/** Where pictures come from: a folder on the disk, or a tensor. All that the room asks of either. */
import { createHash } from 'node:crypto';
import { expectShape } from '../core/checks';
import { tf, type Tensor4D } from '../core/engine';
import type { Framing } from '../data/pictures/framing';
import { CannotLearn } from './cannotLearn';

/**
 * Pictures that are read by position, so that not all of them need to be in memory at once.
 * `data.imageFolder` gives one of a folder, `fromTensor` one of a tensor.
 */
export interface PictureSource {
  /** [count], what each picture is called: its path in the folder, with '/'. */
  readonly files: readonly string[];
  readonly count: number;
  /** [height, width, channels] of each. */
  readonly shape: readonly [number, number, number];
  /** How a picture of another shape is to be made one of these: what the page's search needs. */
  readonly framing?: Framing;
  /** [count], where each picture's class is known. */
  readonly labels?: Int32Array;
  /** The names of the classes, by label. */
  readonly classes?: readonly string[];
  /** Which pictures they are: equal for equal pictures. A run is resumed by it. */
  readonly fingerprint?: string;
  /** [n, height, width, channels], float32 in [0, 1]; without positions all. The caller owns it. */
  images(positions?: ArrayLike<number>): Tensor4D;
  /** The same as bytes, picture after picture. */
  bytes(positions?: ArrayLike<number>): Uint8Array;
}

/**
 * Pictures that are a tensor already.
 *
 * @param images [n, height, width, channels], float32 in [0, 1]. Stays the caller's, and is read as
 * long as the source is used.
 * @param options files: n names, by default '0', '1', ...; labels: n whole numbers from 0, with the
 * classes that they count.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures, tf, type Tensor4D } from 'dark-matter';
 *
 * const source = pictures.fromTensor(tf.ones([3, 8, 8, 3]) as Tensor4D, { files: ['a', 'b', 'c'] });
 * assert.deepEqual(source.images([2, 0]).shape, [2, 8, 8, 3]);
 * assert.equal(source.bytes([1])[0], 255);
 * ```
 */
export function fromTensor(
  images: Tensor4D,
  options: {
    readonly files?: readonly string[];
    readonly labels?: ArrayLike<number>;
    readonly classes?: readonly string[];
  } = {},
): PictureSource {
  expectShape('images', images, ['n', 'height', 'width', 'channels']);
  const [count, height, width, channels] = images.shape;
  const { files = Array.from({ length: count }, (_, i) => String(i)), labels, classes } = options;
  for (const [name, list] of Object.entries({ files, labels }))
    if (list && list.length !== count)
      throw new Error(`${name}: ${list.length} given, ${count} expected, one a picture`);
  const read = (positions?: ArrayLike<number>): Tensor4D =>
    positions
      ? tf.tidy(() => tf.gather(images, tf.tensor1d(Int32Array.from(positions), 'int32')))
      : images.clone();
  let hash: string | undefined;
  return {
    files,
    count,
    /** Of shape and values: another tensor's run is not gone on with. Computed where asked for. */
    get fingerprint() {
      return (hash ??= createHash('sha256')
        .update(images.shape.join())
        .update(images.dataSync())
        .digest('hex')
        .slice(0, 32));
    },
    shape: [height, width, channels],
    ...(labels && { labels: Int32Array.from(labels) }),
    ...(classes && { classes }),
    images: read,
    bytes: (positions) => {
      const floats = read(positions);
      const bytes = Uint8Array.from(floats.dataSync(), (value) =>
        Math.round(255 * Math.min(1, Math.max(0, value))),
      );
      floats.dispose();
      return bytes;
    },
  };
}

/** As many pictures as can be learned from at all: a batch must hold pictures that differ. */
export const FEWEST = 16;

/**
 * Says in a sentence when there are too few pictures.
 *
 * @throws `3 pictures given, at least 16 expected: ...`
 */
export function expectEnough({ count }: Pick<PictureSource, 'count'>): void {
  if (count >= FEWEST) return;
  throw new CannotLearn(
    `${count} ${count === 1 ? 'picture' : 'pictures'} given, at least ${FEWEST} expected: ` +
      'these methods learn from how pictures differ (some hundreds are a good start)',
  );
}
