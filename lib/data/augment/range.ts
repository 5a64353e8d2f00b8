/**
 * The range of an image's values, for augmentations that add to them or multiply them: what they
 * make is clipped to it, so what comes in has to be in it. Otherwise clipping would change the
 * images themselves, and nobody would be told.
 */
import { tf, type Tensor, type Tensor4D } from '../../core/engine';
import { isTracing } from '../../core/compile/recorder';
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

/**
 * The changed images, clipped to the range.
 *
 * Run by itself, values of `images` outside the range are an error. In a function that `compile`
 * traces there are no values to look at: there they become NaN, which no loss overlooks.
 */
export function clipped(name: string, images: Tensor4D, changed: Tensor, range: Interval): Tensor {
  const [low, high] = range;
  if (low === -Infinity && high === Infinity) return changed;
  const result = tf.clipByValue(changed, low, high);
  const slack = Number.isFinite(high - low) ? ROUNDING * (high - low) : 0;
  if (isTracing()) {
    const inside = tf.logicalAnd(
      tf.greaterEqual(images, low - slack),
      tf.lessEqual(images, high + slack),
    );
    return tf.where(inside, result, tf.fill(images.shape, NaN));
  }
  if (images.size === 0) return result;
  const [least, most] = [images.min().dataSync()[0]!, images.max().dataSync()[0]!];
  if (!(least >= low - slack && most <= high + slack)) {
    throw new Error(
      `${name}: images with values from ${least} to ${most} given, range [${low}, ${high}] ` +
        `expected: scale them, or name their range, ${name}({ range: [low, high] })`,
    );
  }
  return result;
}
