/** Masked autoencoders: hide most of an image's patches and predict them from the others. */
import { expectNumber, expectSameShape } from '../core/checks';
import {
  tf,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
} from '../core/engine';
import { shuffledPlaces } from '../nn/patches';
import type { EmbeddingMethod, EnergyMethod, NoState } from '../core/method';
import * as tree from '../core/pytree';
import * as random from '../core/random';
import {
  dense,
  glorotUniform,
  gridPositions,
  patchify,
  takeTokens,
  transformer,
  unpatchify,
  type DenseParams,
  type TransformerOptions,
  type TransformerParams,
  type VisionTransformer,
  type VisionTransformerParams,
} from '../nn';

export interface MaskedImagesOptions {
  readonly encoder: VisionTransformer;
  /**
   * Narrower and shallower than the encoder: it is thrown away. Its features are a multiple of 4.
   */
  readonly decoder: TransformerOptions & { readonly features: number };
  /** The part of the patches that is hidden, in (0, 1), rounded to whole patches. Default 0.75. */
  readonly ratio?: number;
  /**
   * Predict each patch with its own mean and standard deviation taken away (section 4.1: "pixels
   * with normalization"; the variance is divided by n - 1, as in the released code). Default false.
   */
  readonly normalize?: boolean;
}

export interface MaskedImagesParams {
  readonly encoder: VisionTransformerParams;
  /** To the decoder's features. */
  readonly narrow: DenseParams;
  /** [features]: stands in for each hidden patch. */
  readonly mask: Tensor;
  readonly decoder: TransformerParams;
  /** To a patch's pixels. */
  readonly pixels: DenseParams;
}

/** Which patches are seen and which are to be guessed, in no order. */
export interface PatchMask {
  /** int32 [batch, visible]. */
  readonly visible: Tensor2D;
  /** int32 [batch, hidden]. */
  readonly hidden: Tensor2D;
}

/** The method, and what only it has: its masks and its guesses. */
export interface MaskedImages
  extends
    EnergyMethod<MaskedImagesParams, NoState, { readonly images: Tensor }>,
    EmbeddingMethod<MaskedImagesParams, NoState, { readonly images: Tensor }> {
  /** A random mask for each image; all have as many hidden patches. */
  masks(key: random.Key, batch: number): PatchMask;
  /**
   * What the network says of the hidden patches, [batch, hidden, patch * patch * channels]; sees
   * the visible ones only.
   */
  predict(params: MaskedImagesParams, images: Tensor, mask: PatchMask): Tensor3D;
  /**
   * What it saw (the hidden patches grey, 0.5) and that with its guesses filled in. Needs targets
   * that are not normalised. Both as `images`.
   */
  fillIn(
    params: MaskedImagesParams,
    images: Tensor,
    mask: PatchMask,
  ): { readonly seen: Tensor4D; readonly filled: Tensor4D };
}

/**
 * Each patch, less its mean and over its standard deviation: the root of the variance + 1e-6. The
 * variance is divided by n - 1: MAE's code calls torch's `var`, whose default that is.
 *
 * @param patches [..., pixels], at least 2 pixels.
 * @returns the same shape.
 */
export function normalizedPatches(patches: Tensor): Tensor {
  const pixels = patches.shape.at(-1)!;
  return tf.tidy(() => {
    const deviations = patches.sub(patches.mean(-1, true));
    const variance = deviations
      .square()
      .sum(-1, true)
      .div(pixels - 1);
    return deviations.div(variance.add(1e-6).sqrt());
  });
}

/**
 * The masked autoencoder, MAE (He et al. 2022).
 *
 *     loss = mean over hidden patches of || guess - pixels ||^2 / pixels a patch
 *
 * The encoder sees only the visible patches; a light decoder gets its tokens and one learned vector
 * for each hidden place. Energy: F(x, y) is this mean for y's hidden patches, guessed from x's
 * visible ones, at a mask that is the same for all. Mechanism: the data itself is the target.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { denoising, nn, random, train } from 'dark-matter';
 * const encoder = nn.visionTransformer({
 *   height: 8,
 *   width: 8,
 *   channels: 1,
 *   patch: 2,
 *   features: 16,
 *   depth: 1,
 *   heads: 2,
 * });
 * const method = denoising.maskedImages({
 *   encoder,
 *   decoder: { features: 8, depth: 1, heads: 2 },
 * });
 * const images = random.uniform(random.key(0), [32, 8, 8, 1]);
 * const { history } = await train({
 *   method,
 *   data: { images },
 *   batch: 8,
 *   steps: 3,
 *   display: 'none',
 * });
 * assert.ok(Number.isFinite(history.loss.at(-1)));
 * ```
 */
