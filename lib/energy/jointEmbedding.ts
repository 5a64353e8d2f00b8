/**
 * The joint-embedding architecture, shared by every Siamese method: one network looks at x, the
 * same network at y, and the energy is how far apart they land.
 *
 *     F(x, y) = 1 - cos( h(f(x)), h(f(y)) )      in [0, 2]
 *
 * f is the encoder, whose output is the representation that is kept; h is the projector, in whose
 * space the loss is computed and which is thrown away afterwards (Chen et al. 2020, section 4.2,
 * found that this helps the representation; the reason is still debated).
 */
import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../core/engine';
import { expectCompany, expectSameShape } from '../core/checks';
import { l2Normalize } from '../core/l2Normalize';
import type { EmbeddingMethod, EnergyMethod, NoState } from '../core/method';
import * as tree from '../core/pytree';
import type * as random from '../core/random';
import { calibrate, inInference, inTraining, sequential, type Layer } from '../nn';

export interface JointEmbeddingParams<E, P> {
  readonly encoder: E;
  readonly projector: P;
}

/** Two distorted views of the same examples, row by row. */
export interface TwoViews {
  /** [batch, ...] */
  readonly x1: Tensor;
  /** [batch, ...], the same shape. */
  readonly x2: Tensor;
}

/** The networks that make up a joint-embedding method. */
export interface JointEmbeddingOptions<E, P> {
  /** [batch, ...] -> [batch, features]: what is kept and probed. */
  readonly encoder: Layer<E>;
  /** [batch, features] -> [batch, dim]: where the loss is computed. */
  readonly projector: Layer<P>;
}

/**
 * 1 - cosine similarity of each pair of rows: 0 where they point the same way, 2 where they are
 * opposite.
 *
 * @param zx [batch, dim]; need not be normalised.
 * @param zy [batch, dim].
 * @returns [batch], in [0, 2].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, tf } from 'dark-matter';
 * const [x, y] = [
 *   tf.tensor2d([
 *     [1, 0],
 *     [1, 0],
 *   ]),
 *   tf.tensor2d([
 *     [2, 0],
 *     [0, 3],
 *   ]),
 * ];
 * // 0 where they point the same way, 1 where they are orthogonal.
 * assert.deepEqual(energy.cosineEnergy(x, y).round().arraySync(), [0, 1]);
 * ```
 */
export function cosineEnergy(zx: Tensor2D, zy: Tensor2D): Tensor1D {
  expectSameShape('zx, zy', zx, zy);
  return tf.tidy(() => tf.sub(1, l2Normalize(zx).mul(l2Normalize(zy)).sum(1)) as Tensor1D);
}

/** A method of this architecture. `B` is its batch; most compare two views. */
export interface JointEmbeddingMethod<Params, State = NoState, B = TwoViews>
  extends EnergyMethod<Params, State, B>, EmbeddingMethod<Params, State, B> {
  /**
   * The embedding in which the loss is computed: [batch, ...] -> [batch, dim]. A function of each
   * example alone, as `embed`.
   */
  project(params: Params, x: Tensor): Tensor2D;
}

/**
 * The parts of a `Method` that all joint-embedding methods have in common.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { energy, nn, random } from 'dark-matter';
 * const twins = energy.jointEmbedding({ encoder: nn.dense(4, 8), projector: nn.dense(8, 2) });
 * const [params, x] = [twins.init(random.key(0)), random.normal(random.key(1), [3, 4])];
 * assert.ok(twins.energy(params, x, x).abs().max().dataSync()[0] < 1e-5);
 * ```
 */
export function jointEmbedding<E, P>({ encoder, projector }: JointEmbeddingOptions<E, P>) {
  type Params = JointEmbeddingParams<E, P>;
  const network = sequential({ encoder, projector }) as unknown as Layer<Params>;
  const project = (params: Params, x: Tensor): Tensor2D =>
    network.apply(params, x, inInference) as Tensor2D;
  return {
    init: (key: random.Key): Params => network.init(key),
    /**
     * In training: the embeddings of some views, [batch, dim] each, with each batch's statistics
     * and, where a key is given, a dropout of its own for each view. (Targets get none: what is to
     * be predicted need not be noisier than it is.)
     *
     * @throws when the batch has one example only, which all losses of this family compare with
     * others.
     */
    views<const V extends readonly Tensor[]>(
      params: Params,
      views: V,
      key?: random.Key,
    ): { -readonly [I in keyof V]: Tensor2D } {
      views.forEach(expectCompany);
      return views.map((view, i) => network.apply(params, view, inTraining(network, key, i))) as {
        -readonly [I in keyof V]: Tensor2D;
      };
    },
    /** [batch, ...] -> [batch, features]: the representation, each example by itself. */
    embed: (params: Params, x: Tensor): Tensor2D =>
      encoder.apply(params.encoder, x, inInference) as Tensor2D,
    /** [batch, ...] -> [batch, dim]: the embedding that the loss sees, each example by itself. */
    project,
    energy: (params: Params, x: Tensor, y: Tensor): Tensor1D =>
      tf.tidy(() => cosineEnergy(project(params, x), project(params, y))),
    /**
     * Fixes both networks' statistics on x, for use after training; what else a method keeps in its
     * parameters is copied. The caller owns the result.
     */
    calibrate<Q extends Params>(params: Q, x: Tensor): Q {
      const { encoder: _encoder, projector: _projector, ...others } = params;
      return { ...tree.clone(others), ...calibrate(network, params, x) } as Q;
    },
  };
}
