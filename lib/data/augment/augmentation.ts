/**
 * Random changes that keep what an image shows: the invariances that joint embeddings are taught.
 *
 * An augmentation is a pure function of a batch and a key: each image gets changes of its own, and
 * the same key gives the same changes. All are tensor operations of fixed shapes, so `compile` can
 * trace them into the training step. Each is made with its main setting alone, `rotate(15)`, or
 * with all settings by name, `rotate({ degrees: 15 })`.
 */
import { tf, type Tensor, type Tensor2D, type Tensor3D, type Tensor4D } from '../../core/engine';
import * as random from '../../core/random';
import { expectImages, type ImageShape } from './functional/images';
import { identityMatrices, resample, type Warp } from './resample';
import { expectProbability } from './settings';

export interface Augmentation {
  /**
   * images [batch, height, width, channels], float32 -> the same shape and range; a crop to a size
   * of its own gives that size. The caller owns the result.
   *
   * @throws when images have another dtype or number of axes.
   */
  (images: Tensor4D, key: random.Key): Tensor4D;
  /**
   * Geometric ones only: where each output pixel looks. It lets `compose` merge neighbours into one
   * resampling.
   */
  readonly warp?: (key: random.Key, shape: ImageShape) => Warp;
}

/** An augmentation that moves pixels. */
export function geometric(
  name: string,
  warp: (key: random.Key, shape: ImageShape) => Warp,
): Augmentation {
  const apply = (images: Tensor4D, key: random.Key): Tensor4D => {
    const shape = expectImages(name, images);
    return tf.tidy(() => resample(images, warp(key, shape)));
  };
  return Object.assign(apply, { warp });
}

/** An augmentation that changes values. */
export function photometric(
  name: string,
  change: (images: Tensor4D, key: random.Key, shape: ImageShape) => Tensor,
): Augmentation {
  return (images, key) => {
    const shape = expectImages(name, images);
    return tf.tidy(() => change(images, key, shape) as Tensor4D);
  };
}

/**
 * One after the other, the first given first. Geometric ones that follow each other become a single
 * bilinear resampling, which is faster and does not blur again and again. Composed with others,
 * elastic fields are laid over the result.
 *
 * @example
 * ```ts
 * import { augment, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const views = augment.compose(augment.rotate(15), augment.shift(0.1), augment.noise(0.05));
 * const images = random.uniform(random.key(1), [4, 8, 8, 3]);
 * assert.deepEqual(views(images, random.key(0)).shape, [4, 8, 8, 3]);
 * ```
 */
export function compose(...augmentations: readonly Augmentation[]): Augmentation {
  if (augmentations.length === 0)
    throw new Error('compose: no augmentations given, at least one expected');
  const steps = merged(augmentations);
  if (steps.length === 1) return steps[0]!;
  return (images, key) =>
    tf.tidy(() => {
      const keys = random.split(key, steps.length);
      return steps.reduce((batch, step, i) => step(batch, keys[i]!), images);
    });
}

/** Runs of geometric augmentations, each as one; one that stands alone as itself. */
function merged(augmentations: readonly Augmentation[]): Augmentation[] {
  const steps: Augmentation[] = [];
  let run: Augmentation[] = [];
  const close = () => {
    const warps = run.map(({ warp }) => warp!);
    if (warps.length === 1) steps.push(run[0]!);
    if (warps.length > 1)
      steps.push(geometric('compose', (key, shape) => chain(warps, key, shape)));
    run = [];
  };
  for (const augmentation of augmentations) {
    if (augmentation.warp) run.push(augmentation);
    else {
      close();
      steps.push(augmentation);
    }
  }
  close();
  return steps;
}

/**
 * An output pixel is traced back through the last change first, so the matrices multiply in the
 * order given.
 */
function chain(
  warps: readonly NonNullable<Augmentation['warp']>[],
  key: random.Key,
  shape: ImageShape,
): Warp {
  const keys = random.split(key, warps.length);
  const parts = warps.map((warp, i) => warp(keys[i]!, shape));
  const matrices = parts.flatMap(({ matrix }) => (matrix ? [matrix] : []));
  const fields = parts.flatMap(({ field }) => (field ? [field] : []));
  return {
    ...(matrices.length > 0 && { matrix: matrices.reduce((a, b) => tf.matMul(a, b)) }),
    ...(fields.length > 0 && { field: fields.reduce((a, b) => tf.add(a, b) as Tensor2D) }),
  };
}

/**
 * Applies an augmentation to each image with the given probability, and leaves the others as they
 * are.
 *
 * @example
 * ```ts
 * import { augment, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = random.uniform(random.key(1), [4, 8, 8, 1]);
 * const never = augment.sometimes(0, augment.gaussianBlur());
 * assert.deepEqual(never(images, random.key(0)).dataSync(), images.dataSync());
 * ```
 */
export function sometimes(probability: number, augmentation: Augmentation): Augmentation {
  expectProbability('sometimes', probability);
  const { warp } = augmentation;
  if (warp) {
    return geometric('sometimes', (key, shape) => {
      const [which, how] = random.split(key, 2);
      const { matrix, field } = warp(how, shape);
      const [batch] = shape;
      const yes = tf.cast(random.bernoulli(which, probability, [batch, 1, 1]), 'float32');
      const still = identityMatrices(batch);
      return {
        // Exactly the identity where not chosen: 0 times the difference is added.
        ...(matrix && { matrix: tf.add(still, tf.mul(yes, tf.sub(matrix, still))) as Tensor3D }),
        ...(field && {
          field: tf.mul(field, tf.tile(tf.reshape(yes, [batch, 1]), [2, 1])) as Tensor2D,
        }),
      };
    });
  }
  return photometric('sometimes', (images, key, [batch]) => {
    const [which, how] = random.split(key, 2);
    const yes = random.bernoulli(which, probability, [batch, 1, 1, 1]);
    return tf.where(yes, augmentation(images, how), images);
  });
}

/**
 * Two views of each image: the pairs (x, y) of the blog post, whose energy is to be low.
 *
 * @param first how the first view is made.
 * @param second how the second is made. Default: the same way, with a key of its own.
 * @returns (examples, key) -> { x1, x2 }, each of the shape of examples.images.
 * @example
 * ```ts
 * import { augment, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const views = augment.twoViews(augment.noise(0.1));
 * const images = random.uniform(random.key(1), [4, 8, 8, 1]);
 * const { x1, x2 } = views({ images }, random.key(0));
 * assert.notDeepEqual(x1.dataSync(), x2.dataSync());
 * ```
 */
export function twoViews(first: Augmentation, second: Augmentation = first) {
  return (
    examples: { readonly images: Tensor4D },
    key: random.Key,
  ): { readonly x1: Tensor4D; readonly x2: Tensor4D } => {
    const [x1, x2] = tf.tidy(() => {
      const [one, two] = random.split(key, 2);
      return [first(examples.images, one), second(examples.images, two)] as [Tensor4D, Tensor4D];
    });
    return { x1, x2 };
  };
}
