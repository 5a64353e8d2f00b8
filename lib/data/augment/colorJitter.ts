/** Random changes of colour. */
import { tf } from '../../core/engine';
import { expectNumber } from '../../core/checks';
import * as random from '../../core/random';
import { photometric, type Augmentation } from './augmentation';
import { colorJitter as jittered, type JitterStep } from './functional/colorJitter';
import { expectInterval, type Interval } from './settings';

export interface ColorJitterOptions {
  /**
   * What all values are multiplied by, uniformly: [low, high], or a number b for
   * [max(0, 1 - b), 1 + b]. Default 0: left out.
   */
  readonly brightness?: number | Interval;
  /** What distances from the image's mean grey are multiplied by; as `brightness`. */
  readonly contrast?: number | Interval;
  /** What distances from each pixel's own grey are multiplied by; as `brightness`. */
  readonly saturation?: number | Interval;
  /**
   * By how much of the circle the hue is turned, uniformly: [low, high] in [-0.5, 0.5], or a number
   * h for [-h, h]. Default 0: left out.
   */
  readonly hue?: number | Interval;
}

const KINDS = ['brightness', 'contrast', 'saturation', 'hue'] as const;

/**
 * Changes brightness, contrast, saturation and hue, in a random order and by random amounts, both
 * each image's own; after each of the first three values are clipped to [0, 1]. torchvision's
 * `ColorJitter`. On images of one channel saturation and hue change nothing.
 *
 * @throws where a value is outside [0, 1]: at every call, or, within `compile`, at the first. In a
 * later call of a compiled function the image with such a value becomes NaN.
 * @example
 * ```ts
 * import { augment, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = random.uniform(random.key(1), [4, 8, 8, 3]);
 * const jitter = augment.colorJitter({ brightness: 0.4, contrast: 0.4, hue: 0.1 });
 * assert.notDeepEqual(jitter(images, random.key(0)).dataSync(), images.dataSync());
 * ```
 */
export function colorJitter(settings: ColorJitterOptions = {}): Augmentation {
  const intervals = KINDS.map((kind) => ({
    kind,
    interval: intervalOf(kind, settings[kind] ?? 0),
  }));
  const drawn = intervals.filter(({ kind, interval: [low, high] }) => {
    const neutral = kind === 'hue' ? 0 : 1;
    return low !== neutral || high !== neutral;
  });
  return photometric('colorJitter', (images, key, [batch]) => {
    if (drawn.length === 0) return tf.clone(images);
    const [forOrder, ...forAmounts] = random.split(key, 1 + drawn.length);
    const steps = drawn.map(({ kind, interval }, i): JitterStep => ({
      kind,
      amount: random.uniform(forAmounts[i]!, [batch], ...interval),
    }));
    if (steps.length === 1) return jittered(images, steps);
    // Sorting random words: each order is as likely as any other.
    const words = random.randomBits(forOrder, [batch, steps.length]);
    return jittered(images, steps, tf.topk(words, steps.length).indices);
  });
}

/** torchvision's: a number is how far from doing nothing, one way or the other. */
function intervalOf(kind: (typeof KINDS)[number], given: number | Interval): Interval {
  const name = `colorJitter: ${kind}`;
  const rule = kind === 'hue' ? { atLeast: -0.5, atMost: 0.5 } : { atLeast: 0 };
  if (typeof given !== 'number') {
    expectInterval(name, given, rule);
    return given;
  }
  expectNumber(name, given, { ...rule, atLeast: 0 });
  return kind === 'hue' ? [-given, given] : [Math.max(0, 1 - given), 1 + given];
}
