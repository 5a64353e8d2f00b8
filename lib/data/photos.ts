/**
 * A few real photographs (scikit-image's, Stéfan van der Walt et al. 2014; setup puts them in the
 * cache), and small patches of them.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { engine, tf, type Tensor, type Tensor2D, type Tensor3D } from '../core/engine';
import { expectNumber } from '../core/checks';
import * as random from '../core/random';
import { dataCache } from './files/locate';

/** Scenes and things, and three textures at the end. */
const files = {
  astronaut: 'astronaut.png',
  camera: 'camera.png',
  chelsea: 'chelsea.png',
  coffee: 'coffee.png',
  coins: 'coins.png',
  moon: 'moon.png',
  motorcycle: 'motorcycle_left.png',
  rocket: 'rocket.jpg',
  brick: 'brick.png',
  grass: 'grass.png',
  gravel: 'gravel.png',
} as const;

export type PhotoName = keyof typeof files;

export const photoNames = Object.keys(files) as readonly PhotoName[];

/**
 * Photographs as shades of grey. They are looked for in `DARK_MATTER_DATA/photos` and in the cache.
 *
 * @param names which; default all of `photoNames`.
 * @returns by name, [height, width] float32 in [0, 1]; of different sizes, some 400 pixels a side.
 * The caller owns them.
 * @throws when one is not there or is damaged, naming the file and saying how it is mended.
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * // const { coins } = await data.photos(['coins']);
 * await assert.rejects(data.photos(['none' as 'coins']), /coins/);
 * ```
 */
export async function photos<N extends PhotoName = PhotoName>(
  names: readonly N[] = photoNames as readonly N[],
): Promise<Record<N, Tensor2D>> {
  return read(names, luma);
}

/**
 * The same photographs in colour: [height, width, 3] float32 in [0, 1]. Those that were taken in
 * shades of grey have three equal channels.
 *
 * @param names which; default all of `photoNames`.
 * @throws as `photos` does.
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * // const { coffee } = await data.photosInColor(['coffee']);
 * await assert.rejects(data.photosInColor(['none' as 'coffee']), /coffee/);
 * ```
 */
export async function photosInColor<N extends PhotoName = PhotoName>(
  names: readonly N[] = photoNames as readonly N[],
): Promise<Record<N, Tensor3D>> {
  return read(names, (image) => {
    const [height, width, channels] = image.shape;
    const colors = image.toFloat().div(255) as Tensor3D;
    return channels === 1
      ? (colors.tile([1, 1, 3]) as Tensor3D)
      : colors.slice([0, 0, 0], [height, width, 3]);
  });
}

/** Each photograph, decoded, as `of` makes it. */
async function read<N extends PhotoName, T extends Tensor>(
  names: readonly N[],
  of: (image: Tensor3D) => T,
): Promise<Record<N, T>> {
  if (engine !== 'native')
    throw new Error(
      'photos: the native TensorFlow engine is needed to decode them; `npm run doctor` says why it is missing',
    );
  const images = {} as Record<N, T>;
  try {
    for (const name of names) {
      if (!Object.hasOwn(files, name))
        throw new Error(`names: '${name}' given, any of ${photoNames.join(', ')} expected`);
      const path = find(files[name]);
      const bytes = await readFile(path);
      images[name] = tf.tidy(() => of(decoded(bytes, path)));
    }
  } catch (error) {
    tf.dispose(Object.values(images));
    throw error;
  }
  return images;
}

function find(file: string): string {
  const given = process.env['DARK_MATTER_DATA'];
  const places = [...(given ? [resolve(given)] : []), dataCache()].map((folder) =>
    join(folder, 'photos', file),
  );
  const path = places.find((place) => existsSync(place));
  if (path) return path;
  throw new Error(
    `photos: ${places.join(' and ')} not found; \`npm run setup\` fetches the photographs, or set DARK_MATTER_DATA to a folder with photos/${file}`,
  );
}

/** [height, width, channels] of 0 ... 255. */
function decoded(bytes: Buffer, path: string): Tensor3D {
  try {
    return tf.node.decodeImage(bytes) as Tensor3D;
  } catch (error) {
    throw new Error(`photos: ${path} is damaged; \`npm run setup\` fetches it again`, {
      cause: error,
    });
  }
}

/**
 * One channel as it is; of three the luma (ITU-R BT.601), of four without the fourth. [height,
 * width, channels] of 0 ... 255 -> [0, 1].
 */
function luma(image: Tensor3D): Tensor2D {
  const [height, width, channels] = image.shape;
  const shades = image.toFloat().div(255);
  if (channels === 1) return shades.reshape([height, width]);
  return shades
    .slice([0, 0, 0], [-1, -1, 3])
    .mul(tf.tensor1d([0.299, 0.587, 0.114]))
    .sum(2) as Tensor2D;
}

/**
 * Square patches at random places of images, the same number (to within one) of each.
 *
 * @param images each [height, width], at least `side` in both.
 * @returns [n, side * side], row by row, in no particular order of places; the images take turns.
 * @example
 * ```ts
 * import { data, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const image = random.uniform(random.key(1), [20, 30]);
 * assert.deepEqual(data.patches([image], random.key(0), { n: 6, side: 4 }).shape, [6, 16]);
 * ```
 */
export function patches(
  images: readonly Tensor2D[],
  key: random.Key,
  { n, side }: { readonly n: number; readonly side: number },
): Tensor2D {
  expectNumber('n', n, { atLeast: 1, integer: true });
  expectNumber('side', side, { atLeast: 1, integer: true });
  if (images.length === 0) throw new Error('images: none given, at least one expected');
  return tf.tidy(() => {
    const each = Math.ceil(n / images.length);
    const keys = random.split(key, images.length);
    const cut = images.map((image, i) => {
      const [height, width] = image.shape;
      if (!(height >= side && width >= side))
        throw new Error(
          `images[${i}]: shape [${image.shape}] given, [height, width] of at least ${side} expected`,
        );
      const [forTop, forLeft] = random.split(keys[i]!, 2);
      const top = random.randint(forTop, [each, 1], 0, height - side + 1);
      const left = random.randint(forLeft, [each, 1], 0, width - side + 1);
      const within = tf.range(0, side * side, 1, 'int32');
      const row = within.div(tf.scalar(side, 'int32'));
      const column = within.sub(row.mul(tf.scalar(side, 'int32')));
      // [each, side * side]
      const at = top.add(row).mul(tf.scalar(width, 'int32')).add(left).add(column);
      return tf
        .gather(image.reshape([-1]), at.reshape([-1]).toInt())
        .reshape([each, 1, side * side]);
    });
    return tf
      .concat(cut, 1)
      .reshape([-1, side * side])
      .slice([0, 0], [n, -1]) as Tensor2D;
  });
}
