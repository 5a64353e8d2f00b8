/** Masked words: hide some words of a text and guess them from the others. */
import { expectShape } from '../core/checks';
import { tf, type Scalar, type Tensor1D, type Tensor2D, type Tensor3D } from '../core/engine';
import type { EmbeddingMethod, EnergyMethod, NoState } from '../core/method';
import * as tree from '../core/pytree';
import { crossEntropyLoss } from '../nn/crossEntropy';
import { maskTokens, type MaskingOptions } from './corruption';
import {
  answerOf,
  askable,
  meanState,
  overVocabulary,
  wordModel,
  type TextBatch,
  type WordModelOptions,
  type WordModelParams,
} from './wordModel';

export type MaskedWordsParams = WordModelParams;

export interface MaskedWordsOptions extends WordModelOptions {
  readonly masking: MaskingOptions;
}

/** Masked words as a method, and what only it has: what it thinks of every word at a place. */
export interface MaskedWords
  extends
    EnergyMethod<MaskedWordsParams, NoState, TextBatch>,
    EmbeddingMethod<MaskedWordsParams, NoState, TextBatch> {
  /**
   * The logits of all words at some places: tokens int32 [batch, length], places int32 [batch,
   * count] -> [batch, count, vocabulary]. Their softmax sums to one over the vocabulary; -Infinity
   * for a token that is none of the `answers`. No other places are computed.
   */
  logits(params: MaskedWordsParams, tokens: Tensor2D, places: Tensor2D): Tensor3D;
  /** The states of the encoder, [batch, length, width]. */
  states(params: MaskedWordsParams, tokens: Tensor2D): Tensor3D;
}

/**
 * BERT's masked-word loss (Devlin et al. 2019, section 3.1, task 1) with the output's vectors those
 * of the input (Press and Wolf 2017): cross-entropy, the mean over the places asked.
 *
 * Energy: F(x, y) = -log softmax(logits)_y for a text x that hides one word and a word y. The
 * vocabulary is finite, so the softmax sums over *all* y: what goes down for one word goes up for
 * the others. The energy of a token that is none of the `answers` is Infinity. Mechanism: the words
 * are the data itself, which cannot be made trivial.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { denoising, random, train } from 'dark-matter';
 * const method = denoising.maskedWords({
 *   vocabulary: 50,
 *   length: 10,
 *   width: 16,
 *   depth: 1,
 *   heads: 2,
 *   masking: { count: 2, mask: 0, words: [1, 50] },
 * });
 * const tokens = random.randint(random.key(0), [32, 10], 1, 50);
 * const { history } = await train({
 *   method,
 *   data: { tokens },
 *   batch: 8,
 *   steps: 3,
 *   display: 'none',
 * });
 * assert.ok(Number.isFinite(history.loss.at(-1)));
 * ```
 */
export function maskedWords(options: MaskedWordsOptions): MaskedWords {
  const { vocabulary, padding } = options;
  const masking = askable(options.masking, options);
  const model = wordModel(options);
  const everyWord = (params: MaskedWordsParams, tokens: Tensor2D, places: Tensor2D) =>
    overVocabulary(model.logits(params, tokens, places), model.answers, vocabulary);
  return {
    name: 'Masked words',
    mechanism: 'reconstruction',
    options,
    init: (key) => ({ params: model.init(key), state: {} }),
    objective(params, { tokens }, key, state) {
      const masked = maskTokens(tokens, key, masking);
      const logits = model.logits(params, masked.tokens, masked.places);
      const targets = answerOf(masked.targets, model.answers);
      const [weights, asked] = [masked.weights.reshape([-1]), masked.weights.sum().maximum(1)];
      const loss = crossEntropyLoss(logits, targets).mul(weights).sum().div(asked) as Scalar;
      const right = logits
        .argMax(1)
        .toInt()
        .equal(targets)
        .toFloat()
        .mul(weights)
        .sum()
        .div(asked) as Scalar;
      return { loss, metrics: { accuracy: right }, state };
    },
    /** @param x int32 [batch, length], one hidden word in each. @param y int32 [batch]. */
    energy: (params, x, y) =>
      tf.tidy(() => {
        expectShape('energy: x', x, ['batch', 'length']);
        const places = x.equal(masking.mask).toInt().argMax(1).toInt().expandDims(1) as Tensor2D;
        return crossEntropyLoss(everyWord(params, x as Tensor2D, places), y as Tensor1D);
      }),
    /** The mean state of the tokens that are not padding, [batch, width]. */
    embed: (params, x) => tf.tidy(() => meanState(model.states(params, x as Tensor2D), x, padding)),
    /** Nothing in these networks depends on the batch: a copy. */
    calibrate: (params) => tree.clone(params),
    logits: (params, tokens, places) =>
      tf.tidy(
        () => everyWord(params, tokens, places).reshape([...places.shape, vocabulary]) as Tensor3D,
      ),
    states: (params, tokens) => tf.tidy(() => model.states(params, tokens)),
  };
}
