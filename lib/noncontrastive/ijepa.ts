/** I-JEPA: predict what a network says of hidden blocks of an image, not their pixels. */
import { expectNumber, expectOneOf, expectSameShape } from '../core/checks';
import {
  tf,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '../core/engine';
import type { EmbeddingMethod, EnergyMethod } from '../core/method';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import { stopGradient } from '../core/stopGradient';
import {
  dense,
  glorotUniform,
  gridPositions,
  takeTokens,
  transformer,
  type DenseParams,
  type TransformerOptions,
  type TransformerParams,
  type VisionTransformer,
  type VisionTransformerParams,
} from '../nn';
import { ema, linearMomentum } from '../core/ema';
import { smoothL1 } from './smoothL1';
import { standardTokens } from './standardTokens';
import { targetBlocks, type Blocks, type BlockSizes } from './targetBlocks';

export interface IjepaParams {
  /** The context encoder. */
  readonly encoder: VisionTransformerParams;
  readonly predictor: {
    /** To the predictor's features, and back. */
    readonly narrow: DenseParams;
    readonly widen: DenseParams;
    /** [features]: with a place added, it asks for what is there. */
    readonly mask: Tensor1D;
    readonly transformer: TransformerParams;
  };
}

/** The target encoder: an average of the context encoder's past. */
export interface IjepaState {
  readonly target: VisionTransformerParams;
}

export interface IjepaOptions extends Partial<BlockSizes> {
  readonly encoder: VisionTransformer;
  /** Narrower than the encoder; its features are a multiple of 4. */
  readonly predictor: TransformerOptions & { readonly features: number };
  /**
   * The average's first weight of its own past, in [0, 1], rising to 1 in a straight line. Default
   * 0.996.
   */
  readonly momentum?: number;
  /** false takes the context encoder itself for the target, with its gradient: collapse. */
  readonly averages?: boolean;
  /**
   * How far a prediction is off: 'l2' (default), its square, as the paper has it (section 3), or
   * 'smoothL1', as the released code has it. The energy measures with the same.
   */
  readonly loss?: 'l2' | 'smoothL1';
}

type Batch = { readonly images: Tensor };

/** The method, and what only it has: its blocks. */
export interface Ijepa
  extends
    EnergyMethod<IjepaParams, IjepaState, Batch>,
    EmbeddingMethod<IjepaParams, IjepaState, Batch> {
  /** What is seen and what is predicted, of each image of a batch. */
  blocks(key: random.Key, batch: number): Blocks;
  /**
   * What is predicted for the patches of each block, [batch * blocks, height * width, features of
   * the encoder]; the network sees the context only.
   */
  predict(params: IjepaParams, images: Tensor, blocks: Blocks): Tensor3D;
  /**
   * What an encoder that sees the whole image says there, token by token standardised; the same
   * shape.
   */
  targets(encoder: VisionTransformerParams, images: Tensor, blocks: Blocks): Tensor3D;
}

/**
 * I-JEPA, an image-based joint-embedding predictive architecture (Assran et al. 2023).
 *
 *     loss = mean over blocks, their patches and features of ( predicted - stop(target) )^2
 *
 * A context encoder sees a part of an image; from its tokens and the *places* of a hidden block a
 * predictor says what a target encoder, which sees the whole image and is the context encoder's
 * average, says there. With `context` the part that is seen is a block, as in the paper. Targets
 * are standardised token by token, as in the released code; the square is the paper's, where the
 * code has a smooth L1 (`loss: 'smoothL1'`). No augmentations, no negatives; energy: F(x, y) is the
 * loss for what x's context predicts of y, with y's tokens by the context encoder, at blocks that
 * are the same for all. Mechanism: an asymmetry, the predictor and the averaged target without
 * gradient.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { nn, noncontrastive, random, train } from 'dark-matter';
 * const grid = { height: 12, width: 12, channels: 1, patch: 2 };
 * const encoder = nn.visionTransformer({ ...grid, features: 16, depth: 1, heads: 2 });
 * const predictor = { features: 8, depth: 1, heads: 2 };
 * const method = noncontrastive.ijepa({ encoder, predictor, blocks: 2, height: 2, width: 2 });
 * const images = random.uniform(random.key(0), [32, 12, 12, 1]);
 * const { history } = await train({ method, data: { images }, batch: 8, steps: 3, display: 'none' });
 * assert.ok(Number.isFinite(history.loss.at(-1)));
 * ```
 */
export function ijepa(options: IjepaOptions): Ijepa {
  const {
    encoder,
    momentum = 0.996,
    averages = true,
    loss: distance = 'l2',
    blocks: count = 4,
    height = 3,
    width = 3,
    context: around,
  } = options;
  const { features, ...depths } = options.predictor;
  expectNumber('ijepa: momentum', momentum, { atLeast: 0, atMost: 1 });
  expectOneOf('ijepa: loss', distance, ['l2', 'smoothL1']);
  const off = (difference: Tensor): Tensor =>
    distance === 'l2' ? difference.square() : smoothL1(difference);
  const { rows, columns } = encoder;
  const sizes = { rows, columns, blocks: count, height, width, context: around };
  const blocksOf = (key: random.Key, batch: number): Blocks => targetBlocks(key, batch, sizes);
  const [narrow, widen] = [
    dense(encoder.features, features, { init: glorotUniform }),
    dense(features, encoder.features, { init: glorotUniform }),
  ];
  const body = transformer(features, depths);
  // Complain now, not in the first step.
  tree.dispose([
    gridPositions(rows, columns, features),
    tree.tidy(() => blocksOf(random.key(0), 1)),
  ]);

  /**
   * For each block what is predicted for its patches: [batch * blocks, height * width, features of
   * the encoder].
   */
  const predict = (params: IjepaParams, images: Tensor, blocks: Blocks): Tensor3D => {
    const { context, seen: counts, targets } = blocks;
    const own = params.predictor;
    const [batch, seenCount] = context.shape;
    const area = height * width;
    /** [batch, seen, ...] -> [batch * blocks, seen, ...]: each block's own copy. */
    const repeat = (x: Tensor): Tensor => {
      const [, ...rest] = x.shape;
      const reps = [1, count, ...rest.map(() => 1)];
      return tf.tile(x.expandDims(1), reps).reshape([batch * count, ...rest]);
    };
    const table = tf.tile(gridPositions(rows, columns, features).expandDims(0), [batch, 1, 1]);
    const seen = narrow
      .apply(own.narrow, encoder.tokens(params.encoder, images, context, counts))
      .add(takeTokens(table, context));
    const asked = takeTokens(table, targets)
      .add(own.mask)
      .reshape([batch * count, area, features]);
    const mask = counts && tf.concat([repeat(counts), tf.ones([batch * count, area])], 1);
    const answers = body
      .apply(own.transformer, tf.concat([repeat(seen), asked], 1), { mask })
      .slice([0, seenCount, 0], [batch * count, area, features]);
    return widen.apply(own.widen, answers) as Tensor3D;
  };
  /** What an encoder that sees the whole image says at the blocks' patches; the same shape. */
  const targetsOf = (
    params: VisionTransformerParams,
    images: Tensor,
    { targets }: Blocks,
  ): Tensor3D =>
    takeTokens(standardTokens(encoder.tokens(params, images)), targets).reshape([
      images.shape[0]! * count,
      height * width,
      encoder.features,
    ]);
  return {
    name: 'I-JEPA',
    mechanism: averages ? 'asymmetric' : 'none',
    options,
    init(key) {
      const [a, b, c, d, e] = random.split(key, 5);
      const mask = tf.tidy(() => random.normal(e, [features]).mul(0.02)) as Tensor1D;
      const params = {
        encoder: encoder.init(a),
        predictor: {
          narrow: narrow.init(b),
          widen: widen.init(c),
          mask,
          transformer: body.init(d),
        },
      };
      tf.dispose([a, b, c, d, e]);
      return { params, state: { target: tree.clone(params.encoder) } };
    },
    objective(params, { images }, key, state) {
      const blocks = blocksOf(key, images.shape[0]!);
      const targets = averages
        ? stopGradient(targetsOf(state.target, images, blocks))
        : targetsOf(params.encoder, images, blocks);
      return {
        loss: off(predict(params, images, blocks).sub(targets)).mean() as Scalar,
        metrics: {},
        state,
      };
    },
    afterUpdate: ({ encoder: online }, { target }, progress) => ({
      target: ema(target, online, linearMomentum(momentum, progress)),
    }),
    energy: (params, x, y) =>
      tf.tidy(() => {
        expectSameShape('energy: x, y', x, y);
        const batch = x.shape[0]!;
        const one = blocksOf(random.key(0), 1);
        const blocks = {
          context: tf.tile(one.context, [batch, 1]) as Tensor2D,
          targets: tf.tile(one.targets, [batch, 1]) as Tensor2D,
          ...(one.seen && { seen: tf.tile(one.seen, [batch, 1]) as Tensor2D }),
        };
        const wrong = off(predict(params, x, blocks).sub(targetsOf(params.encoder, y, blocks)));
        return wrong.reshape([batch, -1]).mean(1) as Tensor1D;
      }),
    embed: (params, x) => encoder.apply(params.encoder, x) as Tensor2D,
    /** Nothing in these networks depends on the batch: a copy. */
    calibrate: (params) => tree.clone(params),
    blocks: blocksOf,
    predict: (params, images, blocks) => tf.tidy(() => predict(params, images, blocks)),
    targets: (params, images, blocks) => tf.tidy(() => targetsOf(params, images, blocks)),
  };
}
