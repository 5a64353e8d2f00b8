/** A small transformer encoder for text (BERT: Devlin et al. 2019). */
import { expectNumber } from '../core/checks';
import { tf, type Tensor, type Tensor2D, type Tensor3D } from '../core/engine';
import { split } from '../core/random';
import { transformerBlock, type TransformerBlockParams } from '../nn/attention';
import { dense, type DenseParams } from '../nn/dense';
import { embedding, positionEmbedding, type EmbeddingParams } from '../nn/embedding';
import { normalWithStd } from '../nn/initializers';
import { defineLayer, type Layer } from '../nn/layer';
import { layerNorm, type NormParams } from '../nn/norm';
import { takeTokens } from '../nn/patches';

export interface TextEncoderOptions {
  readonly vocabulary: number;
  /** The most tokens in a row. */
  readonly length: number;
  /** Features of each token. */
  readonly width: number;
  /** Blocks; with none, a token knows its neighbours only. */
  readonly depth: number;
  /** A divisor of the width; default width / 32. */
  readonly heads?: number;
  /** Width of the dense layers within the blocks; default 4 width. */
  readonly hidden?: number;
  /**
   * Before the blocks each token is told of so many neighbours on either side, by a linear map of
   * their vectors (a convolution that leaves out the token itself; as Primer and the Conformer mix
   * neighbours in). Two numbers are those before and those after it: [4, 0] reads from the left
   * alone, and [0, 0] is an ablation, which reads nothing. Default 0: attention has to find them by
   * their places.
   */
  readonly neighbours?: number | readonly [before: number, after: number];
  /**
   * false: a state knows of its place and its neighbours, but not of the token itself, so that
   * every word can be asked for with all the others in sight (as in Mikolov et al. 2013's bag of
   * words; here with an order). Only without blocks: attention would tell it. Default true.
   */
  readonly seesItself?: boolean;
}

export interface TextEncoderParams {
  /** table [vocabulary, width]. */
  readonly words: EmbeddingParams;
  readonly places: EmbeddingParams;
  /** kernel [neighbours on both sides * width, width]; absent where there are none. */
  readonly neighbours?: DenseParams;
  readonly blocks: readonly TransformerBlockParams[];
  readonly norm: NormParams;
}

export interface TextEncoder extends Layer<TextEncoderParams> {
  /**
   * The states at some places: tokens int32 [batch, length'], places int32 [batch, count] ->
   * [batch, count, width]. Without blocks no other state is computed, as none is needed.
   */
  at(
    params: TextEncoderParams,
    tokens: Tensor2D,
    places: Tensor2D,
    how?: { readonly mask?: Tensor },
  ): Tensor3D;
}

/**
 * int32 [batch, length' <= length] -> [batch, length', width]. `mask` ([batch, length']) hides
 * padding from attention and from neighbours.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { denoising, random } from 'dark-matter';
 * const encoder = denoising.textEncoder({
 *   vocabulary: 50,
 *   length: 10,
 *   width: 16,
 *   depth: 1,
 *   heads: 2,
 * });
 * const tokens = random.randint(random.key(0), [4, 10], 0, 50);
 * assert.deepEqual(encoder.apply(encoder.init(random.key(1)), tokens).shape, [4, 10, 16]);
 * ```
 */
