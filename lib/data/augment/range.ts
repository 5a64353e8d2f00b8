/**
 * The range of an image's values, for augmentations that add to them or multiply them: what they
 * make is clipped to it, so what comes in has to be in it. Otherwise clipping would change the
 * images themselves, and nobody would be told.
 */
import { tf, type Tensor, type Tensor4D } from '../../core/engine';
import { isTracing } from '../../core/compile/recorder';
import { peek } from '../../core/native';
import type { Interval } from './settings';

export interface RangeOption {
  /**
   * The least and the largest value that an image may have; results are clipped to it. Default
   * [0, 1], what the library's data sets have. [-Infinity, Infinity], for standardized images,
   * neither checks nor clips.
   */
  readonly range?: Interval;
}

/** Beyond the range by so much of its width is rounding: a blurred or turned white image. */
const ROUNDING = 1e-4;

/** @throws unless range is [low, high] with low < high; infinite ends are allowed. */
export function expectRange(name: string, range: Interval): void {
  const [low, high] = range;
  if (!Array.isArray(range) || range.length !== 2 || !(low < high))
    throw new Error(`${name}: range: ${JSON.stringify(range)} given, [low, high] expected`);
}

/** The changed images, clipped to the range. @throws as `guarded` does. */
export function clipped(name: string, images: Tensor4D, changed: Tensor, range: Interval): Tensor {
  const [low, high] = range;
  if (low === -Infinity && high === Infinity) return changed;
  return guarded(name, images, tf.clipByValue(changed, low, high), range);
}

/**
 * What was made of images that have to be in the range.
 *
 * @param range default [0, 1], for what knows no other.
 * @throws where a value of `images` is outside the range: at every call, and in a function that
 * `compile` traces at its first. Later calls of a compiled function have nobody to look: there an
 * image with such a value becomes NaN, which no loss overlooks.
 */
export function guarded<T extends Tensor>(
  name: string,
  images: Tensor4D,
  result: T,
  range?: Interval,
): T {
  const [low, high] = range ?? [0, 1];
  const slack = Number.isFinite(high - low) ? ROUNDING * (high - low) : 0;
  const [from, to] = [low - slack, high + slack];
  const advice = range
    ? `scale them, or name their range, ${name}({ range: [low, high] })`
    : 'scale them, and standardize them only afterwards';
  expectWithin(`${name}: images`, images, [low, high], [from, to], advice);
  if (!isTracing()) return result;
  const [least, most] = [tf.min(images, [1, 2, 3], true), tf.max(images, [1, 2, 3], true)];
  const inside = tf.logicalAnd(tf.greaterEqual(least, from), tf.lessEqual(most, to));
  // One number an image: nothing, or NaN.
  return tf.add(result, tf.where(inside, tf.zerosLike(least), tf.fill(least.shape, NaN)));
}

function expectWithin(
  name: string,
  images: Tensor4D,
  range: Interval,
  allowed: Interval,
  advice: string,
): void {
  if (images.size === 0) return;
  const [least, most] = [peek(tf.min(images))[0]!, peek(tf.max(images))[0]!];
  if (least >= allowed[0] && most <= allowed[1]) return;
  throw new Error(
    `${name} with values from ${least} to ${most} given, range [${range.join(', ')}] expected: ` +
      advice,
  );
}
