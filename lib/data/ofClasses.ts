/** Some classes of a set, by themselves: those that are learned from, and those that are new. */
import { expectNumber } from '../core/checks';
import { tf } from '../core/engine';
import type { Labelled } from './labelled';

/**
 * The images of some classes, in their order, with labels from 0: the place of the class in
 * `classes`. The caller owns the tensors.
 *
 * @param set images [n, ...] and labels [n].
 * @param classes whole numbers from 0, each once, each with at least one image.
 * @throws where a class is given twice or has no image.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { data, tf } from 'dark-matter';
 *
 * const set = { images: tf.zeros([4, 2, 2, 1]), labels: tf.tensor1d([7, 3, 7, 5], 'int32') };
 * const { images, labels } = data.ofClasses(set as data.Labelled, [5, 7]);
 * assert.deepEqual([images.shape[0], ...labels.dataSync()], [3, 1, 1, 0]);
 * ```
 */
export function ofClasses({ images, labels }: Labelled, classes: readonly number[]): Labelled {
  const values = labels.dataSync();
  const present = new Set<number>(values);
  classes.forEach((c, i) => {
    expectNumber(`classes[${i}]`, c, { atLeast: 0, integer: true });
    if (classes.indexOf(c) < i)
      throw new Error(`classes: [${classes.join(', ')}] given, different ones expected`);
    if (!present.has(c))
      throw new Error(`classes[${i}]: ${c} given, of which the set has no image`);
  });
  if (classes.length === 0) throw new Error('classes: none given, at least one expected');
  const places = Array.from(values, (c) => classes.indexOf(c));
  const rows = places.flatMap((place, row) => (place < 0 ? [] : [row]));
  return {
    images: tf.tidy(() => tf.gather(images, tf.tensor1d(rows, 'int32'))),
    labels: tf.tensor1d(
      rows.map((row) => places[row]!),
      'int32',
    ),
  };
}
