/** Averages of parameters over time: the teachers of BYOL, MoCo, DINO and I-JEPA. */
import { tf, type Scalar } from './engine';
import { expectNumber } from './checks';
import * as tree from './pytree';

/**
 * The exponential moving average: decay * target + (1 - decay) * online, leaf by leaf. The caller
 * owns the result.
 *
 * @param decay in [0, 1], a number or a scalar tensor; 1 leaves the target as it is.
 * @throws when the two trees differ in structure.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ema, tf } from 'dark-matter';
 * const teacher = ema({ w: tf.scalar(0) }, { w: tf.scalar(1) }, 0.99);
 * assert.ok(Math.abs(teacher.w.dataSync()[0] - 0.01) < 1e-6);
 * ```
 */
export function ema<P>(target: P, online: P, decay: number | Scalar): P {
  if (typeof decay === 'number') expectNumber('ema: decay', decay, { atLeast: 0, atMost: 1 });
  // target + (1 - decay) (online - target): exact where the two are equal.
  return tree.tidy(() => {
    const rate = tf.sub(1, decay);
    return tree.map((t, o) => tf.add(t, tf.mul(tf.sub(o, t), rate)), target, online);
  });
}

/**
 * BYOL's decay (Grill et al. 2020, section 3.2): from `base` at progress 0 to 1 at progress 1, by
 * half a cosine.
 *
 * @param progress in [0, 1], the part of the training that is done.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { cosineMomentum, tf } from 'dark-matter';
 * const decay = [0, 1].map((progress) => cosineMomentum(0.996, tf.scalar(progress)).dataSync()[0]);
 * assert.ok(Math.abs(decay[0] - 0.996) < 1e-6 && decay[1] === 1);
 * ```
 */
export function cosineMomentum(base: number, progress: Scalar): Scalar {
  expectNumber('cosineMomentum: base', base, { atLeast: 0, atMost: 1 });
  return tf.tidy(
    () =>
      tf.sub(
        1,
        progress
          .mul(Math.PI)
          .cos()
          .add(1)
          .mul((1 - base) / 2),
      ) as Scalar,
  );
}

/**
 * I-JEPA's decay (Assran et al. 2023, appendix A): from `base` at progress 0 to 1 at progress 1, in
 * a straight line.
 *
 * @param progress in [0, 1], the part of the training that is done.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { linearMomentum, tf } from 'dark-matter';
 * const decay = [0, 0.5].map((progress) => linearMomentum(0.9, tf.scalar(progress)).dataSync()[0]);
 * assert.ok(Math.abs(decay[0] - 0.9) < 1e-6 && Math.abs(decay[1] - 0.95) < 1e-6);
 * ```
 */
export function linearMomentum(base: number, progress: Scalar): Scalar {
  expectNumber('linearMomentum: base', base, { atLeast: 0, atMost: 1 });
  return tf.tidy(() => tf.sub(1, tf.sub(1, progress).mul(1 - base)) as Scalar);
}
