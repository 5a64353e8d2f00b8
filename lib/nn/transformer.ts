/** Transformers over tokens, and over an image's patches (Dosovitskiy et al. 2021). */
import { expectNumber, expectOneOf, expectShape } from '../core/checks';
import { tf, type Tensor, type Tensor3D } from '../core/engine';
import { split } from '../core/random';
import { transformerBlock, type TransformerBlockParams } from './attention';
import { dense, type DenseParams } from './dense';
import { lecunNormal } from './initializers';
import { defineLayer, type Layer } from './layer';
import { layerNorm, type NormParams } from './norm';
import { gridPositions, patchCounts, patchify, takeTokens, type PatchGrid } from './patches';

export interface TransformerOptions {
  /** Blocks; at least 1. */
  readonly depth: number;
  /** A divisor of the features. */
  readonly heads: number;
  /** Width of the dense layers within the blocks; default 4 times the features. */
  readonly hidden?: number;
}

export interface TransformerParams {
  readonly blocks: readonly TransformerBlockParams[];
  readonly norm: NormParams;
}

/**
 * Transformer blocks and a layer norm. It knows no places: shuffled tokens come out shuffled.
 * [batch, length, features] -> the same.
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const net = nn.transformer(8, { depth: 2, heads: 2 });
 * const params = net.init(random.key(0));
 * assert.deepEqual(net.apply(params, tf.zeros([3, 5, 8])).shape, [3, 5, 8]);
 * ```
 */
export function transformer(
  features: number,
  { depth, heads, hidden }: TransformerOptions,
): Layer<TransformerParams> {
  expectNumber('transformer: depth', depth, { atLeast: 1, integer: true });
  const block = transformerBlock(features, { heads, hidden });
  const norm = layerNorm(features);
  return defineLayer<TransformerParams>({
    name: 'transformer',
    init: (key) => {
      const [forNorm, ...forBlocks] = split(key, 1 + depth);
      return { blocks: forBlocks.map((own) => block.init(own)), norm: norm.init(forNorm) };
    },
    apply: (params, x, { mask } = {}) =>
      norm.apply(
        params.norm,
        params.blocks.reduce((tokens, own) => block.apply(own, tokens, { mask }), x),
      ),
  });
}

export interface VisionTransformerOptions extends TransformerOptions, PatchGrid {
  /** Features of a token, a multiple of 4. */
  readonly features: number;
  /**
   * The pixels' mean and standard deviation, which are taken away before anything else; defaults 0
   * and 1, for pixels that are standardised already. The places' vectors have entries of size one,
   * and drown pixels that are much smaller.
   */
  readonly pixels?: { readonly mean: number; readonly std: number };
  /**
   * What `apply` makes of the tokens: their mean, [batch, features] (the default), or all of them
   * side by side, [batch, patches * features], which keeps what is where.
   */
  readonly pool?: 'mean' | 'flatten';
}

export interface VisionTransformerParams {
  /** kernel [patch * patch * channels, features]. */
  readonly patches: DenseParams;
  readonly transformer: TransformerParams;
}

/**
 * As a layer it gives one vector an image, its tokens pooled: [batch, height, width, channels] ->
 * [batch, features or patches * features].
 */
export interface VisionTransformer extends Layer<VisionTransformerParams> {
  readonly grid: PatchGrid;
  readonly rows: number;
  readonly columns: number;
  readonly features: number;
  /**
   * The tokens themselves.
   *
   * @param places int32 [batch, count]: only these patches are looked at, and cost time; default
   * all, in order.
   * @param seen [batch, count]: 1 where a place counts, 0 where it only fills the row: no token
   * attends to it, and what is returned there means nothing. Default: all count.
   * @returns [batch, count, features].
   */
  tokens(params: VisionTransformerParams, images: Tensor, places?: Tensor, seen?: Tensor): Tensor3D;
}

/**
 * A vision transformer without a class token: a linear map of each patch, plus fixed sines and
 * cosines for its place, then a transformer.
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const size = { height: 8, width: 8, channels: 1, patch: 4 };
 * const net = nn.visionTransformer({ ...size, features: 8, depth: 1, heads: 2 });
 * const params = net.init(random.key(0));
 * assert.deepEqual(net.apply(params, tf.zeros([3, 8, 8, 1])).shape, [3, 8]);
 * ```
 */
export function visionTransformer(options: VisionTransformerOptions): VisionTransformer {
  const {
    height,
    width,
    channels,
    patch,
    features,
    pixels: { mean, std } = { mean: 0, std: 1 },
    pool = 'mean',
    ...blocks
  } = options;
  expectNumber('visionTransformer: pixels.mean', mean, {});
  expectNumber('visionTransformer: pixels.std', std, { above: 0 });
  expectOneOf('visionTransformer: pool', pool, ['mean', 'flatten']);
  const grid = { height, width, channels, patch };
  const { rows, columns } = patchCounts(grid);
  const project = dense(patch * patch * channels, features, { init: lecunNormal });
  const body = transformer(features, blocks);
  tf.dispose(gridPositions(rows, columns, features)); // Complains now, not in the first step.
  const tokens: VisionTransformer['tokens'] = (params, images, places, seen) =>
    tf.tidy(() => {
      expectShape('visionTransformer(x)', images, ['batch', height, width, channels]);
      const placed = project
        .apply(params.patches, patchify(images, patch).sub(mean).div(std))
        .add(gridPositions(rows, columns, features));
      return body.apply(params.transformer, places ? takeTokens(placed, places) : placed, {
        mask: seen,
      }) as Tensor3D;
    });
  return {
    ...defineLayer<VisionTransformerParams>({
      name: 'visionTransformer',
      init: (key) => {
        const [a, b] = split(key);
        return { patches: project.init(a), transformer: body.init(b) };
      },
      apply: (params, images) => {
        const all = tokens(params, images);
        return pool === 'mean'
          ? all.mean(1)
          : all.reshape([images.shape[0]!, rows * columns * features]);
      },
    }),
    grid,
    rows,
    columns,
    features,
    tokens,
  };
}
