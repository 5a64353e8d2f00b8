import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectNumber, expectWidth } from '../core/checks';
import { l2Normalize } from '../core/l2Normalize';
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
import { ema } from '../core/ema';
import { infoNceLoss } from './infoNce';

/** The momentum network, and the queue of its past outputs. */
export interface MocoState<E, P> {
  readonly target: JointEmbeddingParams<E, P>;
  /** [size, dim], unit rows, the newest first. */
  readonly queue: Tensor2D;
}

/**
 * MoCo (He et al. 2020; with a projector, as v2: Chen et al. 2020). Energy: 1 - cos of the
 * projections.
 *
 * Pushed down between a query and its key, which a slowly moving twin computes from the other view;
 * pushed up on a queue of the keys of past batches. The queue takes the negatives out of the batch,
 * so that there can be many of them with a small one; the momentum keeps keys of different ages
 * comparable.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { contrastive, nn, random, train } from 'dark-matter';
 * const method = contrastive.moco({
 *   encoder: nn.dense(4, 8),
 *   projector: nn.dense(8, 4),
 *   dim: 4,
 *   queue: 64,
 * });
 * const x = random.normal(random.key(0), [64, 4]);
 * const data = { x1: x, x2: x.add(random.normal(random.key(1), [64, 4], 0, 0.1)) };
 * const { params } = await train({ method, data, batch: 32, steps: 5, display: 'none' });
 * assert.deepEqual(method.embed(params, x).shape, [64, 8]);
 * ```
 */
export function moco<E, P>(
  options: JointEmbeddingOptions<E, P> & {
    /** The width of the projector's output. */
    readonly dim: number;
    /** Negatives kept; default 2048. */
    readonly queue?: number;
    /**
     * Of the moving average, in [0, 1]; default 0.99. 0 makes the keys the online network's own.
     */
    readonly momentum?: number;
    /** Above 0; default 0.2, v2's. */
    readonly temperature?: number;
    /**
     * false pushes nothing up and keeps what is pushed down, (1 - cos) / temperature of query and
     * key: collapse.
     */
    readonly negatives?: boolean;
    /**
     * true makes the keys of a batch in a random order and puts them back in place (He et al. 2020,
     * section 3.3): with batch normalisation in parts, a key was then normalised in other company
     * than its query, and the statistics cannot give it away. Default false.
     */
    readonly shuffles?: boolean;
  },
): JointEmbeddingMethod<JointEmbeddingParams<E, P>, MocoState<E, P>> {
  const { dim, queue: size = 2048, momentum = 0.99, temperature = 0.2 } = options;
  const { negatives = true, shuffles = false } = options;
  expectNumber('dim', dim, { atLeast: 1, integer: true });
  expectNumber('queue', size, { atLeast: 1, integer: true });
  expectNumber('momentum', momentum, { atLeast: 0, atMost: 1 });
  expectNumber('temperature', temperature, { above: 0 });
  const { init, views, ...afterTraining } = jointEmbedding(options);
  return {
    name: 'MoCo',
    mechanism: negatives ? 'contrastive' : 'none',
    options,
    init(key) {
      const [forNetworks, forQueue] = random.split(key);
      const params = init(forNetworks);
      // Until it has filled, the queue holds random directions: negatives that are easy, but not
      // wrong.
      const queue = tf.tidy(() => l2Normalize(random.normal(forQueue, [size, dim])) as Tensor2D);
      tf.dispose([forNetworks, forQueue]);
      return { params, state: { target: tree.clone(params), queue } };
    },
    objective(params, { x1, x2 }, key, { target, queue }) {
      const [query] = views(params, [x1], key);
      expectWidth('dim', dim, query, "the projector's");
      const embed = (x: Tensor): Tensor2D => views(target, [x])[0];
      const ofTarget = shuffles ? inRandomOrder(embed, x2, key) : embed(x2);
      const keys = stopGradient(l2Normalize(ofTarget));
      const loss = negatives
        ? infoNceLoss(query, keys, queue, { temperature })
        : (cosineEnergy(query, keys).mean().div(temperature) as Scalar);
      const newest = tf.concat([keys, queue], 0).slice([0, 0], [size, dim]) as Tensor2D;
      return { loss, metrics: {}, state: { target, queue: newest } };
    },
    afterUpdate: (params, { target, queue }) => ({ target: ema(target, params, momentum), queue }),
    ...afterTraining,
  };
}

/** What f makes of the rows of x in a random order, back in their own. */
function inRandomOrder(f: (x: Tensor) => Tensor2D, x: Tensor, key: random.Key): Tensor2D {
  const n = x.shape[0]!;
  return tf.tidy(() => {
    const order = random.permutation(random.foldIn(key, 1), n);
    const back = tf.topk(order.neg(), n, true).indices as Tensor1D; // the inverse permutation
    return tf.gather(f(tf.gather(x, order)), back);
  });
}
