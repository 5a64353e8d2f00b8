/**
 * Ways to limit what a latent can hold. Each takes what an encoder says of an input, lets through
 * what it lets through, and names a price.
 */
import { tf, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import type { NoState } from '../core/method';
import * as random from '../core/random';
import { gaussianKl } from './gaussianKl';

/** What comes through a limit. */
export interface Passed<S> {
  /** [batch, dim]: what the decoder gets. */
  readonly latent: Tensor2D;
  /** [batch]: what it costs beside the error of the prediction; at least 0. */
  readonly price: Tensor1D;
  /** For the next step. */
  readonly state: S;
}

export interface Limit<S = NoState> {
  readonly name: string;
  /** False where it limits nothing. */
  readonly limits: boolean;
  /** Whether what comes through in training is drawn at random. */
  readonly stochastic: boolean;
  init(key: random.Key): S;
  /** In training. @param z [batch, width], from the encoder. */
  pass(z: Tensor2D, key: random.Key, state: S): Passed<S>;
  /** Afterwards: without noise, and changing nothing. */
  settle(z: Tensor2D, state: S): Omit<Passed<S>, 'state'>;
}

/**
 * z as it is, at no price: the control, in which the latent holds whatever the network can put
 * there.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random } from 'dark-matter';
 * const limit = latent.noLimit();
 * const { latent: z, price } = limit.pass(
 *   random.normal(random.key(0), [3, 4]),
 *   random.key(1),
 *   {},
 * );
 * assert.deepEqual([z.shape, price.shape], [[3, 4], [3]]);
 * ```
 */
export function noLimit(): Limit {
  return stateless('no limit', false, (z) => ({ latent: z, price: free(z) }));
}

/**
 * An L1 price on every part of z, which a rectifier before makes positive and able to be exactly 0
 * (a sparse auto-encoder).
 *
 * @param options alpha: the price of a unit, at least 0. The latent is scaled to at most length 1 a
 * row, or the decoder's weights could grow and the code shrink, at no price.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random } from 'dark-matter';
 * const limit = latent.sparseLimit({ alpha: 0.1 });
 * const { latent: z, price } = limit.pass(
 *   random.normal(random.key(0), [3, 4]),
 *   random.key(1),
 *   {},
 * );
 * assert.deepEqual([z.shape, price.shape], [[3, 4], [3]]);
 * ```
 */
export function sparseLimit({ alpha }: { readonly alpha: number }): Limit {
  expectNumber('alpha', alpha, { atLeast: 0 });
  return stateless('sparse', alpha > 0, (z) => {
    const positive = tf.relu(z);
    const latent = positive.div(
      tf.maximum(positive.square().sum(1, true).add(1e-12).sqrt(), 1),
    ) as Tensor2D;
    return { latent, price: latent.sum(1).mul(alpha) as Tensor1D };
  });
}

/**
 * Noise on a latent that cannot grow to drown it: tanh(z) + std e, in training (a channel of
 * limited power; Shannon 1948).
 *
 * @param options std: of the noise, at least 0, where the latent lies in (-1, 1).
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random } from 'dark-matter';
 * const limit = latent.noisyLimit({ std: 0.5 });
 * const { latent: z, price } = limit.pass(
 *   random.normal(random.key(0), [3, 4]),
 *   random.key(1),
 *   {},
 * );
 * assert.deepEqual([z.shape, price.shape], [[3, 4], [3]]);
 * ```
 */
export function noisyLimit({ std }: { readonly std: number }): Limit {
  expectNumber('std', std, { atLeast: 0 });
  return stateless(
    'noisy',
    std > 0,
    (z) => ({ latent: tf.tanh(z), price: free(z) }),
    (z, key) => ({
      latent: tf.tanh(z).add(random.normal(key, z.shape, 0, std)) as Tensor2D,
      price: free(z),
    }),
  );
}

/**
 * A variational auto-encoder's: z is half mean and half log variance, the latent is drawn, and the
 * price is beta times its KL from the standard normal.
 *
 * @param options beta: in units of the prediction's error a nat, at least 0.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random } from 'dark-matter';
 * // The encoder gives means and log variances, side by side.
 * const limit = latent.gaussianLimit({ beta: 1 });
 * const { latent: z } = limit.pass(random.normal(random.key(0), [3, 8]), random.key(1), {});
 * assert.deepEqual(z.shape, [3, 4]);
 * ```
 */
export function gaussianLimit({ beta }: { readonly beta: number }): Limit {
  expectNumber('beta', beta, { atLeast: 0 });
  const halves = (z: Tensor2D): [Tensor2D, Tensor2D] => {
    if (z.shape[1] % 2 !== 0)
      throw new Error(`z: shape [${z.shape.join(', ')}] given, [batch, 2 dim] expected`);
    return tf.split(z, 2, 1) as [Tensor2D, Tensor2D];
  };
  const price = (mean: Tensor2D, logVariance: Tensor2D): Tensor1D =>
    gaussianKl(mean, logVariance).mul(beta);
  return stateless(
    'KL-regularised',
    beta > 0,
    (z) => {
      const [mean, logVariance] = halves(z);
      return { latent: mean, price: price(mean, logVariance) };
    },
    (z, key) => {
      const [mean, logVariance] = halves(z);
      const latent = mean.add(
        random.normal(key, mean.shape).mul(logVariance.div(2).exp()),
      ) as Tensor2D;
      return { latent, price: price(mean, logVariance) };
    },
  );
}

type Through = Omit<Passed<NoState>, 'state'>;

function stateless(
  name: string,
  limits: boolean,
  settle: (z: Tensor2D) => Through,
  noisy?: (z: Tensor2D, key: random.Key) => Through,
): Limit {
  return {
    name,
    limits,
    stochastic: noisy !== undefined,
    init: () => ({}),
    pass: (z, key, state) => ({ ...(noisy ? noisy(z, key) : settle(z)), state }),
    settle,
  };
}

const free = (z: Tensor2D): Tensor1D => z.sum(1).mul(0) as Tensor1D;
