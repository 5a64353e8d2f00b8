/** A stream of crops: what is seen of a few large pictures where nobody chooses. */
import { tf, type Tensor1D, type Tensor2D, type Tensor3D, type Tensor4D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import * as random from '../core/random';
import { largestRemainder, type Labelled } from './labelled';

export interface CropsOptions {
  /** How many. */
  readonly n: number;
  /** Pixels a side of each, after it was resized. */
  readonly side: number;
  /** The part of a picture's area that a square crop shows, in (0, 1], uniformly. Default [0.02, 0.2]. */
  readonly area?: readonly [least: number, most: number];
  /**
   * How often each picture is shown, in proportion; default equally often. The counts are the
   * nearest whole numbers, so that they are the same for every key.
   */
  readonly shares?: readonly number[];
}

/**
 * Square crops at random places of pictures, resized to one side. Each result is the mean of four
 * bilinear samples, which keeps coarse pictures from aliasing.
 *
 * @param pictures each [height, width, channels], of equally many channels.
 * @returns images [n, side, side, channels], in the range of the pictures; labels [n], which picture
 * each is of. They are in no order: it is shuffled. The caller owns them.
 * @throws where there are no pictures or they differ in channels, a number is outside of its range, or
 * the shares are not one a picture, at least 0 and not all 0.
 *
 * @example
 * ```ts
 * import { data, tf } from 'dark-matter';
 * import { random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const pictures = [tf.zeros([40, 30, 3]), tf.ones([20, 50, 3])] as ReturnType<typeof tf.tensor3d>[];
 * const { images, labels } = data.crops(pictures, random.key(0), { n: 8, side: 4, shares: [3, 1] });
 * assert.deepEqual(images.shape, [8, 4, 4, 3]);
 * assert.equal(labels.sum().dataSync()[0], 2); // two of the second picture
 * ```
 */
export function crops(
  pictures: readonly Tensor3D[],
  key: random.Key,
  { n, side, area = [0.02, 0.2], shares = pictures.map(() => 1) }: CropsOptions,
): Labelled {
  expectNumber('n', n, { atLeast: 1, integer: true });
  expectNumber('side', side, { atLeast: 1, integer: true });
  expectNumber('area[0]', area[0], { above: 0, atMost: 1 });
  expectNumber('area[1]', area[1], { atLeast: area[0], atMost: 1 });
  if (pictures.length === 0) throw new Error('pictures: none given, at least one expected');
  pictures.forEach((picture, i) =>
    expectShape(`pictures[${i}]`, picture, ['height', 'width', pictures[0]!.shape[2]]),
  );
  const counts = countsOf(n, shares, pictures.length);
  return tf.tidy(() => {
    const keys = random.split(key, pictures.length + 1);
    const cut = pictures.map((picture, i) => cropsOf(picture, keys[i]!, counts[i]!, side, area));
    const of = counts.flatMap((count, i) => Array.from({ length: count }, () => i));
    const order = random.permutation(keys.at(-1)!, n) as Tensor1D;
    return {
      images: tf.gather(tf.concat(cut), order),
      labels: tf.gather(tf.tensor1d(of, 'int32'), order),
    };
  });
}

/** So many crops of one picture: [count, side, side, channels]. */
function cropsOf(
  picture: Tensor3D,
  key: random.Key,
  count: number,
  side: number,
  [least, most]: readonly [number, number],
): Tensor4D {
  const [height, width, channels] = picture.shape;
  if (count === 0) return tf.zeros([0, side, side, channels]);
  const [forArea, forPlace] = random.split(key);
  // The side of the square in pixels, at most the picture's own.
  const pixels = random
    .uniform(forArea, [count], least, most)
    .mul(height * width)
    .sqrt()
    .minimum(Math.min(height, width));
  const [down, along] = tf.unstack(random.uniform(forPlace, [2, count]));
  const corner = (at: typeof pixels, length: number) => [
    at.mul(tf.sub(length, pixels)).div(length),
    at.mul(tf.sub(length, pixels)).add(pixels).div(length),
  ];
  const [top, bottom] = corner(down!, height);
  const [left, right] = corner(along!, width);
  const boxes = tf.stack([top!, left!, bottom!, right!], 1) as Tensor2D;
  const twice = tf.image.cropAndResize(
    picture.expandDims(0) as Tensor4D,
    boxes,
    tf.zeros([count], 'int32'),
    [2 * side, 2 * side],
  );
  return tf.avgPool(twice, 2, 2, 'valid');
}

/** Whole numbers in proportion to the shares that add up to n. */
function countsOf(n: number, shares: readonly number[], pictures: number): number[] {
  if (shares.length !== pictures)
    throw new Error(`shares: ${shares.length} given, ${pictures} expected, one for each picture`);
  shares.forEach((share, i) => expectNumber(`shares[${i}]`, share, { atLeast: 0 }));
  const total = shares.reduce((sum, share) => sum + share, 0);
  expectNumber('the sum of shares', total, { above: 0 });
  return largestRemainder(
    shares.map((share) => (n * share) / total),
    n,
  );
}
