import { tf, type Scalar, type Tensor2D } from '../core/engine';
import { expectSameShape } from '../core/checks';
import {
  cosineEnergy,
  jointEmbedding,
  type JointEmbeddingMethod,
  type JointEmbeddingOptions,
  type JointEmbeddingParams,
} from '../energy/jointEmbedding';
import { whiten, type WhitenOptions } from '../numerics/whiten';

/**
 * W-MSE's loss (Ermolov et al. 2021, equations 5-6, with rows of length 1): the squared distance of
 * twins after whitening.
 *
 *     mean | v1 - v2 |^2 = mean( 2 - 2 cos(v1, v2) ),      v = whiten(z), branch by branch
 *
 * Where VICReg and Barlow Twins ask for uncorrelated dimensions of equal variance by a penalty,
 * here they are made so: a constraint. The batch fills all of its dimensions whatever the network
 * does, so only agreement is left to be learned.
 *
 * The paper (section 3) and its code whiten by Cholesky's factor, `whitening: 'cholesky'`; the
 * default here is the symmetric root, which treats all dimensions alike. Both make the covariance
 * the identity, but they turn each branch differently, so their losses differ. The code also cuts
 * the batch into parts and whitens each by itself; here the batch is whitened as a whole.
 *
 * The constraint must be exact: shrinkage is measured by the greatest directions, so a network that
 * is trained under it learns to blow one of them up, in whose shade the others are not whitened any
 * more.
 *
 * @param z1 [batch, dim] embeddings of the first views, batch above dim; z2 of the second.
 * @param options those of `whiten`; by default no shrinkage, and 20 iterations, enough for a
 * spectrum that spans six decades.
 * @returns the mean over the batch, in [0, 4].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, random } from 'dark-matter';
 * const z = random.normal(random.key(0), [64, 4]);
 * assert.ok(noncontrastive.wmseLoss(z, z).dataSync()[0] < 1e-5);
 * ```
 */
export function wmseLoss(
  z1: Tensor2D,
  z2: Tensor2D,
  { whitening = 'zca', shrinkage = 0, iterations = 20 }: WhitenOptions = {},
): Scalar {
  expectSameShape('z1, z2', z1, z2);
  const exactly = { whitening, shrinkage, iterations };
  return tf.tidy(
    () => cosineEnergy(whiten(z1, exactly), whiten(z2, exactly)).mean().mul(2) as Scalar,
  );
}

/**
 * W-MSE as a method. Energy: 1 - cos of the projections. Mechanism: the whitening.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, nn, random, train } from 'dark-matter';
 * const method = noncontrastive.wmse({ encoder: nn.dense(4, 8), projector: nn.dense(8, 4) });
 * const x = random.normal(random.key(0), [64, 4]);
 * const data = { x1: x, x2: x.add(random.normal(random.key(1), [64, 4], 0, 0.1)) };
 * const { params } = await train({ method, data, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [64, 8]);
 * ```
 */
export function wmse<E, P>(
  options: JointEmbeddingOptions<E, P> &
    WhitenOptions & {
      /** false compares the embeddings as they are: collapse. */
      readonly whitens?: boolean;
    },
): JointEmbeddingMethod<JointEmbeddingParams<E, P>> {
  const { whitens = true } = options;
  const { init, views, ...afterTraining } = jointEmbedding(options);
  return {
    name: 'W-MSE',
    mechanism: whitens ? 'regularised' : 'none',
    options,
    init: (key) => ({ params: init(key), state: {} }),
    objective(params, { x1, x2 }, key, state) {
      const [z1, z2] = views(params, [x1, x2], key);
      const loss = whitens
        ? wmseLoss(z1, z2, options)
        : (cosineEnergy(z1, z2).mean().mul(2) as Scalar);
      return { loss, metrics: {}, state };
    },
    ...afterTraining,
  };
}
