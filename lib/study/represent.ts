/** Frozen features: what a trained method makes of images, calibrated once, a chunk at a time. */
import { expectNumber } from '../core/checks';
import { embed } from '../core/embed';
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import type { Method } from '../core/method';
import * as tree from '../core/pytree';
import type { Embedded } from '../measure/embedded';

/** Images and the class of each. */
export interface LabelledImages {
  /** [n, ...]. */
  readonly images: Tensor;
  /** [n], whole numbers from 0. */
  readonly labels: Tensor1D | ArrayLike<number>;
}

/** What is learned from and calibrated on, what is judged on, and further sets by name. */
export interface ImageSets {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
  readonly also?: Readonly<Record<string, LabelledImages>> | undefined;
}

/** The features of each set with its labels. The features are the caller's: `dispose()`. */
export interface Representation {
  readonly train: Embedded;
  readonly test: Embedded;
  /** Any set by its name, those of `also` too. */
  set(name: string): Embedded;
  dispose(): void;
}

/** A method with an `embed`; what of it is needed here. */
export type Embedding<P> = Pick<Method<P, unknown, unknown>, 'name'> & {
  embed?(params: P, x: Tensor): Tensor2D;
  calibrate?(params: P, x: Tensor): P;
};

export interface RepresentOptions {
  /** Images embedded at a time; bounds the memory. Default 500. */
  readonly chunk?: number;
  /**
   * Training images, evenly spaced, whose statistics normalization layers get; they go through in
   * one piece. Default 2000, or all where there are fewer.
   */
  readonly calibrateOn?: number;
}

/**
 * The frozen features of sets of images. Normalization layers get their statistics once, from
 * training images, so that each image is embedded on its own and no test image is used.
 *
 * @param images [n, ...], or sets of them: `{ train, test }`, and others by name in `also`.
 * @returns [n, dim] for one tensor; for sets, the features of each with its labels. The caller owns
 * the features.
 * @throws where the method has no embedding.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, nn, random, represent, tf } from 'dark-matter';
 *
 * const method = contrastive.simclr({ encoder: nn.dense(4, 3), projector: nn.dense(3, 2) });
 * const features = represent(method, method.init(random.key(0)).params, tf.ones([5, 4]));
 * assert.deepEqual(features.shape, [5, 3]);
 * ```
 */
export function represent<P>(
  method: Embedding<P>,
  params: P,
  images: Tensor,
  options?: RepresentOptions,
): Tensor2D;
export function represent<P>(
  method: Embedding<P>,
  params: P,
  images: ImageSets,
  options?: RepresentOptions,
): Representation;
export function represent<P>(
  method: Embedding<P>,
  params: P,
  images: Tensor | ImageSets,
  { chunk = 500, calibrateOn = 2000 }: RepresentOptions = {},
): Tensor2D | Representation {
  expectNumber('calibrateOn', calibrateOn, { atLeast: 2, integer: true });
  if (!method.embed)
    throw new Error(`method: ${method.name} given, one that embeds expected (it has no embed)`);
  const known = images instanceof tf.Tensor ? images : images.train.images;
  const calibrated = calibrateWith(method, params, known, calibrateOn);
  try {
    const features = (x: Tensor): Tensor2D =>
      embed((batch) => method.embed!(calibrated, batch), x, chunk);
    return images instanceof tf.Tensor ? features(images) : representSets(features, images);
  } finally {
    if (calibrated !== params) disposeOwn(calibrated, params);
  }
}

/**
 * The features of each set by any function of images: pixels, principal components, a network.
 *
 * @param features [n, ...] -> [n, dim], owned by the caller.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure, representSets, tf } from 'dark-matter';
 *
 * const set = { images: tf.ones([2, 3, 3, 1]), labels: [0, 1] };
 * const { test } = representSets(measure.rawPixels, { train: set, test: set });
 * assert.deepEqual(test.features.shape, [2, 9]);
 * ```
 */
export function representSets(
  features: (images: Tensor) => Tensor2D,
  sets: ImageSets,
): Representation {
  const made: Record<string, Embedded> = {};
  const dispose = (): void => tf.dispose(Object.values(made).map(({ features: tensor }) => tensor));
  try {
    const { train, test, also } = sets;
    for (const [name, { images, labels }] of Object.entries({ ...also, train, test }))
      made[name] = { features: features(images), labels };
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    train: made['train']!,
    test: made['test']!,
    set(name) {
      const set = made[name];
      if (set) return set;
      throw new Error(`name: '${name}' given, one of ${Object.keys(made).join(', ')} expected`);
    },
    dispose,
  };
}

function calibrateWith<P>(method: Embedding<P>, params: P, images: Tensor, most: number): P {
  if (!method.calibrate) return params;
  const n = images.shape[0]!;
  if (n <= most) return method.calibrate(params, images);
  const some = tf.tidy(() =>
    tf.gather(
      images,
      tf.tensor1d(
        Array.from({ length: most }, (_, i) => Math.floor((i * n) / most)),
        'int32',
      ),
    ),
  );
  try {
    return method.calibrate(params, some);
  } finally {
    some.dispose();
  }
}

/** Frees what calibrating made; leaves that it passed through are the caller's. */
function disposeOwn(calibrated: unknown, params: unknown): void {
  const given = new Set(tree.leaves(params));
  tf.dispose(tree.leaves(calibrated).filter((leaf) => !given.has(leaf)));
}
