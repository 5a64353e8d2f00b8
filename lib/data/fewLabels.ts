/** Few labels: which examples of a set are shown with their class. */
import { tf, type Tensor1D } from '../core/engine';
import { hostGenerator } from '../core/random';
import { positionsByClass } from './labelled';

/**
 * `perClass` random positions of each class.
 *
 * @param labels [n], whole numbers from 0; a tensor or an array.
 * @param perClass how many of each class; every class present needs as many.
 * @param seed the same seed gives the same positions.
 * @returns [classes * perClass], int32, class after class; for `tf.gather`.
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const positions = data.fewLabels([0, 1, 1, 0, 1], 1);
 * assert.equal(positions.length, 2);
 * ```
 */
export function fewLabels(
  labels: Tensor1D | ArrayLike<number>,
  perClass: number,
  seed = 0,
): Int32Array {
  if (!Number.isInteger(perClass) || perClass < 1)
    throw new Error(`perClass: ${perClass} given, a whole number of at least 1 expected`);
  const values: ArrayLike<number> = labels instanceof tf.Tensor ? labels.dataSync() : labels;
  const generator = hostGenerator(seed);
  const chosen = positionsByClass(values).flatMap((pool, c) => {
    if (pool.length > 0 && pool.length < perClass)
      throw new Error(
        `perClass: ${perClass} given, but class ${c} has only ${pool.length} examples`,
      );
    return Array.from(generator.permutation(pool.length).slice(0, perClass), (i) => pool[i]!);
  });
  return Int32Array.from(chosen);
}
