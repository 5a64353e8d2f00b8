/**
 * Features of images by k-means on their patches: no gradient, no deep network, and a baseline that
 * is hard to beat.
 */
import { tf, type Tensor2D, type Tensor4D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { symmetricEigen } from '../numerics/decompositions';
import { embed } from '../core/embed';
import { kMeans, triangleCode } from '../numerics/kMeans';

export interface KMeansFeaturesOptions {
  /** Centres; the features are four times as many. Default 200. */
  readonly centres?: number;
  /** Side of the square patches, in pixels. Default 6. */
  readonly patch?: number;
  /** Random patches that k-means learns from. Default 20,000. */
  readonly patches?: number;
  /** Of Lloyd's algorithm. Default 25. */
  readonly iterations?: number;
}

/** Learnt features. The caller owns its tensors: `features.dispose()`. */
export interface KMeansFeatures {
  /** [centres, patch * patch * channels], in the space of whitened patches. */
  readonly centres: Tensor2D;
  /** [n, height, width, channels] -> [n, 4 * centres], owned by the caller. */
  embed(images: Tensor4D): Tensor2D;
  dispose(): void;
}

/**
 * The single-layer network of Coates, Ng and Lee 2011 ("An analysis of single-layer networks in
 * unsupervised feature learning").
 *
 * Patches are normalised for brightness and contrast and whitened (section 3.1), k-means finds
 * centres among them, and an image is described by the triangle code of its patches at every
 * position, averaged over each of its four quadrants (section 3.2).
 *
 * @param images [n, height, width, channels] in [0, 1]; no label is needed.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, random } from 'dark-matter';
 * const images = random.uniform(random.key(0), [50, 12, 12, 1]);
 * const features = measure.kMeansFeatures(images, random.key(1), { centres: 8, patches: 500 });
 * assert.equal(features.embed(images).shape[0], 50);
 * ```
 */
export function kMeansFeatures(
  images: Tensor4D,
  key: random.Key,
  options: KMeansFeaturesOptions = {},
): KMeansFeatures {
  const { centres: k = 200, patch = 6, patches: count = 20_000, iterations = 25 } = options;
  const { n, height, width, channels } = expectShape('images', images, [
    'n',
    'height',
    'width',
    'channels',
  ]) as Record<'n' | 'height' | 'width' | 'channels', number>;
  expectNumber('patch', patch, { atLeast: 2, atMost: Math.min(height, width) - 1, integer: true });
  expectNumber('patches', count, { atLeast: Math.max(k, 2), integer: true });

  const { mean, whitener, centres } = tree.tidy(() => {
    const [forImages, forPlaces, forCentres] = random.split(key, 3);
    // A few patches of each of many images, and some images at a time, so that not all patches of
    // all images have to be in memory.
    const each = 10;
    const some = tf.gather(
      images,
      random.randint(forImages, [Math.ceil(count / each)], 0, n),
    ) as Tensor4D;
    const perImage = (height - patch + 1) * (width - patch + 1);
    const places = random.randint(forPlaces, [some.shape[0], each], 0, perImage);
    const rows = normalise(
      tf.concat(
        chunks(some.shape[0], 200).map(([from, size]) =>
          tf.tidy(() => {
            const firsts = tf.range(0, size * perImage, perImage, 'int32').expandDims(1);
            const chosen = places.slice([from, 0], [size, each]).add(firsts).reshape([-1]);
            return tf.gather(patchesOf(some.slice([from], [size]), patch), chosen.toInt());
          }),
        ),
      ) as Tensor2D,
    );
    const centre = rows.mean(0);
    const centred = rows.sub(centre) as Tensor2D;
    const zca = whitening(centred);
    const fit = kMeans(tf.matMul(centred, zca), k, forCentres, { iterations });
    return { mean: centre, whitener: zca, centres: fit.centres };
  });

  const encode = (batch: Tensor4D) =>
    tf.tidy(() => {
      const rows = tf.matMul(
        normalise(patchesOf(batch, patch)).sub(mean) as Tensor2D,
        whitener,
      ) as Tensor2D;
      const code = triangleCode(rows, centres).reshape([
        batch.shape[0],
        height - patch + 1,
        width - patch + 1,
        k,
      ]);
      return quadrants(code as Tensor4D);
    });
  return {
    centres,
    embed(inputs) {
      expectShape('images', inputs, ['n', height, width, channels]);
      return embed(encode, inputs, 100);
    },
    dispose: () => tf.dispose([mean, whitener, centres]),
  };
}

/** [from, size] of the parts of n, each at most `most` long. */
const chunks = (n: number, most: number): [number, number][] =>
  Array.from({ length: Math.ceil(n / most) }, (_, i) => [i * most, Math.min(most, n - i * most)]);

/**
 * All patches, those of an image one after another: [n, height, width, channels] -> [n * positions,
 * patch * patch * channels].
 */
function patchesOf(images: Tensor4D, patch: number): Tensor2D {
  const size = patch * patch * images.shape[3];
  const pick = tf.eye(size).reshape([patch, patch, images.shape[3], size]) as Tensor4D;
  return tf.conv2d(images, pick, 1, 'valid').reshape([-1, size]);
}

/**
 * Each row with mean 0 and variance 1; the 0.01 keeps a blank patch blank instead of blowing up its
 * noise.
 */
function normalise(rows: Tensor2D): Tensor2D {
  const { mean, variance } = tf.moments(rows, 1, true);
  return rows.sub(mean).div(variance.add(0.01).sqrt());
}

/**
 * ZCA: the symmetric matrix that makes centred rows uncorrelated with variance 1, where it is not
 * small (0.1).
 */
function whitening(centred: Tensor2D): Tensor2D {
  const { values, vectors } = symmetricEigen(
    tf.matMul(centred, centred, true, false).div(centred.shape[0] - 1) as Tensor2D,
  );
  return tf.matMul(
    vectors.mul(values.maximum(0).add(0.1).rsqrt()) as Tensor2D,
    vectors,
    false,
    true,
  );
}

/** The mean over each quadrant: [n, height, width, k] -> [n, 4 k]. */
function quadrants(maps: Tensor4D): Tensor2D {
  const [n, height, width, k] = maps.shape;
  const [top, left] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  const parts = tf
    .split(maps, [top, height - top], 1)
    .flatMap((half) => tf.split(half, [left, width - left], 2));
  return tf.concat(
    parts.map((part) => part.mean([1, 2]).reshape([n, k])),
    1,
  ) as Tensor2D;
}
