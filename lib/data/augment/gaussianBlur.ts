/** Gaussian blur, each image with a width of its own. */
import * as random from '../../core/random';
import { photometric, type Augmentation } from './augmentation';
import { expectKernelSize, gaussianBlur as blurred } from './functional/gaussianBlur';
import { byName, expectInterval, type Interval } from './settings';

export interface GaussianBlurOptions {
  /** The Gaussian's standard deviation in pixels, uniformly. Default [0.1, 2], SimCLR's. */
  readonly sigma?: Interval;
  /**
   * Pixels of the kernel's side, odd; beyond them the Gaussian is cut. Default: a tenth of the
   * image's shorter side, but at least 3 (SimCLR's, appendix A: 23 of 224, 3 of 32).
   */
  readonly kernelSize?: number;
}

/**
 * Blurs each image with a Gaussian of a width of its own, as torchvision's `GaussianBlur`. At the
 * border the image is mirrored, and the weights sum to 1, so no value leaves the range of its
 * image's. `gaussianBlur([0.1, 2])` is short for `gaussianBlur({ sigma: [0.1, 2] })`.
 *
 * @throws when the kernel is even, or its half is no smaller than the shorter side.
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const point = tf.tensor4d([0, 0, 0, 0, 1, 0, 0, 0, 0], [1, 3, 3, 1]);
 * const blurred = augment.gaussianBlur({ sigma: [1, 1], kernelSize: 3 })(point, random.key(0));
 * assert.ok(blurred.max().dataSync()[0]! < 0.31);
 * ```
 */
export function gaussianBlur(settings: Interval | GaussianBlurOptions = {}): Augmentation {
  const { sigma = [0.1, 2], kernelSize } = byName<GaussianBlurOptions, 'sigma'>(
    'gaussianBlur',
    'sigma',
    settings,
  );
  expectInterval('gaussianBlur: sigma', sigma, { above: 0 });
  if (kernelSize !== undefined) expectKernelSize('gaussianBlur: kernelSize', kernelSize, Infinity);
  return photometric('gaussianBlur', (images, key, [batch, height, width]) =>
    blurred(
      images,
      kernelSize ?? tenthOf(Math.min(height, width)),
      random.uniform(key, [batch], ...sigma),
    ),
  );
}

/** An odd number of about a tenth of the side, at least 3 where the side has 2 pixels or more. */
function tenthOf(side: number): number {
  if (side < 2) return 1;
  return Math.max(3, 2 * Math.floor(side / 20) + 1);
}
