/**
 * Replaced-token detection: one network fills in hidden words, another says of every word whether
 * it is the author's.
 */
import { expectNumber, expectShape } from '../core/checks';
import { tf, type Scalar, type Tensor1D, type Tensor2D, type Tensor3D } from '../core/engine';
import type { EmbeddingMethod, EnergyMethod, NoState } from '../core/method';
import * as tree from '../core/pytree';
import { offTape } from '../core/offTape';
import * as random from '../core/random';
import { gelu } from '../nn/activations';
import { sequential } from '../nn/compose';
import { crossEntropyLoss } from '../nn/crossEntropy';
import { dense } from '../nn/dense';
import type { ParamsOf } from '../nn/layer';
import { maskTokens, addAt, type Masked, type MaskingOptions } from './corruption';
import { textEncoder, type TextEncoderOptions, type TextEncoderParams } from './textEncoder';
import {
  answerOf,
  askable,
  attending,
  meanState,
  present,
  wordModel,
  type TextBatch,
  type WordModelOptions,
  type WordModelParams,
} from './wordModel';

const judgeOf = (width: number) =>
  sequential({ map: dense(width, width), act: gelu(), out: dense(width, 1) });

export interface ReplacedTokensParams {
  readonly generator: WordModelParams;
  readonly discriminator: {
    readonly encoder: TextEncoderParams;
    readonly judge: ParamsOf<ReturnType<typeof judgeOf>>;
  };
}

/** The encoder's options are the discriminator's. */
export interface ReplacedTokensOptions extends WordModelOptions {
  /**
   * Which tokens the generator fills in. `shares` defaults to [1, 0]: all that are chosen are
   * hidden from it.
   */
  readonly masking: MaskingOptions;
  /**
   * What the generator has otherwise than the discriminator; a width of a quarter to a half is
   * best, as a better one is too hard to find out (section 3.2).
   */
  readonly generator: Partial<Omit<TextEncoderOptions, 'vocabulary' | 'length'>>;
  /** Of the discriminator's loss, lambda in equation 3; at least 0, default 50. */
  readonly weight?: number;
}

/** Replaced-token detection as a method, and what only it has. */
export interface ReplacedTokens
  extends
    EnergyMethod<ReplacedTokensParams, NoState, TextBatch>,
    EmbeddingMethod<ReplacedTokensParams, NoState, TextBatch> {
  /**
   * What the generator makes of a text: tokens int32 [batch, length], and replaced [batch, length],
   * 1 where a token is not what it was.
   */
  corrupt(
    params: ReplacedTokensParams,
    tokens: Tensor2D,
    key: random.Key,
  ): { readonly tokens: Tensor2D; readonly replaced: Tensor2D };
  /**
   * The discriminator's logit of "replaced" for every token: int32 [batch, length] -> [batch,
   * length]; above 0 where it rather thinks so.
   */
  detect(params: ReplacedTokensParams, tokens: Tensor2D): Tensor2D;
}

/**
 * ELECTRA (Clark et al. 2020, equations 1-3): a small generator is trained as masked words are, and
 * fills each hidden place with a word drawn from its softmax; the discriminator D sees the result,
 * and says of *every* token whether it is the original one:
 *
 *     loss = generator's cross-entropy at the places asked + weight * mean over all tokens of -[r log D + (1 - r) log(1 - D)]
 *
 * with r = 1 for a token that is not what it was. A word drawn for itself is original. Padding
 * counts in neither mean. No gradient goes through the drawing: the generator is not an adversary.
 * Unlike the paper's, the two networks share no vectors, so that neither term says anything to the
 * other's network.
 *
 * Energy: F(x, y) is D's logit of "replaced" for the word y in the hole of a text x. Mechanism:
 * contrastive, with the generator's words as the contrastive samples.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { denoising, random, train } from 'dark-matter';
 * const method = denoising.replacedTokens({
 *   vocabulary: 50,
 *   length: 10,
 *   width: 16,
 *   depth: 1,
 *   heads: 2,
 *   masking: { count: 2, mask: 0, words: [1, 50] },
 *   generator: { width: 8 },
 * });
 * const tokens = random.randint(random.key(0), [32, 10], 1, 50);
 * const { params } = await train({
 *   method,
 *   data: { tokens },
 *   batch: 8,
 *   steps: 3,
 *   display: 'none',
 * });
 * assert.deepEqual(method.detect(params, tokens).shape, [32, 10]);
 * ```
 */
