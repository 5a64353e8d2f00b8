/** Prototypes: groups as directions, learned with the network. */
import { tf, type Scalar, type Tensor2D } from '../core/engine';
import { l2Normalize } from '../core/l2Normalize';
import * as random from '../core/random';

/**
 * Cosines of embeddings and prototypes. @param z [batch, dim]. @param prototypes [dim, prototypes].
 * Neither need be normalised. @returns [batch, prototypes], in [-1, 1].
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, tf } from 'dark-matter';
 * const [z, prototypes] = [
 *   tf.tensor2d([[3, 0]]),
 *   tf.tensor2d([
 *     [1, 0],
 *     [0, 1],
 *   ]),
 * ];
 * // The cosine of each row with each prototype, a column of the second argument.
 * assert.deepEqual(noncontrastive.prototypeScores(z, prototypes).round().arraySync(), [[1, 0]]);
 * ```
 */
export function prototypeScores(z: Tensor2D, prototypes: Tensor2D): Tensor2D {
  return tf.tidy(
    () =>
      tf.matMul(
        l2Normalize(z),
        l2Normalize(prototypes.transpose() as Tensor2D),
        false,
        true,
      ) as Tensor2D,
  );
}

/**
 * How many prototypes a set of assignments uses: exp of the entropy of their shares, from 1 when
 * one takes all to their number when all take the same. @param assignments [batch, prototypes];
 * rows sum to 1.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, tf } from 'dark-matter';
 * const even = tf.tensor2d([
 *   [1, 0],
 *   [0, 1],
 * ]);
 * assert.ok(Math.abs(noncontrastive.prototypesUsed(even).dataSync()[0] - 2) < 1e-4);
 * ```
 */
export function prototypesUsed(assignments: Tensor2D): Scalar {
  return tf.tidy(() => {
    const shares = assignments.mean(0);
    return shares.mul(shares.add(1e-12).log()).sum().neg().exp() as Scalar;
  });
}

/**
 * Directions spread evenly at random over the sphere, as rows.
 * @returns [rows, dim], each row of length 1.
 */
export function randomDirections(key: random.Key, rows: number, dim: number): Tensor2D {
  return tf.tidy(() => l2Normalize(random.normal(key, [rows, dim]) as Tensor2D));
}

/** The same as columns: what prototypes begin with. @returns [dim, prototypes]. */
export function randomPrototypes(key: random.Key, dim: number, prototypes: number): Tensor2D {
  return tf.tidy(() => randomDirections(key, prototypes, dim).transpose() as Tensor2D);
}
