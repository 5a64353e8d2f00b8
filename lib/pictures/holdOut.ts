/** Which pictures are learned from, and which are kept for judging. */
import { expectNumber } from '../core/checks';
import { hostGenerator } from '../core/random';

/** Two lists of positions, each in increasing order; together all, none in both. */
export interface Parts {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** The most pictures that are kept for judging: with 1,000 an accuracy is known to within 3 points. */
const MOST_HELD_OUT = 1000;

/**
 * Keeps a fifth of the pictures, and at most 1,000, out of the training.
 *
 * No label is used, and the same count and seed give the same parts.
 *
 * @param count how many pictures there are, at least 2.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures } from 'dark-matter';
 *
 * const { train, test } = pictures.holdOut(100, { seed: 0 });
 * assert.deepEqual([train.length, test.length], [80, 20]);
 * assert.equal(new Set([...train, ...test]).size, 100);
 * ```
 */
export function holdOut(count: number, { seed = 0 }: { seed?: number } = {}): Parts {
  expectNumber('count', count, { atLeast: 2, integer: true });
  const held = Math.max(1, Math.min(MOST_HELD_OUT, Math.floor(count / 5)));
  const order = hostGenerator(seed).permutation(count);
  return { train: order.slice(held).sort(), test: order.slice(0, held).sort() };
}

/** At most `most` of the positions, evenly spaced. */
export function atMost(positions: Int32Array, most: number): Int32Array {
  const n = positions.length;
  if (n <= most) return positions;
  return Int32Array.from({ length: most }, (_, i) => positions[Math.floor((i * n) / most)]!);
}