export function maskedImages(options: MaskedImagesOptions): MaskedImages {
  const { encoder, ratio = 0.75, normalize = false } = options;
  const { features, ...blocks } = options.decoder;
  const { grid, rows, columns } = encoder;
  const count = rows * columns;
  const values = grid.patch ** 2 * grid.channels;
  // Of a single value, less its mean, nothing is left.
  if (normalize) expectNumber('maskedImages: normalize: values in a patch', values, { atLeast: 2 });
  expectNumber('maskedImages: ratio', ratio, { above: 0, atMost: 1 });
  const hiddenCount = Math.round(ratio * count);
  if (hiddenCount < 1 || hiddenCount >= count)
    throw new Error(
      `maskedImages: ratio: ${ratio} of ${count} patches given, one that hides some and leaves some expected`,
    );
  const [narrow, decoder] = [
    dense(encoder.features, features, { init: glorotUniform }),
    transformer(features, blocks),
  ];
  const pixels = dense(features, values, { init: glorotUniform });
  tf.dispose(gridPositions(rows, columns, features)); // Complains now, not in the first step.

  const masks = (key: random.Key, batch: number): PatchMask =>
    tf.tidy(() => {
      const [hidden, visible] = tf.split(
        shuffledPlaces(key, batch, count),
        [hiddenCount, count - hiddenCount],
        1,
      ) as [Tensor2D, Tensor2D];
      return { hidden, visible };
    });
  const predict = (
    params: MaskedImagesParams,
    images: Tensor,
    { visible, hidden }: PatchMask,
  ): Tensor3D => {
    const batch = images.shape[0]!;
    const seen = narrow.apply(params.narrow, encoder.tokens(params.encoder, images, visible));
    const unseen = tf.tile(params.mask.reshape([1, 1, features]), [batch, hiddenCount, 1]);
    // The transformer knows no places but those added here, so that nothing needs to be put back in
    // order.
    const table = tf.tile(gridPositions(rows, columns, features).expandDims(0), [batch, 1, 1]);
    const placed = tf
      .concat([seen, unseen], 1)
      .add(takeTokens(table, tf.concat([visible, hidden], 1)));
    const decoded = decoder
      .apply(params.decoder, placed)
      .slice([0, count - hiddenCount, 0], [batch, hiddenCount, features]);
    return pixels.apply(params.pixels, decoded) as Tensor3D;
  };
  const targetsOf = (images: Tensor, { hidden }: PatchMask): Tensor => {
    const all = patchify(images, grid.patch);
    return takeTokens(normalize ? normalizedPatches(all) : all, hidden);
  };
  return {
    name: 'MAE',
    mechanism: 'reconstruction',
    options,
    init(key) {
      const [a, b, c, d, e] = random.split(key, 5);
      const mask = tf.tidy(() => random.normal(e, [features]).mul(0.02));
      const params = {
        encoder: encoder.init(a),
        narrow: narrow.init(b),
        mask,
        decoder: decoder.init(c),
        pixels: pixels.init(d),
      };
      tf.dispose([a, b, c, d, e]);
      return { params, state: {} };
    },
    objective(params, { images }, key, state) {
      const mask = masks(key, images.shape[0]!);
      return {
        loss: predict(params, images, mask).sub(targetsOf(images, mask)).square().mean() as Scalar,
        metrics: {},
        state,
      };
    },
    energy: (params, x, y) =>
      tf.tidy(() => {
        expectSameShape('energy: x, y', x, y);
        const one = masks(random.key(0), 1);
        const mask = {
          visible: tf.tile(one.visible, [x.shape[0]!, 1]) as Tensor2D,
          hidden: tf.tile(one.hidden, [x.shape[0]!, 1]) as Tensor2D,
        };
        return predict(params, x, mask).sub(targetsOf(y, mask)).square().mean([1, 2]).as1D();
      }),
    embed: (params, x) => encoder.apply(params.encoder, x) as Tensor2D,
    /** Nothing in these networks depends on the batch: a copy. */
    calibrate: (params) => tree.clone(params),
    masks,
    predict: (params, images, mask) => tf.tidy(() => predict(params, images, mask)),
    fillIn(params, images, mask) {
      if (normalize)
        throw new Error(
          'fillIn: normalize is true, false expected: a guess without its mean and scale is no picture',
        );
      return tf.tidy(() => {
        const visible = takeTokens(patchify(images, grid.patch), mask.visible);
        const guess = predict(params, images, mask);
        // Back in order: the places' own order, sorted.
        const order = tf.topk(tf.concat([mask.visible, mask.hidden], 1).neg(), count, true).indices;
        const whole = (hidden: Tensor): Tensor4D =>
          unpatchify(takeTokens(tf.concat([visible, hidden], 1), order), grid);
        return { seen: whole(tf.fill(guess.shape, 0.5)), filled: whole(guess) };
      });
    },
  };
}
