/** Colour dropped in some of the images. */
import { photometric, sometimes, type Augmentation } from './augmentation';
import { rgbToGrayscale } from './functional/blend';
import { byName, expectProbability } from './settings';

export interface GrayscaleOptions {
  /** Of becoming grey. Default 0.1. */
  readonly probability?: number;
}

/**
 * Makes an image grey with the given probability: three equal channels, torchvision's
 * `RandomGrayscale`. Without it a network can tell two crops of one image by their colours alone
 * (SimCLR, section 3.2). Images of one channel stay as they are. `grayscale(0.2)` is short for
 * `grayscale({ probability: 0.2 })`.
 *
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const blue = tf.tensor4d([0, 0, 1], [1, 1, 1, 3]);
 * const [red, green] = augment.grayscale(1)(blue, random.key(0)).dataSync();
 * assert.ok(red === green && Math.abs(red! - 0.114) < 1e-6);
 * ```
 */
export function grayscale(settings: number | GrayscaleOptions = {}): Augmentation {
  const { probability = 0.1 } = byName<GrayscaleOptions, 'probability'>(
    'grayscale',
    'probability',
    settings,
  );
  expectProbability('grayscale', probability);
  const always = photometric('grayscale', (images) =>
    rgbToGrayscale(images, images.shape[3] === 1 ? 1 : 3),
  );
  return sometimes(probability, always);
}