export function textEncoder(options: TextEncoderOptions): TextEncoder {
  const {
    vocabulary,
    length,
    width,
    depth,
    heads = Math.max(1, Math.floor(width / 32)),
    hidden,
    neighbours: reaches = 0,
    seesItself = true,
  } = options;
  if (!seesItself && depth > 0)
    throw new Error(
      `textEncoder: depth: ${depth} given, 0 expected with seesItself: false (attention shows a token to its neighbours, and they to it)`,
    );
  // Without neighbours a state that does not see itself knows its place alone: not by mistake.
  const atLeast = seesItself || typeof reaches !== 'number' ? 0 : 1;
  const [before, after] = typeof reaches === 'number' ? [reaches, reaches] : reaches;
  for (const side of [before, after])
    expectNumber('textEncoder: neighbours', side, { atLeast, integer: true });
  const reach = { before, after };
  // Vectors of length one, times sqrt(width) where they come in (Vaswani et al. 2017, section 3.4):
  // the same table serves as the output's, whose logits then begin near one, and as the input,
  // whose features do.
  const words = embedding(vocabulary, width, { init: normalWithStd(1 / Math.sqrt(width)) });
  const places = positionEmbedding(length, width, { init: normalWithStd(0.1) });
  const neighbours =
    before + after > 0 ? dense((before + after) * width, width, { bias: false }) : undefined;
  const block = transformerBlock(width, { heads, hidden });
  const norm = layerNorm(width);
  const vectors = (params: TextEncoderParams, tokens: Tensor) =>
    words.apply(params.words, tokens).mul(Math.sqrt(width));
  const present = (own: Tensor, mask: Tensor | undefined) =>
    mask ? own.mul(mask.expandDims(2)) : own;
  const layer = defineLayer<TextEncoderParams>({
    name: 'textEncoder',
    init: (key) => {
      const [forWords, forPlaces, forNeighbours, forNorm] = split(key, 4);
      const forBlocks = split(key, 4 + depth).slice(4);
      return {
        words: words.init(forWords),
        places: places.init(forPlaces),
        ...(neighbours && { neighbours: neighbours.init(forNeighbours) }),
        blocks: forBlocks.map((own) => block.init(own)),
        norm: norm.init(forNorm),
      };
    },
    apply: (params, tokens, { mask } = {}) => {
      const own = vectors(params, tokens);
      let x = places.apply(params.places, seesItself ? own : tf.zerosLike(own));
      if (neighbours)
        x = x.add(neighbours.apply(params.neighbours!, around(present(own, mask), reach)));
      for (const each of params.blocks) x = block.apply(each, x, { mask });
      return norm.apply(params.norm, x);
    },
  });
  return {
    ...layer,
    at: (params, tokens, asked, { mask } = {}) => {
      if (depth > 0) return takeTokens(layer.apply(params, tokens, { mask }), asked);
      if (tokens.shape[1] > length)
        throw new Error(`textEncoder: length ${tokens.shape[1]} given, at most ${length} expected`);
      const own = vectors(params, tokens);
      let x = tf.gather(params.places.table, asked);
      if (seesItself) x = x.add(takeTokens(own, asked));
      if (neighbours)
        x = x.add(
          neighbours.apply(params.neighbours!, aroundPlaces(present(own, mask), asked, reach)),
        );
      return norm.apply(params.norm, x) as Tensor3D;
    },
  };
}

/** How many neighbours are read on either side. */
interface Reach {
  readonly before: number;
  readonly after: number;
}

/** The shifts to the places before and after, among rows that begin `before` places early. */
const shiftsOf = ({ before, after }: Reach) =>
  Array.from({ length: before + 1 + after }, (_, i) => i).filter((i) => i !== before);

/** Zeros beyond the ends, as at padding. */
const widened = (x: Tensor, { before, after }: Reach) =>
  tf.pad(x, [
    [0, 0],
    [before, after],
    [0, 0],
  ]);

/**
 * The vectors of each token's neighbours, side by side. [batch, length, width] -> [batch, length,
 * (before + after) width].
 */
function around(x: Tensor, reach: Reach): Tensor {
  const [, length, width] = x.shape as [number, number, number];
  const padded = widened(x, reach);
  return tf.concat(
    shiftsOf(reach).map((i) => tf.slice(padded, [0, i, 0], [-1, length, width])),
    2,
  );
}

/** The same at some places only: int32 [batch, count] -> [batch, count, (before + after) width]. */
function aroundPlaces(x: Tensor, places: Tensor2D, reach: Reach): Tensor {
  const [batch, count] = places.shape;
  const neighbours = places
    .expandDims(2)
    .add(tf.tensor1d(shiftsOf(reach), 'int32'))
    .reshape([batch, -1]);
  return takeTokens(widened(x, reach), neighbours).reshape([batch, count, -1]);
}
