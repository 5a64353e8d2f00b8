/**
 * Moving digits: a little world whose next frame is uncertain, and whose uncertainty is known
 * exactly.
 */
import { expectShape } from '../core/checks';
import { tf, type Tensor1D, type Tensor3D, type Tensor4D } from '../core/engine';
import { tidy } from '../core/pytree';
import { randint, split, type Key } from '../core/random';

export interface MovingDigits {
  /** [n, 20, 20, 2]: the two frames before, in which the digit shows where it is going. */
  readonly past: Tensor4D;
  /** [n, turns, 20, 20]: every frame that may come next, all equally likely. */
  readonly plausible: Tensor4D;
  /** [n, 20, 20]: the one that came. */
  readonly next: Tensor3D;
  /** [n], int32: which it is. */
  readonly turn: Tensor1D;
}

/** The side of a frame, and about how far a digit goes between two. */
const side = 20,
  reach = 3;
/** [right, down], an eighth of a turn apart. */
const steps = [
  [3, 0],
  [2, 2],
  [0, 3],
  [-2, 2],
  [-3, 0],
  [-2, -2],
  [0, -3],
  [2, -2],
] as const;

/**
 * Digits of 14 x 14 pixels on a ground of 20 x 20, each moving by about three pixels a frame in one
 * of eight directions. After the second frame it turns, at random: by one of `turns`, each as
 * likely. The same key gives the same world.
 *
 * @param images [n, 28, 28, 1] in [0, 1].
 * @param options turns: in eighths of a full turn, clockwise; default [-2, 0, 2], left, straight on
 * and right. With [0] nothing is uncertain.
 * @returns values in [0, 1]. The caller owns the tensors.
 * @example
 * ```ts
 * import { data, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = random.uniform(random.key(1), [4, 28, 28, 1]);
 * const { past, plausible } = data.movingDigits(images, random.key(0));
 * assert.deepEqual(past.shape, [4, 20, 20, 2]);
 * assert.deepEqual(plausible.shape, [4, 3, 20, 20]);
 * ```
 */
export function movingDigits(
  images: Tensor4D,
  key: Key,
  { turns = [-2, 0, 2] }: { readonly turns?: readonly number[] } = {},
): MovingDigits {
  const { n } = expectShape('images', images, ['n', 28, 28, 1]) as { n: number };
  if (turns.length === 0 || !turns.every(Number.isInteger))
    throw new Error(
      `turns: [${turns.join(', ')}] given, at least one whole number of eighths expected`,
    );
  return tidy(() => {
    const [forDirection, forTurn] = split(key);
    const direction = randint(forDirection, [n], 0, steps.length) as Tensor1D;
    const turn = randint(forTurn, [n], 0, turns.length) as Tensor1D;
    // The digit in the middle, with room around it: what is `reach` too wide on every side can be
    // cut out at any step.
    const wide = tf
      .avgPool(images, 2, 2, 'valid')
      .pad([
        [0, 0],
        [2 * reach, 2 * reach],
        [2 * reach, 2 * reach],
        [0, 0],
      ])
      .squeeze([3]) as Tensor3D;
    const moved = tf.stack(
      steps.map(([right, down]) => wide.slice([0, reach - down, reach - right], [-1, side, side])),
      1,
    ); // [n, directions, 20, 20]
    /** Of each image the one that went in its direction, turned by some eighths. */
    const towards = (eighths: number): Tensor3D => {
      const at = direction
        .add(tf.scalar(((eighths % 8) + 8) % 8, 'int32'))
        .toInt()
        .mod(tf.scalar(8, 'int32'))
        .toInt() as Tensor1D;
      // eight copies of all frames at a time, not eight a turn
      return tf.tidy(() => moved.mul(chosen(at, 8)).sum(1) as Tensor3D);
    };
    const plausible = tf.stack(turns.map(towards), 1) as Tensor4D;
    const next = plausible.mul(chosen(turn, turns.length)).sum(1) as Tensor3D;
    // Where it came from is the step opposite to the one it makes.
    const past = tf.stack(
      [towards(4), wide.slice([0, reach, reach], [-1, side, side])],
      3,
    ) as Tensor4D;
    return { past, plausible, next, turn: turn.clone() };
  });
}

/**
 * [n] numbers below `count` -> [n, count, 1, 1]: 1 at each number's place. (tf.oneHot wants at
 * least two.)
 */
function chosen(at: Tensor1D, count: number): Tensor4D {
  return at
    .expandDims(1)
    .equal(tf.range(0, count, 1, 'int32'))
    .toFloat()
    .reshape([-1, count, 1, 1]) as Tensor4D;
}
