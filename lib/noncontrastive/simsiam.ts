import { tf, type Scalar, type Tensor2D } from '../core/engine';
import * as random from '../core/random';
import { stopGradient } from '../core/stopGradient';
import {
  jointEmbedding,
  type JointEmbeddingMethod,
  type JointEmbeddingOptions,
} from '../energy/jointEmbedding';
import { negativeCosine } from '../energy/negativeCosine';
import type { Layer } from '../nn';
import { predicting, type Predicting } from './predicting';

/**
 * SimSiam's loss (Chen and He 2021, equations 2-4): each branch, through a predictor, foretells the
 * other, which is held still.
 *
 *     D(p1, stop(z2)) / 2 + D(p2, stop(z1)) / 2,      D(p, z) = -cos(p, z)
 *
 * @param p1 [batch, dim] the predictor's output for the first views; p2 for the second.
 * @param z1 [batch, dim] the projections of the first views; z2 of the second. No gradient flows
 * into them.
 * @returns the mean over the batch, in [-1, 1].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const z = random.normal(random.key(0), [16, 8]);
 * // Predictions that point where their targets point: the least there is.
 * assert.ok(Math.abs(noncontrastive.simsiamLoss(z, z, z, z).dataSync()[0] - -1) < 1e-4);
 * ```
 */
export function simsiamLoss(p1: Tensor2D, p2: Tensor2D, z1: Tensor2D, z2: Tensor2D): Scalar {
  return tf.tidy(
    () =>
      negativeCosine(p1, stopGradient(z2))
        .add(negativeCosine(p2, stopGradient(z1)))
        .div(2) as Scalar,
  );
}

export type SimSiamParams<E, P, Q> = Predicting<E, P, Q>;

/**
 * SimSiam (Chen and He 2021). Energy: 1 - cos of the projections.
 *
 * Mechanism: an asymmetry. The predictor sits on one branch, the gradient is stopped on the other.
 * No negatives, no balance, no average: constant output is still a solution of the loss, but
 * gradient descent does not go there. Either switch brings the collapse back.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, nn, random, train } from 'dark-matter';
 * const method = noncontrastive.simsiam({
 *   encoder: nn.dense(4, 8),
 *   projector: nn.dense(8, 4),
 *   predictor: nn.mlp([4, 2, 4]),
 * });
 * const x = random.normal(random.key(0), [64, 4]);
 * const data = { x1: x, x2: x.add(random.normal(random.key(1), [64, 4], 0, 0.1)) };
 * const { params } = await train({ method, data, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [64, 8]);
 * ```
 */
export function simsiam<E, P, Q>(
  options: JointEmbeddingOptions<E, P> & {
    /** [batch, dim] -> [batch, dim], with a bottleneck. */
    readonly predictor: Layer<Q>;
    /** false lets the gradient flow into the target branch: collapse. */
    readonly stopsGradient?: boolean;
    /** false takes the predictor away: collapse. */
    readonly predicts?: boolean;
  },
): JointEmbeddingMethod<SimSiamParams<E, P, Q>> {
  const { predictor, stopsGradient = true, predicts = true } = options;
  const { views, ...shared } = jointEmbedding(options);
  const { predict, calibrate } = predicting(shared, predictor);
  const target = (z: Tensor2D): Tensor2D => (stopsGradient ? stopGradient(z) : z);
  return {
    name: 'SimSiam',
    mechanism: stopsGradient && predicts ? 'asymmetric' : 'none',
    options,
    init(key) {
      const [forNetworks, forPredictor] = random.split(key);
      const params = { ...shared.init(forNetworks), predictor: predictor.init(forPredictor) };
      tf.dispose([forNetworks, forPredictor]);
      return { params, state: {} };
    },
    objective(params, { x1, x2 }, key, state) {
      const [z1, z2] = views(params, [x1, x2], key);
      const [p1, p2] = predicts ? predict(params, [z1, z2], key) : [z1, z2];
      const forward = negativeCosine(p1, target(z2));
      const backward = negativeCosine(p2, target(z1));
      const loss = forward.add(backward).div(2) as Scalar;
      return { loss, metrics: {}, state };
    },
    energy: shared.energy,
    embed: shared.embed,
    project: shared.project,
    calibrate,
  };
}
