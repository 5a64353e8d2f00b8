/** How much a latent says: measures, in nats. */
import { tf, type Tensor2D } from '../core/engine';
import { expectNumber, expectSameShape, expectShape } from '../core/checks';
import { tidy } from '../core/pytree';
import { symmetricEigen } from '../numerics/decompositions';

/**
 * The rate of each dimension: the mean over the data of KL( q(z_j | x) || N(0, 1) ), in nats. They
 * add up to the whole rate.
 *
 * @param mean [n, dim]. @param logVariance [n, dim]. @returns [dim].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, tf } from 'dark-matter';
 * const rates = latent.ratePerDimension(
 *   tf.tensor2d([
 *     [1, 0],
 *     [-1, 0],
 *   ]),
 *   tf.zeros([2, 2]).as2D(2, 2),
 * );
 * assert.deepEqual([...rates], [0.5, 0]);
 * ```
 */
export function ratePerDimension(mean: Tensor2D, logVariance: Tensor2D): Float32Array {
  expectSameShape('mean, logVariance', mean, logVariance);
  return tidy(() => ({
    values: mean
      .square()
      .add(logVariance.exp())
      .sub(1)
      .sub(logVariance)
      .div(2)
      .mean(0)
      .dataSync() as Float32Array,
  })).values;
}

/**
 * How many dimensions of a latent depend on x: those whose posterior mean has a variance over the
 * data above `threshold` (Burda, Grosse and Salakhutdinov 2016, section 5.2).
 *
 * @param mean [n, dim], of the posterior. @param threshold default 0.01, theirs.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, tf } from 'dark-matter';
 * assert.equal(
 *   latent.activeUnits(
 *     tf.tensor2d([
 *       [1, 0.001],
 *       [-1, 0],
 *     ]),
 *   ),
 *   1,
 * );
 * ```
 */
export function activeUnits(mean: Tensor2D, threshold = 0.01): number {
  expectShape('mean', mean, ['n', 'dim']);
  expectNumber('threshold', threshold, { above: 0 });
  return tidy(() => ({
    count: tf.moments(mean, 0).variance.greater(threshold).toFloat().sum().dataSync()[0]!,
  })).count;
}

/**
 * The entropy of codes in use, in nats: at most log(number of codes), reached when all are used
 * alike. Its exponential, the perplexity, is the number of codes that would be used if all were
 * used alike.
 *
 * @param codes whole numbers in [0, size).
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent } from 'dark-matter';
 * // Two codes in equal parts, of four: log 2.
 * assert.ok(Math.abs(latent.codeEntropy([0, 0, 1, 1], 4) - Math.log(2)) < 1e-12);
 * ```
 */
export function codeEntropy(codes: ArrayLike<number>, size: number): number {
  expectNumber('size', size, { atLeast: 1, integer: true });
  if (codes.length === 0) throw new Error('codes: none given, at least one expected');
  const counts = new Float64Array(size);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (!Number.isInteger(code) || code < 0 || code >= size)
      throw new Error(`codes[${i}]: ${code} given, a whole number in [0, ${size}) expected`);
    counts[code]!++;
  }
  return counts.reduce(
    (sum, count) =>
      count > 0 ? sum - (count / codes.length) * Math.log(count / codes.length) : sum,
    0,
  );
}

/**
 * The most that can be told through white Gaussian noise by a signal of this covariance, in nats: a
 * Gaussian signal reaches it, and no other tells more (Shannon 1948).
 *
 *     1/2 log det(I + C / std^2)
 *
 * @param signal [n, dim], n of at least 2: of its rows C is the covariance.
 * @param std of the noise in each coordinate, above 0.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, tf } from 'dark-matter';
 * // A variance of 1 through noise of variance 1: half of log 2.
 * const nats = latent.noiseCapacity(tf.tensor2d([[1], [-1]]), 1);
 * assert.ok(Math.abs(nats - Math.log(2) / 2) < 1e-6);
 * ```
 */
