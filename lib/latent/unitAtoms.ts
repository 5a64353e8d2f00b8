import type { Tensor2D } from '../core/engine';
import { l2Normalize } from '../core/l2Normalize';

/**
 * Each atom at length 1. Without that the L1 price could be dodged: long atoms need only small
 * codes.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, tf } from 'dark-matter';
 * assert.deepEqual(
 *   latent
 *     .unitAtoms(tf.tensor2d([[3, 4]]))
 *     .arraySync()[0]!
 *     .map((v) => Math.round(v * 10)),
 *   [6, 8],
 * );
 * ```
 */
export function unitAtoms(dictionary: Tensor2D): Tensor2D {
  return l2Normalize(dictionary);
}
