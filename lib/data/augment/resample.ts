/**
 * Bilinear resampling of a batch of images, each with an affine map and a displacement field of its
 * own.
 */
import { tf, type Tensor, type Tensor2D, type Tensor3D, type Tensor4D } from '../../core/engine';
import { tracedFor } from '../../core/compile/recorder';
import { execute, isNative, nativeBackend, typeAttribute } from '../../core/native';
import type { ImageShape } from './functional/images';

/**
 * Where each output pixel looks in the input: at matrix * (p + field(p)), with p = (x, y, 1) in
 * pixels from the image's centre, x to the right and y downwards.
 */
export interface Warp {
  /** [batch, 3, 3], with last row (0, 0, 1). Left out: the identity. */
  readonly matrix?: Tensor3D;
  /**
   * [2 * batch, height * width]: the x displacements of all images, then their y displacements, in
   * pixels. Left out: none.
   */
  readonly field?: Tensor2D;
}

/** [batch, 3, 3] identities. */
export function identityMatrices(batch: number): Tensor3D {
  return tf.tile(tf.reshape(tf.eye(3), [1, 3, 3]), [batch, 1, 1]) as Tensor3D;
}

/**
 * Images seen through a warp, by bilinear interpolation.
 *
 * @param images [batch, height, width, channels].
 * @returns the same shape. Outside the input all is 0. Where a pixel looks exactly at a pixel, it
 * is that pixel exactly.
 * @example
 * ```ts
 * import { augment, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = tf.tensor4d([1, 2, 3], [1, 1, 3, 1]);
 * const matrix = tf.tensor3d([[[1, 0, 1], [0, 1, 0], [0, 0, 1]]]); // looks a pixel to the right
 * assert.deepEqual([...augment.resample(images, { matrix }).dataSync()], [2, 3, 0]);
 * ```
 */
export function resample(images: Tensor4D, { matrix, field }: Warp): Tensor4D {
  const affine = matrix ?? identityMatrices(images.shape[0]);
  // XLA does not know the kernel for affine maps, and compiles looking up to something faster.
  const kernel = !field && isNative() && tracedFor() !== 'xla';
  return tf.tidy(() => (kernel ? byProjection(images, affine) : byLookup(images, affine, field)));
}

/**
 * Affine maps alone: TensorFlow's kernel, twice as fast as looking up four neighbours ourselves,
 * operation by operation.
 */
function byProjection(images: Tensor4D, matrix: Tensor3D): Tensor4D {
  const [batch, height, width] = images.shape;
  const { TF_FLOAT, TF_ATTR_STRING } = nativeBackend().binding;
  // The kernel counts pixels from the first one: there p + centre looks at matrix * p + centre.
  const centre = tf.tensor2d([(width - 1) / 2, (height - 1) / 2], [1, 2]);
  const [linear, moved] = [
    tf.slice(matrix, [0, 0, 0], [batch, 2, 2]),
    tf.slice(matrix, [0, 0, 2], [batch, 2, 1]),
  ];
  const offset = tf.sub(
    tf.add(moved, tf.reshape(centre, [1, 2, 1])),
    tf.sum(tf.mul(linear, tf.reshape(centre, [1, 1, 2])), 2, true),
  );
  const rows = tf.reshape(tf.concat([linear, offset], 2), [batch, 6]);
  const transforms = tf.concat([rows, tf.zeros([batch, 2])], 1);
  const text = (name: string, value: string) => ({ name, type: TF_ATTR_STRING, value });
  const attributes = [
    typeAttribute('dtype', TF_FLOAT),
    text('interpolation', 'BILINEAR'),
    text('fill_mode', 'CONSTANT'),
  ];
  const size = tf.tensor1d([height, width], 'int32');
  return execute('ImageProjectiveTransformV3', attributes, [
    images,
    transforms,
    size,
    tf.scalar(0),
  ]) as Tensor4D;
}

/**
 * Any map: the four pixels about each position, looked up in a list of all pixels, and
 * interpolated.
 */
