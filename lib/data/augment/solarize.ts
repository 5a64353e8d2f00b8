/** Bright values inverted in some of the images, as by light on a negative. */
import { expectNumber } from '../../core/checks';
import { photometric, sometimes, type Augmentation } from './augmentation';
import { solarize as solarized } from './functional/solarize';
import { byName, expectProbability } from './settings';

export interface SolarizeOptions {
  /** Of being solarized. Default 0.5. */
  readonly probability?: number;
  /** From where on values are inverted, in [0, 1]. Default 0.5, BYOL's. */
  readonly threshold?: number;
}

/**
 * Inverts all values of an image from a threshold on, with the given probability: torchvision's
 * `RandomSolarize`; BYOL's last (appendix B). `solarize(0.2)` is short for
 * `solarize({ probability: 0.2 })`.
 *
 * @throws where a value is outside [0, 1], as `colorJitter` does.
 * @example
 * ```ts
 * import { augment, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = tf.tensor4d([0.25, 0.5, 1], [1, 1, 3, 1]);
 * const inverted = augment.solarize(1)(images, random.key(0));
 * assert.deepEqual([...inverted.dataSync()], [0.25, 0.5, 0]);
 * ```
 */
export function solarize(settings: number | SolarizeOptions = {}): Augmentation {
  const { probability = 0.5, threshold = 0.5 } = byName<SolarizeOptions, 'probability'>(
    'solarize',
    'probability',
    settings,
  );
  expectProbability('solarize', probability);
  expectNumber('solarize: threshold', threshold, { atLeast: 0, atMost: 1 });
  return sometimes(
    probability,
    photometric('solarize', (images) => solarized(images, threshold)),
  );
}
