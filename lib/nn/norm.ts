/**
 * Normalisations. Each gives its last axis zero mean and unit variance over some axes, then scales
 * and shifts it.
 */
import { expectNumber } from '../core/checks';
import { tf, type Tensor } from '../core/engine';
import { l2Normalize } from '../core/l2Normalize';
import { defineLayer, fromFunction, type Layer, type NoParams } from './layer';
import { expectFeatures } from './shape';
import { batchStandardize, standardize } from './standardize';

export interface NormParams {
  /** [features]; starts at one. */
  readonly scale: Tensor;
  /** [features]; starts at zero. */
  readonly offset: Tensor;
}

export interface BatchNormParams extends NormParams {
  /** [features]: the data set's statistics, there after `calibrate` only. */
  readonly mean?: Tensor;
  /** [features]: divided by n, as in the batch. */
  readonly variance?: Tensor;
}

export interface NormOptions {
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
}

const identityAffine = (features: number): NormParams => ({
  scale: tf.ones([features]),
  offset: tf.zeros([features]),
});

const allButLast = (x: Tensor): number[] => x.shape.slice(0, -1).map((_, axis) => axis);

export interface BatchNormOptions extends NormOptions {
  /**
   * Equal parts of the batch, each normalised with statistics of its own, as on so many devices
   * ("ghost" batch normalisation: Hoffer et al. 2017). The rows of a part stand together. Default 1.
   */
  readonly parts?: number;
}

/**
 * Batch normalisation (Ioffe & Szegedy 2015, algorithm 1) over all axes but the last. [batch, ...,
 * features] -> the same.
 *
 * There is no running average to carry along. Parameters from `init` normalise with the statistics
 * of each batch, which is right in training only; `calibrate` returns parameters with the mean and
 * variance of a whole data set, which `apply` then uses, so that an example's output does not
 * depend on its neighbours ("precise" statistics: Wu & Johnson 2021, "Rethinking Batch in
 * BatchNorm", section 3). Keep training with the uncalibrated ones.
 *
 * @throws when told `inference: true` with parameters that were not calibrated, when the batch has
 * one value a feature, of which there is no variance, and when it is no multiple of `parts`.
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.batchNorm(1);
 * const y = layer.apply(layer.init(random.key(0)), tf.tensor2d([[1], [3]]));
 * assert.deepEqual([...y.dataSync()].map(Math.round), [-1, 1]);
 * ```
 */
export function batchNorm(
  features: number,
  { epsilon = 1e-5, parts = 1 }: BatchNormOptions = {},
): Layer<BatchNormParams> {
  expectNumber('batchNorm: features', features, { atLeast: 1, integer: true });
  expectNumber('batchNorm: epsilon', epsilon, { above: 0 });
  expectNumber('batchNorm: parts', parts, { atLeast: 1, integer: true });
  return defineLayer<BatchNormParams>({
    name: 'batchNorm',
    init: () => identityAffine(features),
    apply: ({ scale, offset, mean, variance }, x, { inference = false } = {}) => {
      expectFeatures('batchNorm', x, features);
      if (mean && variance) {
        const slope = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon)));
        // The difference first: x slope - mean slope would lose the digits that a large mean has.
        return tf.add(tf.mul(tf.sub(x, mean), slope), offset);
      }
      if (inference) throw new Error(notCalibrated(features));
      expectStatistics(x, features, parts);
      if (parts === 1) return batchStandardize(x, scale, offset, epsilon);
      return tf.add(tf.mul(standardizeParts(x, parts, epsilon), scale), offset);
    },
    calibrate: ({ scale, offset }, x) => {
      expectFeatures('batchNorm', x, features);
      expectStatistics(x, features);
      const mean = tf.mean(x, allButLast(x));
      const variance = tf.mean(tf.square(tf.sub(x, mean)), allButLast(x));
      return { scale: scale.clone(), offset: offset.clone(), mean, variance };
    },
  });
}

