/** A rectangle of each image, brought to one size. */
import { tf, type Tensor, type Tensor2D, type Tensor3D, type Tensor4D } from '../../../core/engine';
import { expectNumber, expectShape } from '../../../core/checks';
import { expectImages } from './images';
import { alongBothAxes } from './separable';

/** One number for a square, or [height, width], in pixels. */
export type Size = number | readonly [number, number];

/** [height, width]. @throws unless they are whole numbers of at least 1. */
export function expectSize(name: string, size: Size): readonly [number, number] {
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  expectNumber(name, height, { atLeast: 1, integer: true });
  expectNumber(name, width, { atLeast: 1, integer: true });
  return [height, width];
}

/**
 * Cuts a box out of each image and resizes it by bilinear interpolation; where it shrinks, each
 * result is a mean weighted by a triangle that is as wide as the shrinking (antialiasing).
 * torchvision's `resized_crop`. Nothing outside the box is seen.
 *
 * @param images [batch, height, width, channels], any range.
 * @param boxes [batch, 4]: top, left, height and width of each box in pixels, as torchvision orders
 * them. A box holds the pixels whose centres lie in it; it has to hold at least one. Numbers in an
 * array are checked; those of a tensor, drawn perhaps within a compiled step, are not.
 * @param size what each box becomes. Default: the images' own size.
 * @returns [batch, size, channels], the same range.
 * @example
 * ```ts
 * import { augment, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const image = tf.tensor4d([0, 0.25, 0.5, 0.75], [1, 1, 4, 1]);
 * const right = augment.functional.resizedCrop(image, [[0, 2, 1, 2]], [1, 2]);
 * assert.deepEqual([...right.dataSync()], [0.5, 0.75]);
 * ```
 */
export function resizedCrop(
  images: Tensor4D,
  boxes: Tensor | readonly (readonly [number, number, number, number])[],
  size?: Size,
): Tensor4D {
  const [batch, height, width] = expectImages('resizedCrop', images);
  const to =
    size === undefined ? ([height, width] as const) : expectSize('resizedCrop: size', size);
  return tf.tidy(() => {
    if (Array.isArray(boxes)) expectBoxes(boxes, height, width);
    const list = Array.isArray(boxes)
      ? tf.tensor2d(boxes as number[][], [boxes.length, 4])
      : tf.cast(boxes as Tensor, 'float32');
    expectShape('resizedCrop: boxes', list, [batch, 4]);
    const [top, left, high, wide] = tf.split(list, 4, 1) as [
      Tensor2D,
      Tensor2D,
      Tensor2D,
      Tensor2D,
    ];
    return alongBothAxes(
      images,
      weights(top, high, height, to[0]),
      weights(left, wide, width, to[1]),
    );
  });
}

/**
 * How much each pixel of an axis counts in each pixel of the result: [batch, to, from], each row
 * with the sum 1.
 *
 * @param start [batch, 1], where the box begins, in pixels.
 * @param length [batch, 1], its pixels.
 */
function weights(start: Tensor, length: Tensor, from: number, to: number): Tensor3D {
  const batch = start.shape[0]!;
  const [begin, extent] = [start, length].map((x) => tf.reshape(x, [batch, 1, 1])) as [
    Tensor,
    Tensor,
  ];
  const centres = tf.reshape(tf.add(tf.range(0, from), 0.5), [1, 1, from]);
  const step = tf.div(extent, to);
  const looksAt = tf.add(begin, tf.mul(tf.reshape(tf.add(tf.range(0, to), 0.5), [1, to, 1]), step));
  const distance = tf.div(tf.abs(tf.sub(centres, looksAt)), tf.maximum(step, 1));
  const inBox = tf.cast(
    tf.logicalAnd(tf.greater(centres, begin), tf.less(centres, tf.add(begin, extent))),
    'float32',
  );
  const triangle = tf.mul(tf.relu(tf.sub(1, distance)), inBox);
  return tf.div(triangle, tf.sum(triangle, 2, true)) as Tensor3D;
}

function expectBoxes(boxes: readonly (readonly number[])[], height: number, width: number): void {
  for (const [i, [top, left, high, wide]] of boxes.entries()) {
    const fits =
      top! >= 0 &&
      left! >= 0 &&
      high! >= 1 &&
      wide! >= 1 &&
      top! + high! <= height &&
      left! + wide! <= width;
    if (fits) continue;
    throw new Error(
      `resizedCrop: boxes[${i}]: [${boxes[i]!.join(', ')}] given, [top, left, height, width] within ` +
        `${height} by ${width} pixels expected`,
    );
  }
}
