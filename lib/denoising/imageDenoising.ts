/** Denoising autoencoders: take noise away, and learn the slope of the data's density. */
import { expectNumber, expectSameShape } from '../core/checks';
import { tf, type Scalar, type Tensor } from '../core/engine';
import type { EnergyMethod, NoState } from '../core/method';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { calibrate, inInference, inTraining, type Layer } from '../nn';

/** Denoising as a method, and what only it has: the score. */
export interface ImageDenoising<P> extends EnergyMethod<P, NoState, { readonly x: Tensor }> {
  /**
   * (r(x) - x) / sigma^2, which estimates the gradient of log p_sigma at x, where p_sigma is the
   * density of the noisy data (Vincent 2011; Alain and Bengio 2014, theorem 1). [batch, ...] -> the
   * same.
   */
  score(params: P, x: Tensor): Tensor;
}

/**
 * The denoising autoencoder (Vincent et al. 2008) with Gaussian noise: a network r gets x + sigma
 * n, n normal, and answers with x.
 *
 *     loss = mean over the batch of || r(x + sigma n) - x ||^2,   summed over an example's entries
 *
 * Its minimum is r(u) = E[ x | u ], and by Tweedie's formula (r(u) - u) / sigma^2 is the score of
 * the noisy data's density: a denoiser knows which way the data lie. Energy: F(x, y) = || r(x) - y
 * ||^2 for a noisy x and a clean y. Mechanism: the data itself is the target, which cannot be made
 * trivial.
 *
 * @param options network: [batch, ...] -> the same shape. sigma: the noise's standard deviation,
 * above 0, in the data's units.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { data, denoising, nn, random, train } from 'dark-matter';
 * const method = denoising.imageDenoising({ network: nn.mlp([2, 16, 2]), sigma: 0.2 });
 * const x = data.toys.moons.sample(random.key(0), 200);
 * const { params } = await train({ method, data: { x }, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.score(params, x).shape, [200, 2]);
 * ```
 */
export function imageDenoising<P>(options: {
  readonly network: Layer<P>;
  readonly sigma: number;
}): ImageDenoising<P> {
  const { network, sigma } = options;
  expectNumber('imageDenoising: sigma', sigma, { above: 0 });
  const denoise = (params: P, x: Tensor, how = inInference): Tensor => {
    const clean = network.apply(params, x, how);
    expectSameShape('x, network(x)', x, clean);
    return clean;
  };
  const noisyOf = (x: Tensor, key: random.Key): Tensor =>
    x.add(random.normal(key, x.shape).mul(sigma));
  const distance = (a: Tensor, b: Tensor): Tensor =>
    a.sub(b).square().reshape([a.shape[0]!, -1]).sum(1);
  return {
    name: 'Denoising',
    mechanism: 'reconstruction',
    options,
    init: (key) => ({ params: network.init(key), state: {} }),
    objective(params, { x }, key, state) {
      const clean = denoise(params, noisyOf(x, key), inTraining(network, key));
      return { loss: distance(clean, x).mean() as Scalar, metrics: {}, state };
    },
    energy: (params, x, y) =>
      tf.tidy(() => {
        expectSameShape('energy: x, y', x, y);
        return distance(denoise(params, x), y).as1D();
      }),
    /** The network on clean data x, to which noise is added as in training. */
    calibrate: (params, x) =>
      tree.tidy(() => calibrate(network, params, noisyOf(x, random.key(0)))),
    score: (params, x) =>
      tf.tidy(() =>
        denoise(params, x)
          .sub(x)
          .div(sigma ** 2),
      ),
  };
}
