import { tf, type Scalar, type Tensor2D } from '../core/engine';
import { expectNumber } from '../core/checks';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { stopGradient } from '../core/stopGradient';
import {
  cosineEnergy,
  jointEmbedding,
  type JointEmbeddingMethod,
  type JointEmbeddingOptions,
  type JointEmbeddingParams,
} from '../energy/jointEmbedding';
import type { Layer } from '../nn';
import { cosineMomentum, ema } from '../core/ema';
import { predicting, type Predicting } from './predicting';

/**
 * BYOL's loss (Grill et al. 2020, equation 2, symmetrised): the squared distance of unit vectors, 2
 * - 2 cos, from each prediction to the other view's target.
 *
 * @param p1 [batch, dim] predictions from the first views; p2 from the second.
 * @param t1 [batch, dim] targets of the first views; t2 of the second. No gradient flows into them.
 * @returns the mean over the batch of the sum of both directions, in [0, 8].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const z = random.normal(random.key(0), [16, 8]);
 * // Predictions that point where their targets point: the least there is.
 * assert.ok(Math.abs(noncontrastive.byolLoss(z, z, z, z).dataSync()[0] - 0) < 1e-4);
 * ```
 */
export function byolLoss(p1: Tensor2D, p2: Tensor2D, t1: Tensor2D, t2: Tensor2D): Scalar {
  return tf.tidy(
    () =>
      cosineEnergy(p1, stopGradient(t2))
        .mean()
        .add(cosineEnergy(p2, stopGradient(t1)).mean())
        .mul(2) as Scalar,
  );
}

export type ByolParams<E, P, Q> = Predicting<E, P, Q>;

/** The target network: an average of the online network's past. */
export interface ByolState<E, P> {
  readonly target: JointEmbeddingParams<E, P>;
}

/**
 * BYOL, bootstrap your own latent (Grill et al. 2020). Energy: 1 - cos of the projections.
 *
 * Mechanism: an asymmetry. The online network predicts the output of a slightly different twin, a
 * moving average of itself: t <- m t + (1 - m) online, with m rising to 1 on a cosine. No
 * negatives.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, nn, random, train } from 'dark-matter';
 * const method = noncontrastive.byol({
 *   encoder: nn.dense(4, 8),
 *   projector: nn.dense(8, 4),
 *   predictor: nn.mlp([4, 8, 4]),
 * });
 * const x = random.normal(random.key(0), [64, 4]);
 * const data = { x1: x, x2: x.add(random.normal(random.key(1), [64, 4], 0, 0.1)) };
 * const { params } = await train({ method, data, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [64, 8]);
 * ```
 */
export function byol<E, P, Q>(
  options: JointEmbeddingOptions<E, P> & {
    /** [batch, dim] -> [batch, dim]. */
    readonly predictor: Layer<Q>;
    /**
     * The average's first weight, default 0.99; 0 makes the target the online network itself (with
     * its gradient stopped).
     */
    readonly momentum?: number;
    /** false takes the predictor away: collapse. */
    readonly predicts?: boolean;
  },
): JointEmbeddingMethod<ByolParams<E, P, Q>, ByolState<E, P>> {
  const { predictor, momentum = 0.99, predicts = true } = options;
  expectNumber('momentum', momentum, { atLeast: 0, atMost: 1 });
  const { views, ...shared } = jointEmbedding(options);
  const { predict, calibrate } = predicting(shared, predictor);
  return {
    name: 'BYOL',
    mechanism: predicts ? 'asymmetric' : 'none',
    options,
    init(key) {
      const [forNetworks, forPredictor] = random.split(key);
      const online = shared.init(forNetworks);
      const params = { ...online, predictor: predictor.init(forPredictor) };
      tf.dispose([forNetworks, forPredictor]);
      return { params, state: { target: tree.clone(online) } };
    },
    objective(params, { x1, x2 }, key, state) {
      const [t1, t2] = views(state.target, [x1, x2]);
      const z = views(params, [x1, x2], key);
      const [p1, p2] = predicts ? predict(params, z, key) : z;
      return { loss: byolLoss(p1, p2, t1, t2), metrics: {}, state };
    },
    afterUpdate({ encoder, projector }, { target }, progress) {
      const weight = momentum === 0 ? tf.scalar(0) : cosineMomentum(momentum, progress);
      return { target: ema(target, { encoder, projector }, weight) };
    },
    energy: shared.energy,
    embed: shared.embed,
    project: shared.project,
    calibrate,
  };
}
