import type { Scalar } from '../core/engine';
import {
  cosineEnergy,
  jointEmbedding,
  type JointEmbeddingMethod,
  type JointEmbeddingOptions,
  type JointEmbeddingParams,
} from '../energy/jointEmbedding';

/**
 * A Siamese network trained only to agree: the control that collapses.
 *
 *     loss = mean F(x1, x2) = mean( 1 - cos(z1, z2) )
 *
 * The energy of compatible pairs is pushed down and nothing keeps it from being low everywhere. The
 * loss has a perfect minimum, 0, where the network ignores its input; training finds it.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, nn, random, train } from 'dark-matter';
 * const method = noncontrastive.siamese({ encoder: nn.dense(4, 8), projector: nn.dense(8, 4) });
 * const x = random.normal(random.key(0), [64, 4]);
 * const data = { x1: x, x2: x.add(random.normal(random.key(1), [64, 4], 0, 0.1)) };
 * const { params } = await train({ method, data, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [64, 8]);
 * ```
 */
export function siamese<E, P>(
  options: JointEmbeddingOptions<E, P>,
): JointEmbeddingMethod<JointEmbeddingParams<E, P>> {
  const { init, views, ...afterTraining } = jointEmbedding(options);
  return {
    name: 'Agreement only',
    mechanism: 'none',
    options,
    init: (key) => ({ params: init(key), state: {} }),
    objective(params, { x1, x2 }, key, state) {
      const [z1, z2] = views(params, [x1, x2], key);
      const loss = cosineEnergy(z1, z2).mean() as Scalar;
      return { loss, metrics: { energy: loss }, state };
    },
    ...afterTraining,
  };
}
