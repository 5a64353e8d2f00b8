import {
  tf,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import type { EnergyMethod, NoState } from '../core/method';
import { oneHot } from '../core/oneHot';
import * as random from '../core/random';
import { calibrate, inInference, inTraining, type Layer } from '../nn';

/** One mixture of round Gaussians a row. */
export interface Mixture {
  /** [batch, components]: the components' weights are their softmax. */
  readonly logits: Tensor2D;
  /** [batch, components, dim]. */
  readonly means: Tensor3D;
  /**
   * [batch, components]: the logarithm of each one's standard deviation, the same in every
   * direction.
   */
  readonly logScales: Tensor2D;
}

/**
 * -log p(y) of each row under its mixture, in nats (Bishop 1994, equations 22, 23 and 29).
 *
 *     -log sum_k pi_k N(y; mean_k, scale_k^2)
 *
 * Summed as logarithms, so that a y far from all means has a large energy and not that of log 0;
 * finite while no
 * |y - mean| / scale reaches 1e18.
 *
 * @param y [batch, dim]. @returns [batch].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, tf } from 'dark-matter';
 * const mixture = {
 *   logits: tf.zeros([1, 1]).as2D(1, 1),
 *   means: tf.zeros([1, 1, 1]).as3D(1, 1, 1),
 *   logScales: tf.zeros([1, 1]).as2D(1, 1),
 * };
 * // A standard normal's -log p at 0.
 * assert.ok(
 *   Math.abs(latent.mixtureEnergy(mixture, tf.tensor2d([[0]])).dataSync()[0] - 0.9189) < 1e-3,
 * );
 * ```
 */
export function mixtureEnergy({ logits, means, logScales }: Mixture, y: Tensor2D): Tensor1D {
  const { components, dim } = expectShape('means', means, ['batch', 'components', 'dim']) as {
    components: number;
    dim: number;
  };
  expectShape('logits', logits, [means.shape[0], components]);
  expectShape('logScales', logScales, [means.shape[0], components]);
  expectShape('y', y, [means.shape[0], dim]);
  return tf.tidy(() => {
    const distance = y.expandDims(1).sub(means).div(logScales.exp().expandDims(2)).square().sum(2);
    const logNormal = distance
      .div(-2)
      .sub(logScales.mul(dim))
      .sub((dim / 2) * Math.log(2 * Math.PI));
    return tf.logSumExp(logits, 1).sub(tf.logSumExp(logits.add(logNormal), 1)) as Tensor1D;
  });
}

/**
 * Draws from each row's mixture: a component by its weight, then a point of it.
 * @returns [batch, samples, dim].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, random, tf } from 'dark-matter';
 * const mixture = {
 *   logits: tf.zeros([1, 1]).as2D(1, 1),
 *   means: tf.zeros([1, 1, 1]).as3D(1, 1, 1),
 *   logScales: tf.zeros([1, 1]).as2D(1, 1),
 * };
 * const drawn = latent.sampleMixture(mixture, random.key(0), 2000);
 * assert.ok(Math.abs(drawn.square().mean().dataSync()[0] - 1) < 0.15);
 * ```
 */
export function sampleMixture(
  { logits, means, logScales }: Mixture,
  key: random.Key,
  samples = 1,
): Tensor3D {
  const { batch, components, dim } = expectShape('means', means, [
    'batch',
    'components',
    'dim',
  ]) as { batch: number; components: number; dim: number };
  expectNumber('samples', samples, { atLeast: 1, integer: true });
  return tf.tidy(() => {
    const [forComponent, forNoise] = random.split(key, 2);
    const each = tf
      .tile(logits.expandDims(1), [1, samples, 1])
      .reshape([batch * samples, components]) as Tensor2D;
    const chosen = oneHot(random.categorical(forComponent, each), components).reshape([
      batch,
      samples,
      components,
    ]);
    const scale = tf.matMul(chosen, logScales.exp().expandDims(2));
    return tf
      .matMul(chosen, means)
      .add(random.normal(forNoise, [batch, samples, dim]).mul(scale)) as Tensor3D;
  });
}

export interface MixtureDensity<P> extends EnergyMethod<
  P,
  NoState,
  { readonly x: Tensor2D; readonly y: Tensor2D }
> {
  /** What may follow each x [batch, dimX]. The caller owns its tensors. */
  mixture(params: P, x: Tensor2D): Mixture;
  /** Draws of p(y | x): [batch, samples, dim]. */
  sample(params: P, x: Tensor2D, key: random.Key, samples?: number): Tensor3D;
}

export interface MixtureDensityOptions<P> {
  /**
   * [batch, dimX] -> [batch, components (dim + 2)]: the logits, the logarithms of the scales, then
   * mean after mean.
   */
  readonly network: Layer<P>;
  readonly components: number;
  /** Of y. */
  readonly dim: number;
  /**
   * No scale is smaller, above 0, in the units of y; default 1e-3. Without a least one a component
   * that sits on a single y of the data may have a density without bound. Scales much larger are
   * untouched by it.
   */
  readonly leastScale?: number;
}

/**
 * The mixture density network (Bishop 1994): predicts a distribution of several humps, where least
 * squares predicts its mean.
 *
 *     F(x, y) = -log sum_k pi_k(x) N(y; mean_k(x), scale_k(x)^2)
 *
 * The latent is which hump y came from: one of a few, so that it holds at most log(components)
 * nats, and summed over instead of searched for. What holds the energy up elsewhere is that the
 * densities of all y add up to one. F is -log p(y | x), in nats.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, nn, random, train } from 'dark-matter';
 * const method = latent.mixtureDensity({
 *   network: nn.mlp([1, 16, 2 * 3]),
 *   components: 2,
 *   dim: 1,
 * });
 * const x = random.normal(random.key(0), [64, 1]);
 * const { params } = await train({
 *   method,
 *   data: { x, y: x.square() },
 *   batch: 16,
 *   steps: 3,
 *   display: 'none',
 * });
 * assert.equal(method.sample(params, x, random.key(1), 5).size, 5 * 64);
 * ```
 */
export function mixtureDensity<P>(options: MixtureDensityOptions<P>): MixtureDensity<P> {
  const { network, components, dim, leastScale = 1e-3 } = options;
  expectNumber('components', components, { atLeast: 1, integer: true });
  expectNumber('dim', dim, { atLeast: 1, integer: true });
  expectNumber('leastScale', leastScale, { above: 0 });
  const mixture = (params: P, x: Tensor, how = inInference): Mixture => {
    const output = network.apply(params, x, how);
    expectShape('network: output', output, [x.shape[0]!, components * (dim + 2)]);
    const [logits, raw, means] = tf.split(
      output,
      [components, components, components * dim],
      1,
    ) as [Tensor2D, Tensor2D, Tensor2D];
    const least = Math.log(leastScale);
    return {
      logits,
      logScales: tf.softplus(raw.sub(least)).add(least) as Tensor2D,
      means: means.reshape([-1, components, dim]) as Tensor3D,
    };
  };
  return {
    name: 'Mixture density network',
    mechanism: 'limited-latent',
    options,
    init: (key) => ({ params: network.init(key), state: {} }),
    objective: (params, { x, y }, key, state) => ({
      loss: mixtureEnergy(mixture(params, x, inTraining(network, key)), y).mean() as Scalar,
      metrics: {},
      state,
    }),
    energy: (params, x, y) => tf.tidy(() => mixtureEnergy(mixture(params, x), y as Tensor2D)),
    calibrate: (params, x) => calibrate(network, params, x),
    mixture(params, x) {
      const [logits, means, logScales] = tf.tidy(() => {
        const made = mixture(params, x);
        return [made.logits, made.means, made.logScales] as [Tensor2D, Tensor3D, Tensor2D];
      });
      return { logits, means, logScales };
    },
    sample: (params, x, key, samples = 1) =>
      tf.tidy(() => sampleMixture(mixture(params, x), key, samples)),
  };
}