function byLookup(images: Tensor4D, matrix: Tensor3D, field: Tensor2D | undefined): Tensor4D {
  const [batch, height, width, channels] = images.shape;
  const pixels = height * width;
  return tf.tidy(() => {
    const { position, corner } = lookups(matrix, field, images.shape);
    const inside = tf.sub(position, tf.cast(corner, 'float32'));
    const part = (tensor: Tensor, half: 0 | 1) =>
      tf.slice(tensor, [half * batch, 0], [batch, pixels]);
    const weight = (half: 0 | 1) => tf.reshape(part(inside, half), [batch * pixels, 1]);

    // All images, with a frame of zeros, as one list of pixels.
    const [paddedHeight, paddedWidth] = [height + 3, width + 3];
    const list = tf.reshape(
      tf.pad(images, [
        [0, 0],
        [1, 2],
        [1, 2],
        [0, 0],
      ]),
      [batch * paddedHeight * paddedWidth, channels],
    ) as Tensor2D;
    const firsts = tf.tensor2d(
      Int32Array.from({ length: batch }, (_, b) => b * paddedHeight * paddedWidth),
      [batch, 1],
      'int32',
    );
    const rows = tf.mul(part(corner, 1), tf.scalar(paddedWidth, 'int32'));
    const at = tf.reshape(tf.add(tf.add(rows, part(corner, 0)), firsts), [batch * pixels]);
    const neighbour = (offset: number) =>
      tf.gather(list, offset === 0 ? at : tf.add(at, tf.scalar(offset, 'int32')));

    const between = (a: Tensor, b: Tensor, w: Tensor) => tf.add(a, tf.mul(tf.sub(b, a), w));
    const [wx, wy] = [weight(0), weight(1)];
    const top = between(neighbour(0), neighbour(1), wx);
    const bottom = between(neighbour(paddedWidth), neighbour(paddedWidth + 1), wx);
    return tf.reshape(between(top, bottom, wy), images.shape);
  });
}

/**
 * Positions in the padded image (one pixel of zeros before, two after), [2 * batch, pixels], x of
 * all images, then y; and the pixel at or before each, int32. Positions beyond the frame are moved
 * onto it, where all is 0.
 */
function lookups(
  matrix: Tensor3D,
  field: Tensor2D | undefined,
  [batch, height, width]: ImageShape,
): { position: Tensor; corner: Tensor } {
  const halves = [0, 1].map((row) =>
    tf.reshape(tf.slice(matrix, [0, row, 0], [batch, 1, 3]), [batch, 3]),
  );
  // From the centre to the padded image's corner.
  const origin = [(width - 1) / 2 + 1, (height - 1) / 2 + 1];
  const rows = tf.concat(
    halves.map((half, i) => tf.add(half, tf.tensor2d([0, 0, origin[i]!], [1, 3]))),
    0,
  ) as Tensor2D;
  let position: Tensor = tf.matMul(rows, pixelGrid(height, width));
  if (field) {
    const [dx, dy] = [0, 1].map((i) =>
      tf.tile(tf.slice(field, [i * batch, 0], [batch, height * width]), [2, 1]),
    ) as [Tensor, Tensor];
    const column = (i: number) => tf.slice(rows, [0, i], [2 * batch, 1]);
    position = tf.add(position, tf.add(tf.mul(column(0), dx), tf.mul(column(1), dy)));
  }
  const last = tf.tensor2d(
    Float32Array.from({ length: 2 * batch }, (_, i) => (i < batch ? width : height) + 1),
    [2 * batch, 1],
  );
  position = tf.minimum(tf.maximum(position, 0), last);
  return { position, corner: tf.cast(position, 'int32') };
}

/** [3, height * width]: x, y and 1 of each pixel, from the image's centre. */
function pixelGrid(height: number, width: number): Tensor2D {
  const pixels = height * width;
  const grid = new Float32Array(3 * pixels).fill(1);
  for (let i = 0; i < pixels; i++) {
    grid[i] = (i % width) - (width - 1) / 2;
    grid[pixels + i] = Math.floor(i / width) - (height - 1) / 2;
  }
  return tf.tensor2d(grid, [3, pixels]);
}
