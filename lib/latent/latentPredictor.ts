import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectShape } from '../core/checks';
import type { EnergyMethod, NoState } from '../core/method';
import * as tree from '../core/pytree';
import { freeEnergy } from '../energy/freeEnergy';
import { calibrate, inInference, inTraining, type Layer } from '../nn';

export interface LatentPredictor<P> extends EnergyMethod<
  P,
  NoState,
  { readonly x: Tensor2D; readonly y: Tensor2D }
> {
  /**
   * Predictions for each x under each of some latents. x [batch, dimX], z [latents, dimZ] ->
   * [batch, latents, dimY].
   */
  predict(params: P, x: Tensor2D, z: Tensor2D): Tensor;
  /**
   * E(x, y, z) = || y - predictor(x, z) ||^2 of each pair of rows under each latent: [batch,
   * latents].
   */
  energies(params: P, x: Tensor2D, y: Tensor2D, z: Tensor2D): Tensor2D;
}

export interface LatentPredictorOptions<P> {
  /** [batch, dimX + dimZ] -> [batch, dimY]: the prediction from x, and after it z, in one row. */
  readonly predictor: Layer<P>;
  /**
   * [latents, dimZ]: all values that z may take. Their number limits what z can hold to
   * log(latents) nats: with one, it is a plain predictor; with too many, z tells y whatever x says.
   * Made anew at each call, from a seed or from constants.
   */
  readonly latents: () => Tensor2D;
  /**
   * The part of the loss in which all answers are moved, in [0, 1); default 0: the best alone. A
   * few per cent bring answers that were never the best to where they may be (Rupprecht et al.
   * 2017, equation 9).
   */
  readonly relax?: number;
}

/**
 * Predicts a set: one y for each value of a latent z, and for a given y the energy is that of the z
 * that suits it best.
 *
 *     F(x, y) = min_z || y - g(x, z) ||^2
 *
 * Trained by the best of K (multiple-choice learning: Guzman-Rivera, Batra and Kohli 2012): only
 * the prediction nearest to the observed y is moved towards it, so that different z come to answer
 * differently. The mean of all answers, which is what least squares without a latent predicts, is
 * then nobody's answer.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, nn, random, train } from 'dark-matter';
 * // Of x and one of two choices to y.
 * const method = latent.latentPredictor({
 *   predictor: nn.mlp([3, 16, 1]),
 *   latents: latent.choices(2),
 * });
 * const x = random.normal(random.key(0), [64, 1]);
 * const { params } = await train({
 *   method,
 *   data: { x, y: x.sign() },
 *   batch: 16,
 *   steps: 3,
 *   display: 'none',
 * });
 * assert.deepEqual(method.energies(params, x, x, latent.choices(2)()).shape, [64, 2]);
 * ```
 */
export function latentPredictor<P>(options: LatentPredictorOptions<P>): LatentPredictor<P> {
  const { predictor, latents, relax = 0 } = options;
  expectNumber('relax', relax, { atLeast: 0, atMost: 0.99 });
  /** Each x beside each z: [batch * latents, dimX + dimZ]. */
  const pairs = (x: Tensor2D, z: Tensor2D): Tensor => {
    expectShape('x', x, ['batch', 'dimX']);
    expectShape('z', z, ['latents', 'dimZ']);
    const [batch, dimX] = x.shape;
    const [count, dimZ] = z.shape;
    const each = tf.tile(x.expandDims(1), [1, count, 1]).reshape([batch * count, dimX]);
    return tf.concat([each, tf.tile(z, [batch, 1]).reshape([batch * count, dimZ])], 1);
  };
  const predict = (params: P, x: Tensor2D, z: Tensor2D, how = inInference): Tensor =>
    predictor.apply(params, pairs(x, z), how).reshape([x.shape[0], z.shape[0], -1]);
  const energies = (
    params: P,
    x: Tensor2D,
    y: Tensor2D,
    z: Tensor2D,
    how = inInference,
  ): Tensor2D => {
    const answers = predict(params, x, z, how);
    expectShape('y', y, [x.shape[0], answers.shape[2]!]);
    return answers.sub(y.expandDims(1)).square().sum(2) as Tensor2D;
  };
  return {
    name: 'Latent-variable predictor',
    mechanism: 'limited-latent',
    options,
    init: (key) => ({ params: predictor.init(key), state: {} }),
    objective(params, { x, y }, key, state) {
      const all = energies(params, x, y, latents(), inTraining(predictor, key));
      const best = freeEnergy(all).mean() as Scalar;
      const loss = relax === 0 ? best : (best.mul(1 - relax).add(all.mean().mul(relax)) as Scalar);
      return { loss, metrics: { best }, state };
    },
    energy: (params, x, y) =>
      tf.tidy(
        () => freeEnergy(energies(params, x as Tensor2D, y as Tensor2D, latents())) as Tensor1D,
      ),
    /** The predictor on each x under each latent. */
    calibrate: (params, x) =>
      tree.tidy(() => calibrate(predictor, params, pairs(x as Tensor2D, latents()))),
    predict: (params, x, z) => tf.tidy(() => predict(params, x, z)),
    energies: (params, x, y, z) => tf.tidy(() => energies(params, x, y, z)),
  };
}

/**
 * `count` latents of one unit each: [count, count], the identity. For a latent that is one of a
 * few.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent } from 'dark-matter';
 * assert.deepEqual(latent.choices(2)().arraySync(), [
 *   [1, 0],
 *   [0, 1],
 * ]);
 * ```
 */
export function choices(count: number): () => Tensor2D {
  expectNumber('count', count, { atLeast: 1, integer: true });
  return () => tf.eye(count);
}

export interface SetQuality {
  /** The share of what may happen that has a prediction within the tolerance, in [0, 1]. */
  readonly coverage: number;
  /**
   * The share of the predictions that are within the tolerance of something that may happen, in [0,
   * 1].
   */
  readonly precision: number;
}

/**
 * How well predicted sets match the sets of what may happen, when these are known.
 *
 * @param predicted [batch, predictions, dim]. @param possible [batch, outcomes, dim].
 * @param tolerance the distance that counts as a hit, above 0.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { latent, tf } from 'dark-matter';
 * // One of two answers is found, and nothing else is said.
 * const { coverage, precision } = latent.setQuality(
 *   tf.tensor3d([[[0]]]),
 *   tf.tensor3d([[[0], [5]]]),
 *   0.1,
 * );
 * assert.deepEqual([coverage, precision], [0.5, 1]);
 * ```
 */
export function setQuality(predicted: Tensor, possible: Tensor, tolerance: number): SetQuality {
  expectShape('predicted', predicted, ['batch', 'predictions', 'dim']);
  expectShape('possible', possible, [predicted.shape[0]!, 'outcomes', predicted.shape[2]!]);
  expectNumber('tolerance', tolerance, { above: 0 });
  const [coverage, precision] = tf
    .tidy(() => {
      const near = predicted
        .expandDims(2)
        .sub(possible.expandDims(1))
        .square()
        .sum(3)
        .lessEqual(tolerance ** 2)
        .toFloat(); // [batch, predictions, outcomes]
      return tf.stack([near.max(1).mean(), near.max(2).mean()]);
    })
    .dataSync() as unknown as [number, number];
  return { coverage, precision };
}
