import { tf, type Tensor2D } from '../core/engine';
import { expectNumber, expectWidth } from '../core/checks';
import { l2Normalize } from '../core/l2Normalize';
import * as random from '../core/random';
import { stopGradient } from '../core/stopGradient';
import {
  jointEmbedding,
  type JointEmbeddingMethod,
  type JointEmbeddingOptions,
  type JointEmbeddingParams,
} from '../energy/jointEmbedding';
import { prototypeScores, prototypesUsed, randomDirections, randomPrototypes } from './prototypes';
import { sinkhorn } from './sinkhorn';
import { swappedPredictionLoss, type Crops } from './swappedPrediction';
import type { SwavLossOptions } from './swavLoss';

export interface SwavParams<E, P> extends JointEmbeddingParams<E, P> {
  /** [dim, prototypes]; what counts is the direction of each column. */
  readonly prototypes: Tensor2D;
}

/**
 * Embeddings of past batches, [size, dim], unit rows, the newest first; nothing where there is no
 * queue.
 */
export interface SwavState {
  readonly queue?: Tensor2D;
}

export interface SwavOptions extends SwavLossOptions {
  /** The width of the projector's output. */
  readonly dim: number;
  /** How many prototypes. The paper has several times as many as there are classes. */
  readonly prototypes: number;
  /**
   * Past embeddings that take part in the balance, for batches that are small beside the
   * prototypes. Default 0.
   */
  readonly queue?: number;
  /**
   * false assigns each crop by its own softmax, without Sinkhorn-Knopp's balance: collapse onto few
   * prototypes.
   */
  readonly balanced?: boolean;
}

/**
 * SwAV: swapping assignments between views (Caron et al. 2020). Energy: 1 - cos of the projections.
 *
 * A view's target is the group that another view of the same image falls into; groups are
 * directions, learned with the network. Mechanism: the groups of a batch are kept equally large by
 * Sinkhorn-Knopp, so that "all the same" is no answer.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { noncontrastive, nn, random, train } from 'dark-matter';
 * const method = noncontrastive.swav({
 *   encoder: nn.dense(4, 8),
 *   projector: nn.dense(8, 4),
 *   dim: 4,
 *   prototypes: 6,
 * });
 * const x = random.normal(random.key(0), [64, 4]);
 * const data = { x1: x, x2: x.add(random.normal(random.key(1), [64, 4], 0, 0.1)) };
 * const { params } = await train({ method, data, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [64, 8]);
 * ```
 */
export function swav<E, P>(
  options: JointEmbeddingOptions<E, P> & SwavOptions,
): JointEmbeddingMethod<SwavParams<E, P>, SwavState, Crops> {
  const {
    dim,
    prototypes: count,
    temperature = 0.1,
    epsilon = 0.05,
    iterations = 3,
    queue: size = 0,
    balanced = true,
  } = options;
  expectNumber('dim', dim, { atLeast: 1, integer: true });
  expectNumber('prototypes', count, { atLeast: 2, integer: true });
  expectNumber('temperature', temperature, { above: 0 });
  expectNumber('epsilon', epsilon, { above: 0 });
  expectNumber('queue', size, { atLeast: 0, integer: true });
  const { init, views, ...afterTraining } = jointEmbedding(options);

  /** The assignments of a large crop, [batch, prototypes]. */
  const assign = (scores: Tensor2D, past: Tensor2D | undefined): Tensor2D => {
    if (!balanced) return tf.softmax(scores.div(epsilon)) as Tensor2D;
    if (!past) return sinkhorn(scores, { epsilon, iterations });
    return sinkhorn(tf.concat([scores, past]) as Tensor2D, { epsilon, iterations }).slice(
      [0, 0],
      [scores.shape[0], count],
    ) as Tensor2D;
  };

  return {
    name: 'SwAV',
    mechanism: balanced ? 'clustered' : 'none',
    options,
    init(key) {
      const [forNetworks, forPrototypes, forQueue] = random.split(key, 3);
      const params = {
        ...init(forNetworks),
        prototypes: randomPrototypes(forPrototypes, dim, count),
      };
      // Until it has filled, the queue holds random directions.
      const state = size > 0 ? { queue: randomDirections(forQueue, size, dim) } : {};
      tf.dispose([forNetworks, forPrototypes, forQueue]);
      return { params, state };
    },
    objective(params, { x1, x2, small = [] }, key, { queue }) {
      const z = views(params, [x1, x2, ...small], key).map((rows) => {
        expectWidth('dim', dim, rows, "the projector's");
        return l2Normalize(rows);
      });
      const scores = z.map((rows) => prototypeScores(rows, params.prototypes));
      const past = queue && prototypeScores(queue, params.prototypes);
      const targets = scores.slice(0, 2).map((large) => stopGradient(assign(large, past)));
      const loss = swappedPredictionLoss(scores, targets, temperature);
      const used = prototypesUsed(
        tf.softmax(stopGradient(scores[0]!).div(temperature)) as Tensor2D,
      );
      const next = queue
        ? {
            queue: tf
              .concat([stopGradient(z[0]!), queue], 0)
              .slice([0, 0], [size, dim]) as Tensor2D,
          }
        : {};
      return { loss, metrics: { used }, state: next };
    },
    ...afterTraining,
  };
}
