/**
 * Initial weights as functions of a key. The names are the field's; all are cases of variance
 * scaling: zero mean and a variance of scale / n, with n the number of inputs, of outputs, or their
 * mean.
 */
import { expectNumber } from '../core/checks';
import { tf, type Tensor } from '../core/engine';
import { normal, truncatedNormal, uniform, type Key } from '../core/random';

/**
 * (key, shape) -> a tensor of that shape. The last two axes are inputs and outputs, those before a
 * receptive field.
 */
export type Initializer = (key: Key, shape: number[]) => Tensor;

export interface VarianceScaling {
  /** Positive; the variance is scale / n. */
  readonly scale: number;
  readonly mode: 'fanIn' | 'fanOut' | 'fanAverage';
  readonly distribution: 'normal' | 'truncatedNormal' | 'uniform';
}

/**
 * Inputs and outputs of one unit: for a kernel [height, width, in, out], each times height x width.
 */
export function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2)
    throw new Error(`initializer: shape [${shape.join(', ')}] given, at least [in, out] expected`);
  const field = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  return { fanIn: field * shape[shape.length - 2]!, fanOut: field * shape[shape.length - 1]! };
}

/**
 * The standard deviation of a standard normal truncated to [-2, 2], by which the truncated kind is
 * widened.
 */
const TRUNCATED_STD = 0.87962566103423978;

/**
 * An initialiser whose weights have a variance of scale / fan, the family that Glorot's, He's and
 * LeCun's belong to.
 *
 * @param scale above 0. @param mode which fan: 'fanIn', 'fanOut' or their mean, 'fanAverage'.
 * @param distribution 'normal', 'truncatedNormal' or 'uniform'.
 * @example
 * ```ts
 * import { nn, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const init = nn.varianceScaling({ scale: 1, mode: 'fanOut', distribution: 'uniform' });
 * const kernel = init(random.key(0), [100, 400]); // variance 1 / 400, so at most sqrt(3 / 400)
 * assert.ok(kernel.abs().max().dataSync()[0]! <= Math.sqrt(3 / 400) + 1e-6);
 * ```
 */
export function varianceScaling({ scale, mode, distribution }: VarianceScaling): Initializer {
  expectNumber('varianceScaling: scale', scale, { above: 0 });
  return (key, shape) => {
    const { fanIn, fanOut } = fans(shape);
    const n = { fanIn, fanOut, fanAverage: (fanIn + fanOut) / 2 }[mode];
    const std = Math.sqrt(scale / n);
    return tf.tidy(() => {
      if (distribution === 'normal') return normal(key, shape).mul(std);
      if (distribution === 'truncatedNormal')
        return truncatedNormal(key, shape).mul(std / TRUNCATED_STD);
      return uniform(key, shape)
        .mul(2)
        .sub(1)
        .mul(Math.sqrt(3) * std);
    });
  };
}

/**
 * Uniform with variance 2 / (in + out) (Glorot & Bengio 2010, equation 16): for tanh, and for
 * linear maps.
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const kernel = nn.glorotUniform(random.key(0), [100, 400]);
 * const variance = tf.moments(kernel).variance.dataSync()[0]!;
 * assert.ok(Math.abs(variance / (2 / 500) - 1) < 0.05);
 * ```
 */
export const glorotUniform = varianceScaling({
  scale: 1,
  mode: 'fanAverage',
  distribution: 'uniform',
});
/**
 * Normal with variance 2 / (in + out).
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const kernel = nn.glorotNormal(random.key(0), [100, 400]);
 * const variance = tf.moments(kernel).variance.dataSync()[0]!;
 * assert.ok(Math.abs(variance / (2 / 500) - 1) < 0.05);
 * ```
 */
export const glorotNormal = varianceScaling({
  scale: 1,
  mode: 'fanAverage',
  distribution: 'truncatedNormal',
});
/**
 * Normal with variance 2 / in (He et al. 2015, equation 10): keeps the scale through ReLUs.
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const kernel = nn.heNormal(random.key(0), [100, 400]);
 * const variance = tf.moments(kernel).variance.dataSync()[0]!;
 * assert.ok(Math.abs(variance / (2 / 100) - 1) < 0.05);
 * ```
 */
export const heNormal = varianceScaling({
  scale: 2,
  mode: 'fanIn',
  distribution: 'truncatedNormal',
});
/**
 * Uniform with variance 2 / in.
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const kernel = nn.heUniform(random.key(0), [100, 400]);
 * const variance = tf.moments(kernel).variance.dataSync()[0]!;
 * assert.ok(Math.abs(variance / (2 / 100) - 1) < 0.05);
 * ```
 */
export const heUniform = varianceScaling({ scale: 2, mode: 'fanIn', distribution: 'uniform' });
/**
 * Normal with variance 1 / in (LeCun et al. 1998, "Efficient BackProp", section 4.6): keeps the
 * scale of a linear map.
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const kernel = nn.lecunNormal(random.key(0), [100, 400]);
 * const variance = tf.moments(kernel).variance.dataSync()[0]!;
 * assert.ok(Math.abs(variance / (1 / 100) - 1) < 0.05);
 * ```
 */
export const lecunNormal = varianceScaling({
  scale: 1,
  mode: 'fanIn',
  distribution: 'truncatedNormal',
});
/**
 * Uniform with variance 1 / in.
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const kernel = nn.lecunUniform(random.key(0), [100, 400]);
 * const variance = tf.moments(kernel).variance.dataSync()[0]!;
 * assert.ok(Math.abs(variance / (1 / 100) - 1) < 0.05);
 * ```
 */
export const lecunUniform = varianceScaling({ scale: 1, mode: 'fanIn', distribution: 'uniform' });

/**
 * All zeros; the key is not used.
 *
 * @example
 * ```ts
 * import { nn, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * assert.deepEqual([...nn.zeros(random.key(0), [1, 2]).dataSync()], [0, 0]);
 * ```
 */
export const zeros: Initializer = (_key, shape) => tf.zeros(shape);
/**
 * All ones; the key is not used.
 *
 * @example
 * ```ts
 * import { nn, random } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * assert.deepEqual([...nn.ones(random.key(0), [1, 2]).dataSync()], [1, 1]);
 * ```
 */
export const ones: Initializer = (_key, shape) => tf.ones(shape);
/**
 * Normal with a given standard deviation, whatever the shape: 0.02 for embeddings and tokens (BERT,
 * ViT).
 */
export const normalWithStd =
  (std: number): Initializer =>
  (key, shape) =>
    tf.tidy(() => normal(key, shape).mul(std));
