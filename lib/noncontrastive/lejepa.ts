import { tf, type Scalar, type Tensor2D } from '../core/engine';
import { expectCompany, expectSameShape } from '../core/checks';
import type { Key } from '../core/random';
import {
  jointEmbedding,
  type JointEmbeddingMethod,
  type JointEmbeddingOptions,
  type JointEmbeddingParams,
} from '../energy/jointEmbedding';
import { sigregLoss, weighSigreg, type SigregOptions } from './sigreg';

export interface LejepaOptions extends SigregOptions {
  /**
   * The regulariser's share of the loss, in [0, 1]. Default 0.05; 0 removes it, and collapse
   * follows.
   */
  lambda?: number;
}

/** The two terms before they are weighted; scalars, each at least 0. */
export interface LejepaTerms {
  /**
   * The mean over views, batch and dimensions of the squared distance to the views' mean: for two
   * views a quarter of theirs.
   */
  readonly prediction: Scalar;
  /** SIGReg, the mean over the views. */
  readonly sigreg: Scalar;
}

/**
 * LeJEPA's terms (Balestriero and LeCun 2025) for two views, both global.
 *
 * @param z1 [batch, dim] embeddings of the first views, not normalised; z2 of the second.
 * @param key draws the directions, the same ones for both views.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const z = random.normal(random.key(0), [500, 4]);
 * const { prediction } = noncontrastive.lejepaTerms(z, z, random.key(1));
 * assert.ok(prediction.dataSync()[0] < 1e-6);
 * ```
 */
export function lejepaTerms(
  z1: Tensor2D,
  z2: Tensor2D,
  key: Key,
  options: SigregOptions = {},
): LejepaTerms {
  expectSameShape('z1, z2', z1, z2);
  expectCompany(z1);
  return {
    prediction: tf.tidy(() => z1.sub(z2).square().mean().div(4) as Scalar),
    sigreg: tf.tidy(
      () =>
        sigregLoss(z1, key, options)
          .add(sigregLoss(z2, key, options))
          .div(2) as Scalar,
    ),
  };
}

/**
 * (1 - lambda) * prediction + lambda * SIGReg, a scalar of at least 0.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const z = random.normal(random.key(0), [500, 4]);
 * const [spread, collapsed] = [z, z.mul(0.001) as typeof z].map((each) =>
 *   noncontrastive.lejepaLoss(each, each, random.key(1)),
 * );
 * assert.ok(spread!.dataSync()[0] < collapsed!.dataSync()[0]);
 * ```
 */
export function lejepaLoss(
  z1: Tensor2D,
  z2: Tensor2D,
  key: Key,
  options: LejepaOptions = {},
): Scalar {
  return tf.tidy(() => weighSigreg(lejepaTerms(z1, z2, key, options), options.lambda));
}

/**
 * LeJEPA (Balestriero and LeCun 2025) as a method: views agree, and their embeddings are
 * distributed like N(0, I), of all distributions the one that serves unknown tasks best. Energy: 1
 * - cos of the projections.
 *
 * Mechanism: SIGReg, a term on the embedding of each branch. No negatives, predictor, teacher or
 * stopped gradient.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, nn, random, train } from 'dark-matter';
 * const method = noncontrastive.lejepa({
 *   encoder: nn.dense(4, 8),
 *   projector: nn.dense(8, 4),
 *   slices: 16,
 * });
 * const x = random.normal(random.key(0), [64, 4]);
 * const data = { x1: x, x2: x.add(random.normal(random.key(1), [64, 4], 0, 0.1)) };
 * const { params } = await train({ method, data, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [64, 8]);
 * ```
 */
export function lejepa<E, P>(
  options: JointEmbeddingOptions<E, P> & LejepaOptions,
): JointEmbeddingMethod<JointEmbeddingParams<E, P>> {
  const { init, views, ...afterTraining } = jointEmbedding(options);
  return {
    name: 'LeJEPA',
    mechanism: options.lambda === 0 ? 'none' : 'regularised',
    options,
    init: (key) => ({ params: init(key), state: {} }),
    objective(params, { x1, x2 }, key, state) {
      const [z1, z2] = views(params, [x1, x2], key);
      const terms = lejepaTerms(z1, z2, key, options);
      return { loss: weighSigreg(terms, options.lambda), metrics: { ...terms }, state };
    },
    ...afterTraining,
  };
}
