import { tf, type Scalar, type Tensor, type Tensor2D } from '../core/engine';
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
import { prototypeScores, prototypesUsed, randomPrototypes } from './prototypes';
import { sinkhorn } from './sinkhorn';
import { swappedPredictionLoss, type Crops } from './swappedPrediction';
import type { SwavLossOptions } from './swavLoss';

export interface SwavParams<E, P> extends JointEmbeddingParams<E, P> {
  /** [dim, prototypes]; what counts is the direction of each column. */
  readonly prototypes: Tensor2D;
}

/** What past batches left; nothing where there is no queue. */
export interface SwavState {
  /**
   * The embeddings of each large crop, [size, dim], unit rows, the newest first; zeros until they
   * come.
   */
  readonly queue?: readonly [Tensor2D, Tensor2D];
  /** int32 scalar: how many rows of a queue are filled. */
  readonly filled?: Scalar;
  /** int32 scalar: updates done, where the queue comes late or the prototypes are frozen. */
  readonly done?: Scalar;
}

export interface SwavOptions extends SwavLossOptions {
  /** The width of the projector's output. */
  readonly dim: number;
  /** How many prototypes. The paper has several times as many as there are classes. */
  readonly prototypes: number;
  /**
   * Past embeddings that take part in the balance, for batches that are small beside the
   * prototypes: so many of each large crop, used from the step on that finds them all there, as in
   * the released code. Default 0.
   */
  readonly queue?: number;
  /**
   * Updates before the queue begins to be filled; the paper waits 15 epochs, until embeddings change
   * slowly. Default 0.
   */
  readonly queueFrom?: number;
  /**
   * Updates at the beginning in which the prototypes stay as they were drawn, while the network
   * learns; the released code has one epoch. Default 0.
   */
  readonly frozen?: number;
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
    queueFrom = 0,
    frozen = 0,
    balanced = true,
  } = options;
  expectNumber('dim', dim, { atLeast: 1, integer: true });
  expectNumber('prototypes', count, { atLeast: 2, integer: true });
  expectNumber('temperature', temperature, { above: 0 });
  expectNumber('epsilon', epsilon, { above: 0 });
  expectNumber('queue', size, { atLeast: 0, integer: true });
  expectNumber('queueFrom', queueFrom, { atLeast: 0, integer: true });
  if (queueFrom > 0 && size === 0)
    throw new Error(`queueFrom: ${queueFrom} given without queue, its size expected`);
  expectNumber('frozen', frozen, { atLeast: 0, integer: true });
  const counts = queueFrom > 0 || frozen > 0;
  const { init, views, ...afterTraining } = jointEmbedding(options);

  /**
   * The assignments of a large crop, [batch, prototypes], in balance with `past` where it is used.
   */
  const assign = (scores: Tensor2D, past?: { scores: Tensor2D; full: Tensor }): Tensor2D => {
    if (!balanced) return tf.softmax(scores.div(epsilon)) as Tensor2D;
    const alone = sinkhorn(scores, { epsilon, iterations });
    if (!past) return alone;
    const together = sinkhorn(tf.concat([scores, past.scores]), { epsilon, iterations });
    return tf.where(past.full, together.slice([0, 0], alone.shape), alone) as Tensor2D;
  };

  /** The prototypes, through which no gradient flows in the first updates. */
  const learned = (prototypes: Tensor2D, done?: Scalar): Tensor2D => {
    if (frozen === 0 || !done) return prototypes;
    const still = stopGradient(prototypes);
    const flows = done.greaterEqual(tf.scalar(frozen, 'int32')).toFloat();
    return still.add(prototypes.sub(still).mul(flows)) as Tensor2D;
  };
  /** The queue after an update: the newest embeddings in front, and how many count. */
  const queuedUp = (
    { queue, filled, done }: Required<Pick<SwavState, 'queue' | 'filled'>> & SwavState,
    newest: readonly Tensor2D[],
  ): Pick<SwavState, 'queue' | 'filled'> => {
    const pushed = (crop: 0 | 1): Tensor2D =>
      tf.concat([stopGradient(newest[crop]!), queue[crop]], 0).slice([0, 0], [size, dim]);
    const rows = tf.minimum(
      filled.add(tf.scalar(newest[0]!.shape[0], 'int32')),
      tf.scalar(size, 'int32'),
    );
    const begun = done?.greaterEqual(tf.scalar(queueFrom, 'int32')).toInt();
    return {
      queue: [pushed(0), pushed(1)],
      filled: (begun ? rows.mul(begun) : rows) as Scalar,
    };
  };

  return {
    name: 'SwAV',
    mechanism: balanced ? 'clustered' : 'none',
    options,
    init(key) {
      const [forNetworks, forPrototypes] = random.split(key);
      const params = {
        ...init(forNetworks),
        prototypes: randomPrototypes(forPrototypes, dim, count),
      };
      const empty = (): Tensor2D => tf.zeros([size, dim]);
      const state =
        size > 0 ? { queue: [empty(), empty()] as const, filled: tf.scalar(0, 'int32') } : {};
      tf.dispose([forNetworks, forPrototypes]);
      return { params, state: { ...state, ...(counts && { done: tf.scalar(0, 'int32') }) } };
    },
    objective(params, { x1, x2, small = [] }, key, state) {
      const { queue, filled, done } = state;
      const z = views(params, [x1, x2, ...small], key).map((rows) => {
        expectWidth('dim', dim, rows, "the projector's");
        return l2Normalize(rows);
      });
      const prototypes = learned(params.prototypes, done);
      const scores = z.map((rows) => prototypeScores(rows, prototypes));
      const full = filled?.greaterEqual(tf.scalar(size, 'int32'));
      const past = queue?.map((rows) => prototypeScores(rows, prototypes));
      const targets = scores
        .slice(0, 2)
        .map((large, crop) =>
          stopGradient(assign(large, past && full && { scores: past[crop]!, full })),
        );
      const loss = swappedPredictionLoss(scores, targets, temperature);
      const used = prototypesUsed(
        tf.softmax(stopGradient(scores[0]!).div(temperature)) as Tensor2D,
      );
      const next = done && { done: done.add(tf.scalar(1, 'int32')) as Scalar };
      const queued = queue && filled && queuedUp({ ...state, queue, filled }, z);
      return { loss, metrics: { used }, state: { ...queued, ...next } };
    },
    ...afterTraining,
  };
}
