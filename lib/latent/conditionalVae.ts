import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import type { EnergyMethod, NoState } from '../core/method';
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

export interface ConditionalVaeParams<E, D, P> {
  readonly encoder: E;
  readonly decoder: D;
  /** Of the prior's network; {} where the prior is N(0, 1). */
  readonly prior: P;
}

export interface ConditionalVaeOptions<E, D, P> {
  /**
   * q(z | x, y): [batch, dimX + dimY], x and after it y in one row, -> [batch, 2 dim], the latent's
   * mean, then its log variance.
   */
  readonly encoder: Layer<E>;
  /**
   * p(y | x, z): [batch, dimX + dim] -> [batch, dimY], or [batch, 2 dimY] for the likelihood
   * 'discretizedLogistic'.
   */
  readonly decoder: Layer<D>;
  /**
   * p(z | x): [batch, dimX] -> [batch, 2 dim], as the encoder's. Default: N(0, 1), whatever x is.
   */
  readonly prior?: Layer<P>;
  /** Of the latent. */
  readonly dim: number;
  readonly likelihood: Likelihood;
  /**
   * The price of a nat in the latent, at least 0; default 1, where the loss bounds -log p(y | x).
   */
  readonly beta?: number;
}

type Batch = { readonly x: Tensor2D; readonly y: Tensor2D };

export interface ConditionalVae<E, D, P> extends EnergyMethod<
  ConditionalVaeParams<E, D, P>,
  NoState,
  Batch
> {
  /** q(z | x, y): two [batch, dim]. The caller owns both. */
  posterior(params: ConditionalVaeParams<E, D, P>, x: Tensor2D, y: Tensor2D): DiagonalGaussian;
  /** What is expected of y under `samples` latents of p(z | x): [batch, samples, dimY]. */
  predict(
    params: ConditionalVaeParams<E, D, P>,
    x: Tensor2D,
    key: random.Key,
    samples: number,
  ): Tensor;
  /**
   * -log p(y | x) in nats, by importance from `samples` latents of the posterior, as a VAE's:
   * [batch]. Default 64.
   */
  freeEnergy(
    params: ConditionalVaeParams<E, D, P>,
    x: Tensor2D,
    y: Tensor2D,
    key: random.Key,
    samples?: number,
  ): Tensor1D;
}

/**
 * The conditional variational auto-encoder (Sohn, Lee and Yan 2015, equation 4): predicts y from x
 * and a latent that stands for what x does not tell. In training an encoder looks at y to say which
 * z it was; the nats it says beyond p(z | x) are charged.
 *
 *     mean over (x, y) of E_q[ -log p(y | x, z) ] + beta KL( q(z | x, y) || p(z | x) )      distortion + beta rate
 *
 * with one latent a sample, reparametrised. At beta = 1 it is never below -log p(y | x), in the
 * mean.
 *
 * `energy` is distortion + beta rate at the posterior's mean, without noise.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, nn, random, train } from 'dark-matter';
 * // Of x and y to the posterior of z; of x and z to y.
 * const [encoder, decoder] = [nn.mlp([2, 16, 4]), nn.mlp([3, 16, 1])];
 * const method = latent.conditionalVae({
 *   encoder,
 *   decoder,
 *   dim: 2,
 *   likelihood: { kind: 'gaussian', std: 0.1 },
 * });
 * const x = random.normal(random.key(0), [64, 1]);
 * const { params } = await train({
 *   method,
 *   data: { x, y: x.square() },
 *   batch: 16,
 *   steps: 3,
 *   display: 'none',
 * });
 * assert.equal(method.predict(params, x, random.key(1), 5).size, 5 * 64);
 * ```
 */
