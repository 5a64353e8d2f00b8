import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import type { Method } from '../core/method';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { calibrate, inInference, inTraining, type Layer } from '../nn';
import type { Limit } from './limits';

export interface AutoencoderParams<E, D> {
  readonly encoder: E;
  readonly decoder: D;
}

/** The noise of training, for limits that have some. */
export interface LatentNoise {
  readonly key: random.Key;
  /** So many draws, of whose energies the mean is taken. Default 16. */
  readonly draws?: number;
}

/** What an energy is made of, [batch] each. */
export interface EnergyTerms {
  /** The squared distance to the reconstruction. */
  readonly error: Tensor1D;
  /** What the latent costs. */
  readonly price: Tensor1D;
}

export interface LimitedAutoencoder<E, D, S> extends Method<
  AutoencoderParams<E, D>,
  S,
  { readonly x: Tensor2D }
> {
  /**
   * Parameters for use after training, with the statistics of x; see `Calibrated`. The decoder's are
   * those of the latents that the limit settles on.
   */
  calibrate(params: AutoencoderParams<E, D>, state: S, x: Tensor2D): AutoencoderParams<E, D>;
  /**
   * F of each row, [batch], with the state that the training ended in (a codebook): without noise,
   * or with it as it was trained.
   */
  energyIn(params: AutoencoderParams<E, D>, state: S, x: Tensor2D, noise?: LatentNoise): Tensor1D;
  /** The two terms that `energyIn` adds up. The caller owns both. */
  termsIn(params: AutoencoderParams<E, D>, state: S, x: Tensor2D, noise?: LatentNoise): EnergyTerms;
  /** The data's nearest in what the latent can say: [batch, dim] -> the same. */
  reconstruct(params: AutoencoderParams<E, D>, state: S, x: Tensor2D): Tensor2D;
}

/**
 * Predicts its own input through a latent, of which a limit decides what it can hold.
 *
 *     F(x) = || x - decoder(limit(encoder(x))) ||^2 + the limit's price
 *
 * Without a limit x is copied, and the energy is low everywhere. The energy is the same sum in
 * training (where some limits add noise) and afterwards. Without its noise a latent can hold more
 * than the one that was trained: `energyIn` and `termsIn` take the noise of training, too.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, nn, random, train } from 'dark-matter';
 * const [encoder, decoder] = [nn.mlp([8, 16, 4]), nn.mlp([4, 16, 8])];
 * const method = latent.limitedAutoencoder({
 *   encoder,
 *   decoder,
 *   limit: latent.sparseLimit({ alpha: 0.1 }),
 * });
 * const x = random.normal(random.key(0), [64, 8]);
 * const { params, state } = await train({
 *   method,
 *   data: { x },
 *   batch: 16,
 *   steps: 3,
 *   display: 'none',
 * });
 * assert.deepEqual(method.reconstruct(params, state, x).shape, [64, 8]);
 * const { error, price } = method.termsIn(params, state, x, { key: random.key(1) });
 * assert.deepEqual([error.shape, price.shape], [[64], [64]]);
 * ```
 */
export function limitedAutoencoder<E, D, S>(options: {
  /** [batch, dim] -> [batch, what the limit takes] */
  readonly encoder: Layer<E>;
  /** [batch, what the limit gives] -> [batch, dim] */
  readonly decoder: Layer<D>;
  readonly limit: Limit<S>;
}): LimitedAutoencoder<E, D, S> {
  const { encoder, decoder, limit } = options;
  const encode = (params: AutoencoderParams<E, D>, x: Tensor, how = inInference): Tensor2D =>
    encoder.apply(params.encoder, x, how) as Tensor2D;
  const error = (
    params: AutoencoderParams<E, D>,
    x: Tensor,
    latent: Tensor2D,
    how = inInference,
  ): Tensor1D =>
    x
      .sub(decoder.apply(params.decoder, latent, how))
      .square()
      .sum(1) as Tensor1D;
  const terms = (
    params: AutoencoderParams<E, D>,
    state: S,
    x: Tensor2D,
    noise?: LatentNoise,
  ): EnergyTerms => {
    const z = encode(params, x);
    const of = ({ latent, price }: { latent: Tensor2D; price: Tensor1D }): EnergyTerms => ({
      error: error(params, x, latent),
      price,
    });
    if (!noise || !limit.stochastic) return of(limit.settle(z, state));
    const { key, draws = 16 } = noise;
    expectNumber('draws', draws, { atLeast: 1, integer: true });
    const drawn = random.split(key, draws).map((own) => of(limit.pass(z, own, state)));
    const mean = (term: keyof EnergyTerms): Tensor1D =>
      tf.addN(drawn.map((each) => each[term])).div(draws) as Tensor1D;
    return { error: mean('error'), price: mean('price') };
  };
  return {
    name: `Auto-encoder, ${limit.name}`,
    mechanism: limit.limits ? 'limited-latent' : 'none',
    options,
    init: (key) => {
      const [a, b, c] = random.split(key, 3);
      return {
        params: { encoder: encoder.init(a), decoder: decoder.init(b) },
        state: limit.init(c),
      };
    },
    objective(params, { x }, key, state) {
      const passed = limit.pass(encode(params, x, inTraining(encoder, key)), key, state);
      const how = inTraining(decoder, key, 1);
      const wrong = error(params, x, passed.latent, how).mean() as Scalar;
      const price = passed.price.mean() as Scalar;
      return {
        loss: wrong.add(price) as Scalar,
        metrics: { error: wrong, price },
        state: passed.state,
      };
    },
    calibrate: (params, state, x) =>
      tree.tidy(() => {
        const fixed = calibrate(encoder, params.encoder, x);
        const { latent } = limit.settle(encode({ ...params, encoder: fixed }, x), state);
        return { encoder: fixed, decoder: calibrate(decoder, params.decoder, latent) };
      }),
    energyIn: (params, state, x, noise) =>
      tf.tidy(() => {
        const { error: wrong, price } = terms(params, state, x, noise);
        return wrong.add(price) as Tensor1D;
      }),
    termsIn: (params, state, x, noise) => tree.tidy(() => terms(params, state, x, noise)),
    reconstruct: (params, state, x) =>
      tf.tidy(
        () =>
          decoder.apply(
            params.decoder,
            limit.settle(encode(params, x), state).latent,
            inInference,
          ) as Tensor2D,
      ),
  };
}
