/**
 * A text encoder that says of every word how well it fits at a place: what methods that fill in
 * words have in common.
 */
import { expectNumber } from '../core/checks';
import { tf, type Tensor, type Tensor1D, type Tensor2D, type Tensor3D } from '../core/engine';
import * as random from '../core/random';
import { gelu } from '../nn/activations';
import { sequential } from '../nn/compose';
import { dense } from '../nn/dense';
import type { ParamsOf } from '../nn/layer';
import { layerNorm } from '../nn/norm';
import type { MaskingOptions } from './corruption';
import { textEncoder, type TextEncoderOptions, type TextEncoderParams } from './textEncoder';

const headOf = (width: number) =>
  sequential({ map: dense(width, width), act: gelu(), norm: layerNorm(width) });

export interface WordModelParams {
  readonly encoder: TextEncoderParams;
  readonly head: ParamsOf<ReturnType<typeof headOf>>;
  /** [vocabulary]. */
  readonly bias: Tensor1D;
}

/** int32 [batch, length]. */
export interface TextBatch {
  readonly tokens: Tensor2D;
}

export interface WordModelOptions extends TextEncoderOptions {
  /**
   * This token's places are hidden from attention, and never asked for; no padding where left out.
   */
  readonly padding?: number;
  /**
   * Only these tokens are asked for, from `low` on and below `high`: the softmax is over them, and
   * over no others. Default the whole vocabulary.
   */
  readonly answers?: readonly [low: number, high: number];
}

export interface WordModel {
  readonly answers: readonly [low: number, high: number];
  init(key: random.Key): WordModelParams;
  /** The states of the encoder: int32 [batch, length] -> [batch, length, width]. */
  states(params: WordModelParams, tokens: Tensor2D): Tensor3D;
  /**
   * The logits of all answers at some places, and at no others: int32 [batch, count] -> [batch *
   * count, answers].
   */
  logits(params: WordModelParams, tokens: Tensor2D, places: Tensor2D): Tensor2D;
}

/**
 * The output's vectors are those of the input (Press and Wolf 2017), behind a dense layer as in
 * BERT. All functions are traceable.
 */
export function wordModel(options: WordModelOptions): WordModel {
  const { width, vocabulary, padding, answers = [0, vocabulary] } = options;
  const [low, high] = answers;
  expectNumber('answers', high, { atLeast: 1, atMost: vocabulary, integer: true });
  expectNumber('answers', low, { atLeast: 0, atMost: high - 1, integer: true });
  /** The answers' rows. */
  const ofAnswers = (x: Tensor): Tensor =>
    high - low === vocabulary ? x : tf.slice(x, low, high - low);
  const encoder = textEncoder(options);
  const head = headOf(width);
  const states = (params: WordModelParams, tokens: Tensor2D): Tensor3D =>
    encoder.apply(params.encoder, tokens, attending(tokens, padding)) as Tensor3D;
  return {
    answers,
    init: (key) => {
      const [forEncoder, forHead] = random.split(key);
      const params = {
        encoder: encoder.init(forEncoder),
        head: head.init(forHead),
        bias: tf.zeros([vocabulary]) as Tensor1D,
      };
      tf.dispose([forEncoder, forHead]);
      return params;
    },
    states,
    logits: (params, tokens, places) => {
      const asked = head.apply(
        params.head,
        encoder.at(params.encoder, tokens, places, attending(tokens, padding)).reshape([-1, width]),
      );
      return tf
        .matMul(asked, ofAnswers(params.encoder.words.table), false, true)
        .add(ofAnswers(params.bias)) as Tensor2D;
    },
  };
}

/** What attention is to be told of the padding. */
export function attending(
  tokens: Tensor2D,
  padding: number | undefined,
): { readonly mask?: Tensor } {
  return padding === undefined ? {} : { mask: present(tokens, padding) };
}

/** 1 where a token is not padding. int32 [batch, length] -> [batch, length]. */
export function present(tokens: Tensor, padding: number | undefined): Tensor2D {
  return (
    padding === undefined ? tf.onesLike(tokens) : tokens.notEqual(padding)
  ).toFloat() as Tensor2D;
}

/** The mean state of the tokens that are not padding: [batch, length, width] -> [batch, width]. */
export function meanState(states: Tensor3D, tokens: Tensor, padding: number | undefined): Tensor2D {
  const weights = present(tokens, padding);
  return states.mul(weights.expandDims(2)).sum(1).div(weights.sum(1, true).maximum(1)) as Tensor2D;
}

/** The masking, which never chooses padding, nor what is no answer. */
export function askable(
  masking: MaskingOptions,
  { vocabulary, padding, answers }: WordModelOptions,
): MaskingOptions {
  if (padding === undefined && !answers) return masking;
  const [low, high] = answers ?? [0, vocabulary];
  const own = (id: number) => masking.eligible?.[id] ?? 1;
  return {
    ...masking,
    eligible: Array.from({ length: vocabulary }, (_, id) =>
      id === padding || id < low || id >= high ? 0 : own(id),
    ),
  };
}

/**
 * Which of the answers each token is, from 0 on; of a token that is none (where a row has too few
 * to be asked for, its place has no weight) the nearest. int32 -> int32 [tokens].
 */
export function answerOf(tokens: Tensor, [low, high]: WordModel['answers']): Tensor1D {
  return tokens
    .flatten()
    .sub(low)
    .clipByValue(0, high - low - 1)
    .toInt() as Tensor1D;
}

/**
 * Logits of the answers as logits of all tokens, -Infinity for those that are none: [rows, answers]
 * -> [rows, vocabulary].
 */
export function overVocabulary(
  logits: Tensor2D,
  [low, high]: WordModel['answers'],
  vocabulary: number,
): Tensor2D {
  return high - low === vocabulary
    ? logits
    : (tf.pad(
        logits,
        [
          [0, 0],
          [low, vocabulary - high],
        ],
        -Infinity,
      ) as Tensor2D);
}