export function conditionalVae<E, D, P = NoState>(
  options: ConditionalVaeOptions<E, D, P>,
): ConditionalVae<E, D, P> {
  type Params = ConditionalVaeParams<E, D, P>;
  const { encoder, decoder, prior, dim, likelihood, beta = 1 } = options;
  expectNumber('dim', dim, { atLeast: 1, integer: true });
  expectNumber('beta', beta, { atLeast: 0 });
  expectLikelihood(likelihood);

  const posterior = (
    params: Params,
    x: Tensor2D,
    y: Tensor2D,
    how = inInference,
  ): DiagonalGaussian =>
    gaussianOf('encoder', encoder.apply(params.encoder, beside(x, y), how), dim);
  const priorOf = (params: Params, x: Tensor2D, how = inInference): DiagonalGaussian | undefined =>
    prior && gaussianOf('prior', prior.apply(params.prior, x, how), dim);
  const rate = (params: Params, x: Tensor2D, q: DiagonalGaussian, how = inInference): Tensor1D =>
    gaussianKl(q.mean, q.logVariance, priorOf(params, x, how));
  const distortion = (
    params: Params,
    x: Tensor2D,
    y: Tensor2D,
    z: Tensor2D,
    how = inInference,
  ): Tensor1D => {
    const answer = decoder.apply(params.decoder, beside(x, z), how) as Tensor2D;
    return negativeLogLikelihood(likelihood, y, answer);
  };

  return {
    name: beta === 1 ? 'Conditional VAE' : `Conditional VAE, beta ${beta}`,
    mechanism: beta > 0 ? 'limited-latent' : 'none',
    options,
    init(key) {
      const [forEncoder, forDecoder, forPrior] = random.split(key, 3);
      const params = {
        encoder: encoder.init(forEncoder),
        decoder: decoder.init(forDecoder),
        prior: prior ? prior.init(forPrior) : ({} as P),
      };
      return { params, state: {} };
    },
    objective(params, { x, y }, key, state) {
      const q = posterior(params, x, y, inTraining(encoder, key));
      const said = rate(params, x, q, prior && inTraining(prior, key, 2)).mean() as Scalar;
      const answer = distortion(params, x, y, draw(q, key), inTraining(decoder, key, 1));
      const cost = answer.mean() as Scalar;
      return {
        loss: cost.add(said.mul(beta)) as Scalar,
        metrics: { rate: said, distortion: cost },
        state,
      };
    },
    energy: (params, a, b) =>
      tf.tidy(() => {
        const [x, y] = [a as Tensor2D, b as Tensor2D];
        const q = posterior(params, x, y);
        return distortion(params, x, y, q.mean).add(rate(params, x, q).mul(beta)) as Tensor1D;
      }),
    /** The encoder on pairs, the prior on x, the decoder on latents drawn as in training. */
    calibrate: (params, a, b) =>
      tree.tidy(() => {
        if (!b)
          throw new Error(
            'calibrate: y: none given, as many as x expected: the encoder looks at both',
          );
        const [x, y] = [a as Tensor2D, b as Tensor2D];
        const fixed = calibrate(encoder, params.encoder, beside(x, y));
        const latents = draw(posterior({ ...params, encoder: fixed }, x, y), random.key(0));
        return {
          encoder: fixed,
          decoder: calibrate(decoder, params.decoder, beside(x, latents)),
          prior: prior ? calibrate(prior, params.prior, x) : params.prior,
        };
      }),
    posterior(params, x, y) {
      const [mean, logVariance] = tf.tidy(() => {
        const q = posterior(params, x, y);
        return [q.mean, q.logVariance] as [Tensor2D, Tensor2D];
      });
      return { mean, logVariance };
    },
    predict: (params, x, key, samples) =>
      tf.tidy(() => {
        expectNumber('samples', samples, { atLeast: 1, integer: true });
        const { batch, dimX } = expectShape('x', x, ['batch', 'dimX']) as {
          batch: number;
          dimX: number;
        };
        const each = tf
          .tile(x.expandDims(1), [1, samples, 1])
          .reshape([batch * samples, dimX]) as Tensor2D;
        const p = priorOf(params, each);
        const z = p ? draw(p, key) : (random.normal(key, [batch * samples, dim]) as Tensor2D);
        const output = decoder.apply(params.decoder, beside(each, z), inInference) as Tensor2D;
        return expectedData(likelihood, output).reshape([batch, samples, -1]);
      }),
    freeEnergy: (params, x, y, key, samples = 64) =>
      tf.tidy(() => {
        expectNumber('samples', samples, { atLeast: 1, integer: true });
        const q = posterior(params, x, y);
        const p = priorOf(params, x) ?? {
          mean: tf.zerosLike(q.mean),
          logVariance: tf.zerosLike(q.logVariance),
        };
        const weights = random.split(key, samples).map((k) => {
          const z = draw(q, k);
          return logDensity(p, z)
            .sub(logDensity(q, z))
            .sub(distortion(params, x, y, z));
        });
        return tf.logSumExp(tf.stack(weights), 0).sub(Math.log(samples)).neg() as Tensor1D;
      }),
  };
}

/** Two rows in one. */
function beside(x: Tensor2D, other: Tensor2D): Tensor2D {
  expectShape('x', x, ['batch', 'dimX']);
  expectShape('y', other, [x.shape[0], 'dimY']);
  return tf.concat([x, other], 1);
}

/** A network's output as a mean and a log variance. */
function gaussianOf(name: string, output: Tensor, dim: number): DiagonalGaussian {
  expectShape(`${name}: output`, output, ['batch', 2 * dim]);
  const [mean, logVariance] = tf.split(output, 2, 1) as [Tensor2D, Tensor2D];
  return { mean, logVariance };
}

const draw = ({ mean, logVariance }: DiagonalGaussian, key: random.Key): Tensor2D =>
  mean.add(random.normal(key, mean.shape).mul(logVariance.div(2).exp())) as Tensor2D;

/** log N(z) of each row, but for the constant, which cancels in a ratio. */
const logDensity = ({ mean, logVariance }: DiagonalGaussian, z: Tensor2D): Tensor1D =>
  z.sub(mean).square().div(logVariance.exp()).add(logVariance).sum(1).div(-2) as Tensor1D;
