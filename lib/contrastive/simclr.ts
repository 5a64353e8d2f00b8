import type { Scalar } from '../core/engine';
import {
  cosineEnergy,
  jointEmbedding,
  type JointEmbeddingMethod,
  type JointEmbeddingOptions,
  type JointEmbeddingParams,
} from '../energy/jointEmbedding';
import { ntXentLoss } from './ntXent';

/**
 * SimCLR (Chen et al. 2020): two augmented views of an image attract, all other images of the batch
 * repel.
 *
 * Energy: 1 - cos of the two projections. Pushed down on twins, pushed up on every other pair of
 * the batch: the batch supplies the contrastive samples, which is why the method wants large ones.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, nn, random, train } from 'dark-matter';
 * const method = contrastive.simclr({
 *   encoder: nn.dense(4, 8),
 *   projector: nn.dense(8, 4),
 *   temperature: 0.5,
 * });
 * const x = random.normal(random.key(0), [64, 4]);
 * const data = { x1: x, x2: x.add(random.normal(random.key(1), [64, 4], 0, 0.1)) };
 * const { params } = await train({ method, data, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [64, 8]);
 * ```
 */
export function simclr<E, P>(
  options: JointEmbeddingOptions<E, P> & {
    /** Above 0; default 0.5, the paper's for small images. */
    temperature?: number;
  },
): JointEmbeddingMethod<JointEmbeddingParams<E, P>> {
  const { temperature = 0.5 } = options;
  const { init, views, ...afterTraining } = jointEmbedding(options);
  return {
    name: 'SimCLR',
    mechanism: 'contrastive',
    options,
    init: (key) => ({ params: init(key), state: {} }),
    objective(params, { x1, x2 }, key, state) {
      const [z1, z2] = views(params, [x1, x2], key);
      const loss = ntXentLoss(z1, z2, { temperature });
      return { loss, metrics: { energy: cosineEnergy(z1, z2).mean() as Scalar }, state };
    },
    ...afterTraining,
  };
}
