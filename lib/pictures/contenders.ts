/** What a trained encoder has to beat: pixels, principal components and the encoder untrained. */
import { tf, type Tensor, type Tensor2D, type Tensor4D } from '../core/engine';
import { rawPixels } from '../measure/features';
import { principalAxes } from '../numerics/decompositions';
import { encoderOf, type Encoder } from './encoder';
import { atMost } from './holdOut';
import type { Learner } from './learner';
import type { PictureSource } from './pictureSource';

/** Anything that makes numbers of pictures. */
export interface Contender {
  readonly name: string;
  /** Whether it learned from the pictures by a method of this library. */
  readonly trained: boolean;
  /** [n, height, width, channels] -> [n, dim], owned by the caller. */
  embed(images: Tensor4D): Tensor2D;
}

/** Contenders, the trained one first. The caller owns them: `dispose()`. */
export interface Contenders extends Iterable<Contender> {
  dispose(): void;
}

/** Training pictures from which the principal components are found. */
const SAMPLE = 1000;

/**
 * The trained encoder beside the encoder that its training started from, principal components (as
 * many as the encoder has features, or as the pictures have) and raw pixels.
 *
 * @param trained stays the caller's.
 * @param options train: positions of the training pictures; no other is read. seed: the training's.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures, random } from 'dark-matter';
 *
 * const source = pictures.fromTensor(random.uniform(random.key(0), [40, 8, 8, 3]));
 * const learner = pictures.learner({ shape: source.shape, width: 4 });
 * const { train } = pictures.holdOut(source.count);
 * const encoder = pictures.encoderOf(source, learner, undefined, { train });
 * const names = [...pictures.contenders(source, learner, encoder, { train })].map(({ name }) => name);
 * assert.deepEqual(names, ['SimCLR', 'untrained encoder', 'PCA, 31', 'raw pixels']);
 * ```
 */
export function contenders(
  source: PictureSource,
  learner: Learner,
  trained: Encoder,
  { train, seed = 0 }: { readonly train: Int32Array; readonly seed?: number },
): Contenders {
  const untrained = encoderOf(source, learner, undefined, { train, seed });
  const components = principal(source, train, learner.features);
  const all: Contender[] = [
    { name: learner.method.name, trained: true, embed: (images) => trained.embed(images) },
    { name: 'untrained encoder', trained: false, embed: (images) => untrained.embed(images) },
    {
      name: `PCA, ${components.dims}`,
      trained: false,
      embed: (images) => components.embed(images),
    },
    { name: 'raw pixels', trained: false, embed: rawPixels },
  ];
  return {
    [Symbol.iterator]: () => all[Symbol.iterator](),
    dispose: () => {
      untrained.dispose();
      components.dispose();
    },
  };
}

/** The first principal components of some training pictures. */
function principal(source: PictureSource, train: Int32Array, most: number) {
  const images = source.images(atMost(train, SAMPLE));
  const [mean, axes] = tf.tidy(() => {
    const rows = rawPixels(images);
    const centre = rows.mean(0);
    const directions = principalAxes(rows.sub(centre) as Tensor2D);
    // The pictures' own mean takes one dimension.
    const dims = Math.min(most, directions.shape[1], Math.max(1, rows.shape[0] - 1));
    return [centre, directions.slice([0, 0], [-1, dims])] as [Tensor, Tensor2D];
  });
  images.dispose();
  return {
    dims: axes.shape[1],
    embed: (x: Tensor4D): Tensor2D =>
      tf.tidy(() => tf.matMul(rawPixels(x).sub(mean) as Tensor2D, axes)),
    dispose: () => tf.dispose([mean, axes]),
  };
}