const notCalibrated = (features: number): string =>
  `batchNorm(${features}): params without statistics of the data given, calibrated ones expected; ` +
  'call `method.calibrate(params, images)` first (or `nn.calibrate(layer, params, x)`). With the ' +
  "batch's own statistics what is said of an example would depend on its neighbours";

/** Each part of the batch by itself: zero mean and unit variance over all axes but the last. */
function standardizeParts(x: Tensor, parts: number, epsilon: number): Tensor {
  const [batch, ...others] = x.shape as [number, ...number[]];
  const inParts = tf.reshape(x, [parts, batch / parts, ...others]);
  const axes = allButLast(inParts).slice(1);
  return tf.reshape(standardize(inParts, axes, epsilon), x.shape);
}

/** One value has no variance: normalised it would be 0, whatever it was. */
function expectStatistics(x: Tensor, features: number, parts = 1): void {
  if (x.shape[0]! % parts !== 0)
    throw new Error(
      `batchNorm(${features}): x: ${x.shape[0]} rows given, a multiple of parts (${parts}) expected`,
    );
  if (x.size > parts * features) return;
  throw new Error(
    `batchNorm(${features}): x: shape [${x.shape.join(', ')}] given, at least 2 values a feature${parts > 1 ? ' and part' : ''} expected`,
  );
}

/**
 * Layer normalisation (Ba et al. 2016, equation 4) over the last axis. [batch, ..., features] ->
 * the same.
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.layerNorm(2);
 * const y = layer.apply(layer.init(random.key(0)), tf.tensor2d([[1, 3]]));
 * assert.deepEqual([...y.dataSync()].map(Math.round), [-1, 1]);
 * ```
 */
export function layerNorm(
  features: number,
  { epsilon = 1e-5 }: NormOptions = {},
): Layer<NormParams> {
  expectNumber('layerNorm: features', features, { atLeast: 1, integer: true });
  expectNumber('layerNorm: epsilon', epsilon, { above: 0 });
  return defineLayer({
    name: 'layerNorm',
    init: () => identityAffine(features),
    apply: ({ scale, offset }, x) => {
      expectFeatures('layerNorm', x, features);
      return tf.add(tf.mul(standardize(x, [x.rank - 1], epsilon), scale), offset);
    },
  });
}

/**
 * Group normalisation (Wu & He 2018, equation 7): each example over its positions and a group of
 * channels, whatever the batch. [batch, ..., features] -> the same.
 *
 * @throws when `groups` does not divide `features`.
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.groupNorm(8, 4);
 * const params = layer.init(random.key(0));
 * assert.deepEqual(layer.apply(params, tf.zeros([2, 5, 5, 8])).shape, [2, 5, 5, 8]);
 * ```
 */
export function groupNorm(
  features: number,
  groups: number,
  { epsilon = 1e-5 }: NormOptions = {},
): Layer<NormParams> {
  expectNumber('groupNorm: features', features, { atLeast: 1, integer: true });
  expectNumber('groupNorm: groups', groups, { atLeast: 1, integer: true });
  expectNumber('groupNorm: epsilon', epsilon, { above: 0 });
  if (features % groups !== 0)
    throw new Error(`groupNorm: groups is ${groups}, a divisor of features (${features}) expected`);
  return defineLayer({
    name: 'groupNorm',
    init: () => identityAffine(features),
    apply: ({ scale, offset }, x) => {
      expectFeatures('groupNorm', x, features);
      const grouped = tf.reshape(x, [x.shape[0]!, -1, groups, features / groups]);
      return tf.add(
        tf.mul(tf.reshape(standardize(grouped, [1, 3], epsilon), x.shape), scale),
        offset,
      );
    },
  });
}

/**
 * Each row on the unit sphere: `l2Normalize` as a layer. [batch, ..., features] -> the same.
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const y = nn.unitSphere().apply({}, tf.tensor2d([[3, 4]]));
 * assert.ok(Math.abs(y.dataSync()[0]! - 0.6) < 1e-6);
 * ```
 */
export const unitSphere = (): Layer<NoParams> => fromFunction('unitSphere', l2Normalize);