export function replacedTokens(options: ReplacedTokensOptions): ReplacedTokens {
  const { vocabulary, length, width, padding, weight = 50 } = options;
  expectNumber('replacedTokens: weight', weight, { atLeast: 0 });
  const masking = askable({ shares: [1, 0], ...options.masking }, options);
  const generator = wordModel({ ...options, ...options.generator, vocabulary, length });
  const encoder = textEncoder(options);
  const judge = judgeOf(width);
  const statesOf = (params: ReplacedTokensParams, tokens: Tensor2D) =>
    encoder.apply(params.discriminator.encoder, tokens, attending(tokens, padding)) as Tensor3D;
  const detect = (params: ReplacedTokensParams, tokens: Tensor2D): Tensor2D =>
    judge.apply(params.discriminator.judge, statesOf(params, tokens)).squeeze([2]) as Tensor2D;
  /**
   * The text with words drawn from the generator's logits [batch * count, answers]; for the
   * gradient a constant.
   */
  const filled = (
    tokens: Tensor2D,
    { places, targets, weights }: Masked,
    logits: Tensor2D,
    key: random.Key,
  ) =>
    offTape(() => {
      const drawn = random
        .categorical(key, logits)
        .add(generator.answers[0])
        .toInt()
        .reshape(places.shape) as Tensor2D;
      const seen = addAt(tokens, places, drawn.sub(targets).mul(weights.toInt()) as Tensor2D);
      return { tokens: seen, replaced: seen.notEqual(tokens).toFloat() as Tensor2D };
    });
  return {
    name: 'Replaced tokens',
    mechanism: 'contrastive',
    options,
    init: (key) => {
      const [forGenerator, forEncoder, forJudge] = random.split(key, 3);
      const params = {
        generator: generator.init(forGenerator),
        discriminator: { encoder: encoder.init(forEncoder), judge: judge.init(forJudge) },
      };
      tf.dispose([forGenerator, forEncoder, forJudge]);
      return { params, state: {} };
    },
    objective(params, { tokens }, key, state) {
      const [forPlaces, forWords] = random.split(key);
      const masked = maskTokens(tokens, forPlaces, masking);
      const logits = generator.logits(params.generator, masked.tokens, masked.places);
      const [weights, targets] = [
        masked.weights.reshape([-1]),
        answerOf(masked.targets, generator.answers),
      ];
      const filling = crossEntropyLoss(logits, targets)
        .mul(weights)
        .sum()
        .div(weights.sum().maximum(1)) as Scalar;

      const { tokens: seen, replaced } = filled(tokens, masked, logits, forWords);
      const [judged, counted] = [detect(params, seen), present(tokens, padding)];
      // softplus(logit) - r logit: the binary cross-entropy, without the logarithm of a rounded
      // zero.
      const detection = tf
        .softplus(judged)
        .sub(replaced.mul(judged))
        .mul(counted)
        .sum()
        .div(counted.sum().maximum(1)) as Scalar;
      const spotted = judged
        .greater(0)
        .toFloat()
        .mul(replaced)
        .sum()
        .div(replaced.sum().maximum(1)) as Scalar;
      return {
        loss: filling.add(detection.mul(weight)) as Scalar,
        metrics: { generator: filling, discriminator: detection, spotted },
        state,
      };
    },
    /** @param x int32 [batch, length], one hidden word in each. @param y int32 [batch]. */
    energy: (params, x, y) =>
      tf.tidy(() => {
        expectShape('energy: x', x, ['batch', 'length']);
        const hole = tf
          .oneHot(x.equal(masking.mask).toInt().argMax(1) as Tensor1D, x.shape[1]!)
          .toInt();
        const seen = x
          .mul(tf.sub(1, hole))
          .add(hole.mul(y.expandDims(1)))
          .toInt() as Tensor2D;
        return detect(params, seen).mul(hole.toFloat()).sum(1) as Tensor1D;
      }),
    /** The discriminator's mean state of the tokens that are not padding, [batch, width]. */
    embed: (params, x) => tf.tidy(() => meanState(statesOf(params, x as Tensor2D), x, padding)),
    /** Nothing in these networks depends on the batch: a copy. */
    calibrate: (params) => tree.clone(params),
    corrupt: (params, tokens, key) =>
      tf.tidy(() => {
        const [forPlaces, forWords] = random.split(key);
        const masked = maskTokens(tokens, forPlaces, masking);
        return filled(
          tokens,
          masked,
          generator.logits(params.generator, masked.tokens, masked.places),
          forWords,
        );
      }),
    detect: (params, tokens) => tf.tidy(() => detect(params, tokens)),
  };
}
