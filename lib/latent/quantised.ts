import { tf, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import { oneHot } from '../core/oneHot';
import * as random from '../core/random';
import { stopGradient } from '../core/stopGradient';
import { nearest as nearestCentre } from '../numerics/kMeans';
import type { Limit } from './limits';

/** A codebook, and how much each code was used of late. */
export interface Codebook {
  /** [codes, dim] */
  readonly codes: Tensor2D;
  /** [codes]: a moving average of how many of a batch took it. */
  readonly count: Tensor1D;
  /** [codes, dim]: of the sum of what took it. */
  readonly sum: Tensor2D;
}

/**
 * The number of the nearest code to each row. z [batch, dim], codes [codes, dim] -> int32 [batch].
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, tf } from 'dark-matter';
 * const [z, codes] = [
 *   tf.tensor2d([[0.9, 0]]),
 *   tf.tensor2d([
 *     [0, 0],
 *     [1, 0],
 *   ]),
 * ];
 * assert.equal(latent.nearestCode(z, codes).dataSync()[0], 1);
 * ```
 */
export function nearestCode(z: Tensor2D, codes: Tensor2D): Tensor1D {
  expectShape('codes', codes, ['codes', z.shape[1]]);
  return tf.tidy(() => nearestCentre(z, codes).index);
}

/**
 * The nearest code to each row, [batch, dim]; a constant for the backward pass, as which code is
 * nearest has no slope.
 */
const nearest = (z: Tensor2D, codes: Tensor2D): Tensor2D =>
  tf.customGrad((given) => ({
    value: tf.gather(codes, nearestCode(given as Tensor2D, codes)),
    gradFunc: () => tf.zerosLike(given as Tensor2D),
  }))(z) as Tensor2D;

export interface QuantisedOptions {
  /** How many codes: the latent holds at most log(codes) nats. */
  readonly codes: number;
  /** Of a code. */
  readonly dim: number;
  /**
   * The price of the encoder's distance from its code, squared; above 0. Default 0.25, the paper's.
   */
  readonly commitment?: number;
  /** How slowly codes follow what takes them, in [0, 1). Default 0.9. */
  readonly decay?: number;
  /**
   * A code that gets fewer than this part of its fair share of a batch starts again at a random row
   * of it; 0: never, and what was dead at the start stays dead. Default 0.05.
   */
  readonly restart?: number;
}

/**
 * One of a few codes: the latent is replaced by the nearest entry of a codebook (VQ-VAE: van den
 * Oord, Vinyals and Kavukcuoglu 2017). The decoder's gradient goes straight through to the encoder,
 * as if nothing had been replaced; codes are moving averages of what takes them (their appendix
 * A.1). Dead codes are restarted at random rows (as in Jukebox, Dhariwal et al. 2020).
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random } from 'dark-matter';
 * const limit = latent.quantised({ codes: 8, dim: 2 });
 * const { latent: z } = limit.pass(
 *   random.normal(random.key(0), [3, 2]),
 *   random.key(1),
 *   limit.init(random.key(2)),
 * );
 * assert.deepEqual(z.shape, [3, 2]);
 * ```
 */
export function quantised(options: QuantisedOptions): Limit<Codebook> {
  const { codes: size, dim, commitment = 0.25, decay = 0.9, restart = 0.05 } = options;
  expectNumber('codes', size, { atLeast: 1, integer: true });
  expectNumber('dim', dim, { atLeast: 1, integer: true });
  expectNumber('commitment', commitment, { above: 0 });
  expectNumber('decay', decay, { atLeast: 0, atMost: 0.9999 });
  expectNumber('restart', restart, { atLeast: 0, atMost: 1 });

  const follow = (
    z: Tensor2D,
    taken: Tensor1D,
    key: random.Key,
    { codes, count, sum }: Codebook,
  ): Codebook => {
    const batch = z.shape[0];
    const who = oneHot(taken, size) as Tensor2D; // [batch, codes]
    const average = <T extends Tensor1D | Tensor2D>(old: T, now: T): T =>
      old.mul(decay).add(now.mul(1 - decay)) as T;
    const counted = average(count, who.sum(0) as Tensor1D);
    const summed = average(sum, tf.matMul(who, z, true));
    const moved = summed.div(counted.expandDims(1).add(1e-6)) as Tensor2D;
    const alive = tf
      .greater(counted, Math.max(restart, 1e-6) * (batch / size))
      .expandDims(1)
      .toFloat();
    if (restart === 0)
      return {
        codes: moved.mul(alive).add(codes.mul(tf.sub(1, alive))) as Tensor2D,
        count: counted,
        sum: summed,
      };
    const anew = tf.gather(z, random.randint(key, [size], 0, batch) as Tensor1D);
    const either = <T extends Tensor1D | Tensor2D>(kept: T, fresh: T, mask: T): T =>
      kept.mul(mask).add(fresh.mul(tf.sub(1, mask))) as T;
    return {
      codes: either(moved, anew, alive as Tensor2D),
      count: either(
        counted,
        tf.fill([size], batch / size) as Tensor1D,
        alive.squeeze([1]) as Tensor1D,
      ),
      sum: either(summed, anew.mul(batch / size) as Tensor2D, alive as Tensor2D),
    };
  };

  const settle = (z: Tensor2D, { codes }: Codebook) => {
    expectShape('z', z, ['batch', dim]);
    const latent = nearest(z, codes);
    return { latent, price: z.sub(latent).square().sum(1).mul(commitment) as Tensor1D };
  };
  return {
    name: 'quantised',
    limits: true,
    stochastic: false, // the codes move at random, but what comes through is the nearest of them
    init: (key) => {
      const codes = random.normal(key, [size, dim]) as Tensor2D;
      // As if each had had its fair share of a batch of `size` at its place.
      return { codes, count: tf.ones([size]), sum: codes.clone() };
    },
    pass(z, key, state) {
      const { latent, price } = settle(z, state);
      const still = stopGradient(z);
      const next = follow(still, nearestCode(still, state.codes), key, state);
      // Straight through: the value of the code, the gradient of z.
      return {
        latent: z.add(stopGradient(latent.sub(z) as Tensor2D)) as Tensor2D,
        price,
        state: next,
      };
    },
    settle,
  };
}