export function noiseCapacity(signal: Tensor2D, std: number): number {
  const { n } = expectShape('signal', signal, ['n', 'dim']) as { n: number };
  if (n < 2) throw new Error(`signal: ${n} row given, at least 2 expected`);
  expectNumber('std', std, { above: 0 });
  return tidy(() => {
    const centred = signal.sub(signal.mean(0)) as Tensor2D;
    const covariance = tf.matMul(centred, centred, true, false).div(n) as Tensor2D;
    const { values } = symmetricEigen(covariance);
    return {
      nats: tf
        .relu(values)
        .div(std ** 2)
        .log1p()
        .sum()
        .div(2)
        .dataSync()[0]!,
    };
  }).nats;
}

/**
 * The least that a latent must tell of x, in nats, where x can be told from it with this error:
 * Shannon's lower bound on the rate-distortion function (Shannon 1959; Cover and Thomas 2006,
 * section 10.3). Gaussian data of equal variances reach it.
 *
 *     I(x; z) >= h(x) - d/2 log(2 pi e D / d)
 *
 * @param entropy h(x), the differential entropy of the data in nats: the mean of -log p(x).
 * @param error D, the mean squared distance of x to what is made of z, above 0.
 * @param dim d, how many numbers x has.
 * @returns nats, at least 0.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent } from 'dark-matter';
 * // A standard normal told to half of its standard deviation takes log 2 nats.
 * const entropy = Math.log(2 * Math.PI * Math.E) / 2;
 * assert.ok(Math.abs(latent.leastInformation(entropy, 0.25, 1) - Math.log(2)) < 1e-12);
 * ```
 */
export function leastInformation(entropy: number, error: number, dim: number): number {
  expectNumber('entropy', entropy, {});
  expectNumber('error', error, { above: 0 });
  expectNumber('dim', dim, { atLeast: 1, integer: true });
  return Math.max(0, entropy - (dim / 2) * Math.log((2 * Math.PI * Math.E * error) / dim));
}

/**
 * The volume of low energy, by sampling: the share of points, drawn evenly from some space, whose
 * energy is as low as that of most data. 1 for a flat energy; for one that tells data from the rest
 * hardly more than the data fill.
 *
 * @param data energies of data that was not trained on.
 * @param space energies of points drawn evenly.
 * @param options coverage: the share of the data that counts as low, in (0, 1]; default 0.95.
 * margin: so much more counts as low as well, at least 0, in the units of the energy; default 0.
 * Without it an energy that is all but flat looks perfect, if only the data lie lower by a hair.
 * @returns the share of the space, in [0, 1].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent } from 'dark-matter';
 * // Energies of the data, and of points spread evenly over the space: a quarter of it lies as low.
 * assert.equal(latent.volumeOfLowEnergy([0, 0, 0], [0, 5, 5, 5]), 0.25);
 * ```
 */
export function volumeOfLowEnergy(
  data: ArrayLike<number>,
  space: ArrayLike<number>,
  options: { readonly coverage?: number; readonly margin?: number } = {},
): number {
  const { coverage = 0.95, margin = 0 } = options;
  expectNumber('coverage', coverage, { above: 0, atMost: 1 });
  expectNumber('margin', margin, { atLeast: 0 });
  for (const [name, values] of Object.entries({ data, space })) {
    if (values.length === 0) throw new Error(`${name}: no energies given, at least one expected`);
    for (let i = 0; i < values.length; i++)
      if (Number.isNaN(values[i]!)) throw new Error(`${name}[${i}]: NaN given, a number expected`);
  }
  const sorted = Float64Array.from(data).sort();
  const threshold = sorted[Math.ceil(coverage * sorted.length) - 1]! + margin;
  let low = 0;
  for (let i = 0; i < space.length; i++) if (space[i]! <= threshold) low++;
  return low / space.length;
}
