/**
 * The contrastive methods before InfoNCE: each example is compared with its twin, and with one
 * other.
 *
 * Embeddings are normalised, so distances are between 0 and 2 and d^2 = 2 F for the cosine energy
 * F: margins mean the same for all networks. The other is the second view of the batch's next
 * example; batches are random, and so is who is next.
 */
import { tf, type Scalar, type Tensor1D, type Tensor2D } from '../core/engine';
import { l2Normalize } from '../core/l2Normalize';
import {
  cosineEnergy,
  jointEmbedding,
  type JointEmbeddingMethod,
  type JointEmbeddingOptions,
  type JointEmbeddingParams,
} from '../energy/jointEmbedding';
import { pairMarginLoss } from './pairMargin';
import { tripletLoss } from './triplet';

/** Networks, and how far others have to be. */
export type MarginOptions<E, P> = JointEmbeddingOptions<E, P> & {
  /** Above 0, in distance on the unit sphere, on which opposite points are 2 apart; default 1. */
  readonly margin?: number;
};

/**
 * DrLIM (Hadsell, Chopra and LeCun 2006): half of the pairs are twins and attract, half are not and
 * repel while they are closer than the margin.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, nn, random, train } from 'dark-matter';
 * const method = contrastive.drlim({ encoder: nn.dense(4, 8), projector: nn.dense(8, 4) });
 * const x = random.normal(random.key(0), [64, 4]);
 * const data = { x1: x, x2: x.add(random.normal(random.key(1), [64, 4], 0, 0.1)) };
 * const { params } = await train({ method, data, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [64, 8]);
 * ```
 */
export function drlim<E, P>(
  options: MarginOptions<E, P>,
): JointEmbeddingMethod<JointEmbeddingParams<E, P>> {
  return compareWithOne('DrLIM', options, (a, twin, other) => {
    const n = a.shape[0];
    const same = tf.concat([tf.ones([n]), tf.zeros([n])]) as Tensor1D;
    return pairMarginLoss(
      tf.concat([a, a]) as Tensor2D,
      tf.concat([twin, other]) as Tensor2D,
      same,
      options,
    );
  });
}

/**
 * A triplet network (Schroff et al. 2015): the twin has to be nearer than the other, by the margin.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, nn, random, train } from 'dark-matter';
 * const method = contrastive.tripletNetwork({
 *   encoder: nn.dense(4, 8),
 *   projector: nn.dense(8, 4),
 * });
 * const x = random.normal(random.key(0), [64, 4]);
 * const data = { x1: x, x2: x.add(random.normal(random.key(1), [64, 4], 0, 0.1)) };
 * const { params } = await train({ method, data, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [64, 8]);
 * ```
 */
export function tripletNetwork<E, P>(
  options: MarginOptions<E, P>,
): JointEmbeddingMethod<JointEmbeddingParams<E, P>> {
  return compareWithOne('Triplet', options, (a, twin, other) =>
    tripletLoss(a, twin, other, options),
  );
}

function compareWithOne<E, P>(
  name: string,
  networks: JointEmbeddingOptions<E, P>,
  loss: (anchor: Tensor2D, twin: Tensor2D, other: Tensor2D) => Scalar,
): JointEmbeddingMethod<JointEmbeddingParams<E, P>> {
  const { init, views, ...afterTraining } = jointEmbedding(networks);
  return {
    name,
    mechanism: 'contrastive',
    init: (key) => ({ params: init(key), state: {} }),
    objective(params, { x1, x2 }, key, state) {
      const [anchor, twin] = views(params, [x1, x2], key).map(l2Normalize) as [Tensor2D, Tensor2D];
      const [first, rest] = tf.split(twin, [1, twin.shape[0] - 1]) as [Tensor2D, Tensor2D];
      const other = tf.concat([rest, first]) as Tensor2D;
      return {
        loss: loss(anchor, twin, other),
        metrics: { energy: cosineEnergy(anchor, twin).mean() as Scalar },
        state,
      };
    },
    ...afterTraining,
  };
}
