/** Masked words: hide some words of a text and guess them from the others. */
import { expectShape } from '../core/checks';
import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D, type Tensor3D } from '../core/engine';
import type { Method, NoState } from '../core/method';
import * as random from '../core/random';
import { gelu } from '../nn/activations';
import { sequential } from '../nn/compose';
import { dense } from '../nn/dense';
import type { ParamsOf } from '../nn/layer';
import { layerNorm } from '../nn/norm';
import { maskTokens, type Masked, type MaskingOptions } from './corruption';
import { textEncoder, type TextEncoderOptions, type TextEncoderParams } from './textEncoder';

const headOf = (width: number) => sequential({ map: dense(width, width), act: gelu(), norm: layerNorm(width) });

export interface MaskedWordsParams {
  readonly encoder: TextEncoderParams;
  readonly head: ParamsOf<ReturnType<typeof headOf>>;
  /** [vocabulary]. */
  readonly bias: Tensor1D;
}

/** int32 [batch, length]. */
export interface TextBatch {
  readonly tokens: Tensor2D;
}

export interface MaskedWordsOptions extends TextEncoderOptions {
  readonly masking: MaskingOptions;
  /** Its places are hidden from attention; no padding where left out. */
  readonly padding?: number;
}

/** Masked words as a method, and what only it has: what it thinks of every word at a place. */
export interface MaskedWords extends Method<MaskedWordsParams, NoState, TextBatch> {
  /**
   * The logits of all words at some places: tokens int32 [batch, length], places int32 [batch, count] -> [batch, count, vocabulary].
   * Their softmax sums to one over the vocabulary; no other places are computed.
   */
  logits(params: MaskedWordsParams, tokens: Tensor2D, places: Tensor2D): Tensor3D;
  /** The states of the encoder, [batch, length, width]. */
  states(params: MaskedWordsParams, tokens: Tensor2D): Tensor3D;
}

/**
 * BERT's masked-word loss (Devlin et al. 2019, section 3.1, task 1) with the output's vectors those of the input (Press and Wolf 2017): cross-entropy, the mean over the places asked.
 *
 * Energy: F(x, y) = -log softmax(logits)_y for a text x that hides one word and a word y. The vocabulary is finite, so the softmax sums over *all* y: what goes
 * down for one word goes up for the others. Mechanism: the words are the data itself, which cannot be made trivial.
 */
export function maskedWords(options: MaskedWordsOptions): MaskedWords {
  const { vocabulary, width, masking, padding } = options;
  const encoder = textEncoder(options);
  const head = headOf(width);
  const states = (params: MaskedWordsParams, tokens: Tensor2D): Tensor3D =>
    encoder.apply(params.encoder, tokens, padding === undefined ? {} : { mask: tokens.notEqual(padding).toFloat() }) as Tensor3D;
  /** [rows, width] -> [rows, vocabulary]. */
  const scores = (params: MaskedWordsParams, rows: Tensor): Tensor2D =>
    tf.matMul(head.apply(params.head, rows), params.encoder.words.table, false, true).add(params.bias) as Tensor2D;
  const at = (params: MaskedWordsParams, tokens: Tensor2D, places: Tensor2D): Tensor2D => {
    const [batch, length] = tokens.shape;
    const rows = places.add(tf.range(0, batch * length, length, 'int32').expandDims(1)).reshape([-1]).toInt() as Tensor1D;
    return scores(params, tf.gather(states(params, tokens).reshape([-1, width]), rows));
  };
  /** -log softmax(logits)_target: [rows, vocabulary], int32 [rows] -> [rows]. */
  const surprise = (logits: Tensor2D, targets: Tensor): Tensor => logits.logSumExp(1).sub(logits.mul(tf.oneHot(targets as Tensor1D, vocabulary).toFloat()).sum(1));
  return {
    name: 'Masked words',
    mechanism: 'reconstruction',
    init: (key) => {
      const [forEncoder, forHead] = random.split(key) as [random.Key, random.Key];
      const params = { encoder: encoder.init(forEncoder), head: head.init(forHead), bias: tf.zeros([vocabulary]) as Tensor1D };
      tf.dispose([forEncoder, forHead]);
      return { params, state: {} };
    },
    objective(params, { tokens }, key, state) {
      const masked: Masked = maskTokens(tokens, key, masking);
      const logits = at(params, masked.tokens, masked.places);
      const targets = masked.targets.reshape([-1]).toInt();
      const [weights, asked] = [masked.weights.reshape([-1]), masked.weights.sum().maximum(1)];
      const loss = surprise(logits, targets).mul(weights).sum().div(asked) as Scalar;
      const right = logits.argMax(1).toInt().equal(targets).toFloat().mul(weights).sum().div(asked) as Scalar;
      return { loss, metrics: { accuracy: right }, state };
    },
    /** @param x int32 [batch, length], one hidden word in each. @param y int32 [batch]. */
    energy: (params, x, y) => tf.tidy(() => {
      expectShape('energy: x', x, ['batch', 'length']);
      const places = x.equal(masking.mask).toInt().argMax(1).toInt().expandDims(1) as Tensor2D;
      return surprise(at(params, x as Tensor2D, places), y) as Tensor1D;
    }),
    /** The mean state of the tokens that are not padding, [batch, width]. */
    embed: (params, x) => tf.tidy(() => {
      const present = padding === undefined ? tf.onesLike(x).toFloat() : x.notEqual(padding).toFloat();
      return states(params, x as Tensor2D).mul(present.expandDims(2)).sum(1).div(present.sum(1, true).maximum(1)) as Tensor2D;
    }),
    logits: (params, tokens, places) => tf.tidy(() => at(params, tokens, places).reshape([...places.shape, vocabulary]) as Tensor3D),
    states: (params, tokens) => tf.tidy(() => states(params, tokens)),
  };
}
