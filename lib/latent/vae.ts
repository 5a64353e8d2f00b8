import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import type { EmbeddingMethod, EnergyMethod, NoState } from '../core/method';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { calibrate, inInference, inTraining, type Layer } from '../nn';
import { gaussianKl, type DiagonalGaussian } from './gaussianKl';
import {
  expectedData,
  expectLikelihood,
  negativeLogLikelihood,
  type Likelihood,
} from './likelihood';

export interface VaeParams<E, D> {
  readonly encoder: E;
  readonly decoder: D;
}

export interface VaeOptions<E, D> {
  /** [batch, ...] -> [batch, 2 dim]: the latent's mean, then its log variance. */
  readonly encoder: Layer<E>;
  /**
   * [batch, dim] -> what has as many numbers as an x, or twice as many for the likelihood
   * 'discretizedLogistic'.
   */
  readonly decoder: Layer<D>;
  readonly likelihood: Likelihood;
  /**
   * The price of a nat in the latent, at least 0; default 1, where the loss bounds -log p(x). 0 is
   * no limit at all.
   */
  readonly beta?: number;
}

type Batch = { readonly x: Tensor };

export interface Vae<E, D>
  extends
    EnergyMethod<VaeParams<E, D>, NoState, Batch>,
    EmbeddingMethod<VaeParams<E, D>, NoState, Batch> {
  /** q(z | x). The caller owns both. */
  posterior(params: VaeParams<E, D>, x: Tensor): DiagonalGaussian;
  /** What a latent [batch, dim] means: the expected data, [batch, numbers of an x]. */
  decode(params: VaeParams<E, D>, z: Tensor2D): Tensor2D;
  /** -log p(x | z) in nats: [batch]. */
  distortion(params: VaeParams<E, D>, x: Tensor, z: Tensor2D): Tensor1D;
  /**
   * The free energy -log p(x) in nats, estimated with `samples` latents of the posterior by
   * importance
   *
   *     -log (1/K) sum_k p(x | z_k) p(z_k) / q(z_k | x)
   *
   * which is never below -log p(x) in the mean, and comes down to it as K grows (Burda, Grosse and
   * Salakhutdinov 2016, theorem 1). [batch].
   */
  freeEnergy(params: VaeParams<E, D>, x: Tensor, key: random.Key, samples?: number): Tensor1D;
}

/**
 * The variational auto-encoder (Kingma and Welling 2014; with beta: Higgins et al. 2017). The code
 * of an x is fuzzy, a Gaussian instead of a point; two codes that overlap cannot be told apart, so
 * the fuzz limits what the latent can hold.
 *
 *     mean over x of E_q[ -log p(x | z) ] + beta KL( q(z | x) || N(0, 1) )      distortion + beta rate
 *
 * with one latent a sample, reparametrised: z = mean + std e.
 *
 * `energy` is distortion + beta rate at the latent's mean, without noise; `embed` gives the mean.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, nn, random, train } from 'dark-matter';
 * const [encoder, decoder] = [nn.mlp([8, 16, 4]), nn.mlp([2, 16, 8])];
 * const method = latent.vae({ encoder, decoder, likelihood: { kind: 'gaussian', std: 0.5 } });
 * const x = random.normal(random.key(0), [64, 8]);
 * const { params } = await train({ method, data: { x }, batch: 16, steps: 3, display: 'none' });
 * assert.deepEqual(method.posterior(params, x).mean.shape, [64, 2]);
 * ```
 */
export function vae<E, D>(options: VaeOptions<E, D>): Vae<E, D> {
  const { encoder, decoder, likelihood, beta = 1 } = options;
  expectNumber('beta', beta, { atLeast: 0 });
  expectLikelihood(likelihood);

  const posterior = (params: VaeParams<E, D>, x: Tensor, how = inInference): DiagonalGaussian => {
    const both = encoder.apply(params.encoder, x, how);
    const width = both.shape[1]!;
    if (both.rank !== 2 || width % 2 !== 0)
      throw new Error(
        `encoder: output of shape [${both.shape.join(', ')}] given, [batch, 2 dim] expected`,
      );
    const [mean, logVariance] = tf.split(both, 2, 1) as [Tensor2D, Tensor2D];
    return { mean, logVariance };
  };
  const draw = ({ mean, logVariance }: DiagonalGaussian, key: random.Key): Tensor2D =>
    mean.add(random.normal(key, mean.shape).mul(logVariance.div(2).exp())) as Tensor2D;
  const distortion = (
    params: VaeParams<E, D>,
    x: Tensor,
    z: Tensor2D,
    how = inInference,
  ): Tensor1D =>
    negativeLogLikelihood(likelihood, rows(x), rows(decoder.apply(params.decoder, z, how)));

  return {
    name: beta === 1 ? 'VAE' : `VAE, beta ${beta}`,
    mechanism: beta > 0 ? 'limited-latent' : 'none',
    options,
    init: (key) => {
      const [forEncoder, forDecoder] = random.split(key, 2);
      return {
        params: { encoder: encoder.init(forEncoder), decoder: decoder.init(forDecoder) },
        state: {},
      };
    },
    objective(params, { x }, key, state) {
      const q = posterior(params, x, inTraining(encoder, key));
      const rate = gaussianKl(q.mean, q.logVariance).mean() as Scalar;
      const cost = distortion(
        params,
        x,
        draw(q, key),
        inTraining(decoder, key, 1),
      ).mean() as Scalar;
      return {
        loss: cost.add(rate.mul(beta)) as Scalar,
        metrics: { rate, distortion: cost },
        state,
      };
    },
    energy: (params, _x, y) =>
      tf.tidy(() => {
        const q = posterior(params, y);
        return distortion(params, y, q.mean).add(
          gaussianKl(q.mean, q.logVariance).mul(beta),
        ) as Tensor1D;
      }),
    embed: (params, x) => tf.tidy(() => posterior(params, x).mean),
    /** The encoder on x, the decoder on latents drawn as in training. */
    calibrate: (params, x) =>
      tree.tidy(() => {
        const fixed = calibrate(encoder, params.encoder, x);
        const latents = draw(posterior({ ...params, encoder: fixed }, x), random.key(0));
        return { encoder: fixed, decoder: calibrate(decoder, params.decoder, latents) };
      }),
    posterior: (params, x) => {
      const [mean, logVariance] = tf.tidy(() => {
        const q = posterior(params, x);
        return [q.mean, q.logVariance] as [Tensor2D, Tensor2D];
      });
      return { mean, logVariance };
    },
    decode: (params, z) =>
      tf.tidy(() => expectedData(likelihood, rows(decoder.apply(params.decoder, z, inInference)))),
    distortion: (params, x, z) => tf.tidy(() => distortion(params, x, z)),
    freeEnergy: (params, x, key, samples = 64) =>
      tf.tidy(() => {
        expectNumber('samples', samples, { atLeast: 1, integer: true });
        const q = posterior(params, x);
        // A draw at a time, so that the memory does not grow with their number.
        const weights = random.split(key, samples).map((k) =>
          tf.tidy(() => {
            const z = draw(q, k);
            // log N(z; 0, 1) - log q(z | x), the constants of both cancelled.
            const standard = z.sub(q.mean).square().div(q.logVariance.exp()).add(q.logVariance);
            return distortion(params, x, z).neg().add(standard.sub(z.square()).sum(1).div(2));
          }),
        );
        return tf.logSumExp(tf.stack(weights), 0).sub(Math.log(samples)).neg() as Tensor1D;
      }),
  };
}

const rows = (x: Tensor): Tensor2D => x.reshape([x.shape[0]!, -1]) as Tensor2D;
