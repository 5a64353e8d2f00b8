import { tf, type Scalar, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import type { Method } from '../core/method';
import { clone, tidy } from '../core/pytree';
import { minimumOverLatent } from '../energy/freeEnergy';
import { calibrate, inInference, inTraining, type Layer } from '../nn';

export interface AmortisedInferenceOptions<P, E> {
  /**
   * [batch, dimX + dimZ] -> [batch, dimY], as a latentPredictor's: x, and after it z, in one row.
   */
  readonly predictor: Layer<P>;
  /**
   * The predictor's parameters, which stay as they are; the caller keeps them. Calibrated, where it
   * normalises batches.
   */
  readonly predictorParams: P;
  /** The inference network: [batch, dimX + dimY], x and after it y in one row, -> [batch, dimZ]. */
  readonly encoder: Layer<E>;
  /** The price of the latent's squared length, at least 0; default 0. */
  readonly price?: number;
}

export interface Refinement {
  /** Steps of gradient descent from the encoder's latent; default 0. */
  readonly steps?: number;
  /** Above 0. Default 0.1. */
  readonly stepSize?: number;
}

type Batch = { readonly x: Tensor2D; readonly y: Tensor2D };

/** `State` is the predictor's parameters. */
export interface AmortisedInference<P, E> extends Method<E, P, Batch> {
  /** E(x, y, z) of each row: [batch]. */
  energyAt(state: P, x: Tensor2D, y: Tensor2D, z: Tensor2D): Tensor1D;
  /**
   * The encoder's parameters for use after training, with the statistics of these pairs; see
   * `Calibrated`.
   */
  calibrate(params: E, x: Tensor2D, y: Tensor2D): E;
  /** The latent of each pair, [batch, dimZ]: the encoder's, or a few steps downhill from there. */
  infer(params: E, state: P, x: Tensor2D, y: Tensor2D, refinement?: Refinement): Tensor2D;
}

/**
 * The latent of a pair by a network, in place of a search: trained once over all pairs, it answers
 * each new one in a single pass.
 *
 *     E(x, y, z) = || y - g(x, z) ||^2 + price || z ||^2,     loss = mean of E(x, y, encoder(x, y))
 *
 * The loss is never below the mean of min_z E; what lies between is the *amortisation gap* (Cremer,
 * Li and Duvenaud 2018). A few steps of gradient descent from the encoder's answer close it in
 * part: *semi-amortised* inference (after Kim et al. 2018, who also train through the steps; here
 * they are taken after training).
 *
 * It infers; it does not limit: without a price, z says what the predictor lets it say.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, nn, random, train } from 'dark-matter';
 * const [predictor, encoder] = [nn.mlp([3, 16, 1]), nn.mlp([2, 16, 2])];
 * const predictorParams = predictor.init(random.key(0));
 * const method = latent.amortisedInference({ predictor, predictorParams, encoder });
 * const x = random.normal(random.key(1), [64, 1]);
 * const { params, state } = await train({
 *   method,
 *   data: { x, y: x.square() },
 *   batch: 16,
 *   steps: 3,
 *   display: 'none',
 * });
 * assert.deepEqual(method.infer(params, state, x, x.square()).shape, [64, 2]);
 * ```
 */
export function amortisedInference<P, E>(
  options: AmortisedInferenceOptions<P, E>,
): AmortisedInference<P, E> {
  const { predictor, predictorParams, encoder, price = 0 } = options;
  expectNumber('price', price, { atLeast: 0 });
  const energyAt = (state: P, x: Tensor2D, y: Tensor2D, z: Tensor2D): Tensor1D => {
    const answer = predictor.apply(state, beside('z', x, z), inInference) as Tensor2D;
    expectShape('y', y, answer.shape);
    return answer.sub(y).square().sum(1).add(z.square().sum(1).mul(price)) as Tensor1D;
  };
  const encode = (params: E, x: Tensor2D, y: Tensor2D, how = inInference): Tensor2D =>
    encoder.apply(params, beside('y', x, y), how) as Tensor2D;
  return {
    name: 'Amortised inference',
    mechanism: price > 0 ? 'limited-latent' : 'none',
    options,
    init: (key) => ({ params: encoder.init(key), state: clone(predictorParams) as P }),
    objective: (params, { x, y }, key, state) => ({
      loss: energyAt(state, x, y, encode(params, x, y, inTraining(encoder, key))).mean() as Scalar,
      metrics: {},
      state,
    }),
    energyAt: (state, x, y, z) => tf.tidy(() => energyAt(state, x, y, z)),
    calibrate: (params, x, y) => tidy(() => calibrate(encoder, params, beside('y', x, y))),
    infer(params, state, x, y, { steps = 0, stepSize = 0.1 } = {}) {
      expectNumber('steps', steps, { atLeast: 0, integer: true });
      expectNumber('stepSize', stepSize, { above: 0 });
      return tf.tidy(() => {
        const start = encode(params, x, y);
        return steps === 0
          ? start
          : minimumOverLatent((z: Tensor2D) => energyAt(state, x, y, z), start, { steps, stepSize })
              .z;
      });
    },
  };
}

function beside(name: string, x: Tensor2D, other: Tensor2D): Tensor2D {
  expectShape('x', x, ['batch', 'dimX']);
  expectShape(name, other, [x.shape[0], 'dim']);
  return tf.concat([x, other], 1);
}
