/**
 * Corrupted text: what a denoising model of text is given, and what it has to say about it.
 * Traceable.
 */
import { expectNumber, expectShape } from '../core/checks';
import { tf, type Tensor, type Tensor2D } from '../core/engine';
import { tidy } from '../core/pytree';
import { randint, split, uniform, type Key } from '../core/random';

export interface MaskingOptions {
  /** Places chosen in each row. */
  readonly count: number;
  /** The token that hides. */
  readonly mask: number;
  /** Other words are drawn from [low, high). */
  readonly words: readonly [low: number, high: number];
  /** [vocabulary]: above 0 for tokens that may be chosen; default all. */
  readonly eligible?: ArrayLike<number>;
  /**
   * Of the chosen, the shares that are hidden and that become another word; the rest stays. Default
   * BERT's [0.8, 0.1].
   */
  readonly shares?: readonly [hidden: number, replaced: number];
}

/** A batch with some of its words to be guessed. */
export interface Masked {
  /** int32 [batch, length]: what the model sees. */
  readonly tokens: Tensor2D;
  /** int32 [batch, count]: where it is asked. */
  readonly places: Tensor2D;
  /** int32 [batch, count]: what stood there. */
  readonly targets: Tensor2D;
  /** [batch, count]: 1, or 0 where a row has fewer eligible tokens than places. */
  readonly weights: Tensor2D;
}

/**
 * BERT's corruption (Devlin et al. 2019, section 3.1): of the chosen words 80% are hidden, 10%
 * become another word and 10% stay, so that a model cannot trust any word that it sees. The number
 * of places is fixed, not their share of the row: so only their logits need to be computed.
 *
 * @param tokens int32 [batch, length].
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { denoising, random } from 'dark-matter';
 * const tokens = random.randint(random.key(0), [4, 10], 1, 50);
 * const { tokens: masked, targets } = denoising.maskTokens(tokens, random.key(1), {
 *   count: 2,
 *   mask: 0,
 *   words: [1, 50],
 * });
 * assert.deepEqual(
 *   [masked.shape, targets.shape],
 *   [
 *     [4, 10],
 *     [4, 2],
 *   ],
 * );
 * ```
 */
export function maskTokens(tokens: Tensor2D, key: Key, options: MaskingOptions): Masked {
  const { count, mask, words, eligible, shares: [hidden, replaced] = [0.8, 0.1] } = options;
  const { length } = expectShape('maskTokens: tokens', tokens, ['batch', 'length']) as {
    length: number;
  };
  expectNumber('maskTokens: count', count, { atLeast: 1, atMost: length, integer: true });
  expectNumber('maskTokens: shares', hidden, { atLeast: 0, atMost: 1 });
  expectNumber('maskTokens: shares', replaced, { atLeast: 0, atMost: 1 - hidden });
  return tidy(() => {
    const [forPlaces, forKind, forWords] = split(key, 3);
    const allowed = isEligible(tokens, eligible);
    // A random order of the places; those that are not eligible come last.
    const { values, indices: places } = tf.topk(
      uniform(forPlaces, tokens.shape).add(allowed),
      count,
    );
    const weights = values.greaterEqual(1).toFloat() as Tensor2D;
    const chosen = places
      .expandDims(2)
      .equal(tf.range(0, length, 1, 'int32'))
      .toInt(); // [batch, count, length]
    const targets = chosen.mul(tokens.expandDims(1)).sum(2).toInt() as Tensor2D;
    const kind = uniform(forKind, places.shape);
    const other = randint(forWords, places.shape, ...words);
    const seen = tf.where(
      kind.less(hidden),
      tf.fill(places.shape, mask, 'int32'),
      tf.where(kind.less(hidden + replaced), other, targets),
    );
    const change = seen.sub(targets).mul(weights.toInt()) as Tensor2D;
    return {
      tokens: addAt(tokens, places as Tensor2D, change),
      places: places.toInt() as Tensor2D,
      targets,
      weights,
    };
  });
}

/**
 * Adds to the tokens at some places: int32 [batch, length], int32 [batch, count] of different
 * places each, int32 [batch, count] -> int32 [batch, length].
 */
export function addAt(tokens: Tensor2D, places: Tensor2D, change: Tensor2D): Tensor2D {
  const chosen = places
    .expandDims(2)
    .equal(tf.range(0, tokens.shape[1], 1, 'int32'))
    .toInt();
  return tokens.add(chosen.mul(change.expandDims(2)).sum(1)).toInt() as Tensor2D;
}

/**
 * Substituted words (as for ELECTRA, Clark et al. 2020, section 2, with words drawn evenly): each
 * eligible token becomes another with probability `rate`.
 *
 * @returns tokens, int32 [batch, length], and replaced [batch, length]: 1 where the token is not
 * what it was. A word that is drawn for itself counts as not replaced.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { denoising, random } from 'dark-matter';
 * const tokens = random.randint(random.key(0), [4, 10], 1, 50);
 * const { replaced } = denoising.substituteTokens(tokens, random.key(1), {
 *   rate: 0.3,
 *   words: [1, 50],
 * });
 * assert.deepEqual(replaced.shape, [4, 10]);
 * ```
 */
export function substituteTokens(
  tokens: Tensor2D,
  key: Key,
  { rate, words, eligible }: { readonly rate: number } & Pick<MaskingOptions, 'words' | 'eligible'>,
): { readonly tokens: Tensor2D; readonly replaced: Tensor } {
  expectShape('substituteTokens: tokens', tokens, ['batch', 'length']);
  expectNumber('substituteTokens: rate', rate, { atLeast: 0, atMost: 1 });
  return tidy(() => {
    const [forPlaces, forWords] = split(key);
    const allowed = isEligible(tokens, eligible);
    const chosen = uniform(forPlaces, tokens.shape).less(allowed.mul(rate));
    const seen = tf
      .where(chosen, randint(forWords, tokens.shape, ...words), tokens)
      .toInt() as Tensor2D;
    return { tokens: seen, replaced: seen.notEqual(tokens).toFloat() };
  });
}

/** 1 where a token may be chosen, 0 elsewhere. */
function isEligible(tokens: Tensor2D, eligible: MaskingOptions['eligible']): Tensor {
  if (!eligible) return tf.onesLike(tokens).toFloat();
  const table = tf.tensor1d(Float32Array.from(eligible, (value) => (value > 0 ? 1 : 0)));
  return tf.gather(table, tokens.flatten()).reshape(tokens.shape);
}
