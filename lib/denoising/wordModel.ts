/** A text encoder that says of every word how well it fits at a place: what methods that fill in words have in common. */
import { tf, type Tensor, type Tensor1D, type Tensor2D, type Tensor3D } from '../core/engine';
import * as random from '../core/random';
import { gelu } from '../nn/activations';
import { sequential } from '../nn/compose';
import { dense } from '../nn/dense';
import type { ParamsOf } from '../nn/layer';
import { layerNorm } from '../nn/norm';
import type { MaskingOptions } from './corruption';
import { textEncoder, type TextEncoderOptions, type TextEncoderParams } from './textEncoder';

const headOf = (width: number) => sequential({ map: dense(width, width), act: gelu(), norm: layerNorm(width) });

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
  /** This token's places are hidden from attention, and never asked for; no padding where left out. */
  readonly padding?: number;
}

export interface WordModel {
  init(key: random.Key): WordModelParams;
  /** The states of the encoder: int32 [batch, length] -> [batch, length, width]. */
  states(params: WordModelParams, tokens: Tensor2D): Tensor3D;
  /** The logits of all words at some places, and at no others: int32 [batch, count] -> [batch * count, vocabulary]. */
  logits(params: WordModelParams, tokens: Tensor2D, places: Tensor2D): Tensor2D;
}

/** The output's vectors are those of the input (Press and Wolf 2017), behind a dense layer as in BERT. All functions are traceable. */
export function wordModel(options: WordModelOptions): WordModel {
  const { width, vocabulary, padding } = options;
  const encoder = textEncoder(options);
  const head = headOf(width);
  const states = (params: WordModelParams, tokens: Tensor2D): Tensor3D => encoder.apply(params.encoder, tokens, attending(tokens, padding)) as Tensor3D;
  return {
    init: (key) => {
      const [forEncoder, forHead] = random.split(key) as [random.Key, random.Key];
      const params = { encoder: encoder.init(forEncoder), head: head.init(forHead), bias: tf.zeros([vocabulary]) as Tensor1D };
      tf.dispose([forEncoder, forHead]);
      return params;
    },
    states,
    logits: (params, tokens, places) => {
      const [batch, length] = tokens.shape;
      const rows = places.add(tf.range(0, batch * length, length, 'int32').expandDims(1)).reshape([-1]).toInt() as Tensor1D;
      const asked = head.apply(params.head, tf.gather(states(params, tokens).reshape([-1, width]), rows));
      return tf.matMul(asked, params.encoder.words.table, false, true).add(params.bias) as Tensor2D;
    },
  };
}

/** What attention is to be told of the padding. */
export function attending(tokens: Tensor2D, padding: number | undefined): { readonly mask?: Tensor } {
  return padding === undefined ? {} : { mask: present(tokens, padding) };
}

/** 1 where a token is not padding. int32 [batch, length] -> [batch, length]. */
export function present(tokens: Tensor, padding: number | undefined): Tensor2D {
  return (padding === undefined ? tf.onesLike(tokens) : tokens.notEqual(padding)).toFloat() as Tensor2D;
}

/** The mean state of the tokens that are not padding: [batch, length, width] -> [batch, width]. */
export function meanState(states: Tensor3D, tokens: Tensor, padding: number | undefined): Tensor2D {
  const weights = present(tokens, padding);
  return states.mul(weights.expandDims(2)).sum(1).div(weights.sum(1, true).maximum(1)) as Tensor2D;
}

/** The masking, which never chooses padding. */
export function withoutPadding(masking: MaskingOptions, vocabulary: number, padding: number | undefined): MaskingOptions {
  if (padding === undefined) return masking;
  return { ...masking, eligible: Array.from({ length: vocabulary }, (_, id) => (id === padding ? 0 : (masking.eligible?.[id] ?? 1))) };
}
