/** Images as sequences: patches, the places that they have, and some of them. */
import { expectNumber, expectShape } from '../core/checks';
import {
  tf,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
} from '../core/engine';
import { uniform, type Key } from '../core/random';
import { expectImages } from './shape';

/** The size of images and of the squares that they are cut into. */
export interface PatchGrid {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** The side of a patch in pixels, a divisor of height and width. */
  readonly patch: number;
}

/** How many patches there are down and across. @throws when the patches do not fill the image. */
export function patchCounts({ height, width, channels, patch }: PatchGrid): {
  readonly rows: number;
  readonly columns: number;
} {
  for (const [name, value] of Object.entries({ height, width, channels, patch }))
    expectNumber(name, value, { atLeast: 1, integer: true });
  if (height % patch || width % patch)
    throw new Error(
      `patch: ${patch} given, a divisor of height ${height} and width ${width} expected`,
    );
  return { rows: height / patch, columns: width / patch };
}

/**
 * Cuts images into squares, row by row. [batch, height, width, channels] -> [batch, patches, patch
 * * patch * channels].
 *
 * @throws when the patches do not fill the image.
 * @example
 * ```ts
 * import { nn, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = random.uniform(random.key(0), [2, 8, 8, 1]);
 * const patches = nn.patchify(images, 4);
 * assert.deepEqual(patches.shape, [2, 4, 16]);
 * ```
 */
export function patchify(images: Tensor, patch: number): Tensor3D {
  expectImages('patchify', images);
  const [batch, height, width, channels] = images.shape as [number, number, number, number];
  const { rows, columns } = patchCounts({ height, width, channels, patch });
  return tf.tidy(() =>
    tf
      .transpose(images.reshape([batch, rows, patch, columns, patch * channels]), [0, 1, 3, 2, 4])
      .reshape([batch, rows * columns, patch * patch * channels]),
  );
}

/**
 * The inverse of `patchify`, exact. [batch, patches, patch * patch * channels] -> [batch, height,
 * width, channels].
 *
 * @example
 * ```ts
 * import { nn, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const grid = { height: 8, width: 8, channels: 1, patch: 4 };
 * const images = random.uniform(random.key(0), [2, 8, 8, 1]);
 * const same = nn.unpatchify(nn.patchify(images, 4), grid);
 * assert.deepEqual(same.dataSync(), images.dataSync());
 * ```
 */
export function unpatchify(patches: Tensor, grid: PatchGrid): Tensor4D {
  const { rows, columns } = patchCounts(grid);
  const { height, width, channels, patch } = grid;
  expectShape('unpatchify: patches', patches, ['batch', rows * columns, patch * patch * channels]);
  return tf.tidy(() =>
    tf
      .transpose(
        patches.reshape([patches.shape[0]!, rows, columns, patch, patch * channels]),
        [0, 1, 3, 2, 4],
      )
      .reshape([patches.shape[0]!, height, width, channels]),
  );
}

/**
 * A fixed vector for each place of a grid (Vaswani et al. 2017, section 3.5, in two dimensions as
 * in MAE, He et al. 2022, and I-JEPA): a quarter of the features each are the sines and cosines of
 * the row and of the column, with wavelengths from 2 pi to 10,000 * 2 pi.
 *
 * @param features a multiple of 4. @returns [rows * columns, features].
 * @example
 * ```ts
 * import { nn } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * assert.deepEqual(nn.gridPositions(2, 3, 8).shape, [6, 8]);
 * ```
 */
export function gridPositions(rows: number, columns: number, features: number): Tensor2D {
  expectNumber('gridPositions: rows', rows, { atLeast: 1, integer: true });
  expectNumber('gridPositions: columns', columns, { atLeast: 1, integer: true });
  if (features % 4 !== 0 || features < 4)
    throw new Error(`gridPositions: features is ${features}, a multiple of 4 expected`);
  const quarter = features / 4;
  const waves = (place: number): number[] => {
    const angles = Array.from({ length: quarter }, (_, i) => place / 10_000 ** (i / quarter));
    return [...angles.map(Math.sin), ...angles.map(Math.cos)];
  };
  const table = Array.from({ length: rows * columns }, (_, i) => [
    ...waves(Math.floor(i / columns)),
    ...waves(i % columns),
  ]);
  return tf.tensor2d(table);
}

/**
 * Some tokens of each sequence, in the order asked for.
 *
 * @param tokens [batch, length, features]. @param places int32 [batch, count], in [0, length).
 * @returns [batch, count, features].
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const tokens = tf.tensor3d([[[1], [2], [3]]]);
 * const taken = nn.takeTokens(tokens, tf.tensor2d([[2, 0]], [1, 2], 'int32'));
 * assert.deepEqual([...taken.dataSync()], [3, 1]);
 * ```
 */
export function takeTokens(tokens: Tensor, places: Tensor): Tensor3D {
  const { batch, length, features } = expectShape('takeTokens: tokens', tokens, [
    'batch',
    'length',
    'features',
  ]) as { batch: number; length: number; features: number };
  expectShape('takeTokens: places', places, [batch, 'count']);
  return tf.tidy(() => {
    const starts = tf.range(0, batch, 1, 'int32').mul(tf.scalar(length, 'int32')).expandDims(1);
    const rows = tf.gather(
      tokens.reshape([batch * length, features]),
      places.add(starts).reshape([-1]) as Tensor1D,
    );
    return rows.reshape([batch, places.shape[1]!, features]);
  });
}

/**
 * For each of `batch` sequences the places 0 ... length-1 in a random order of its own.
 * @returns int32 [batch, length].
 */
export function shuffledPlaces(key: Key, batch: number, length: number): Tensor2D {
  expectNumber('shuffledPlaces: batch', batch, { atLeast: 1, integer: true });
  expectNumber('shuffledPlaces: length', length, { atLeast: 1, integer: true });
  return tf.tidy(() => tf.topk(uniform(key, [batch, length]), length, true).indices as Tensor2D);
}
