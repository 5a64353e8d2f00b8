/**
 * n-gram models with interpolated Kneser-Ney smoothing: what counting words can do, the baseline of
 * every language model.
 */
import { expectNumber } from '../core/checks';

export interface NGram {
  /** The words that a prediction looks at, its own included. */
  readonly order: number;
  readonly vocabulary: number;
  /**
   * p(word | context), above 0. Of the context the last `order - 1` tokens count; it may be
   * shorter.
   */
  probability(context: ArrayLike<number>, word: number): number;
  /** [vocabulary], p(. | context), which sums to one. */
  probabilities(context: ArrayLike<number>): Float64Array;
}

/**
 * All different n-grams of one length as sorted numbers in base `vocabulary`, and how often each
 * counts.
 */
interface Level {
  readonly grams: Float64Array;
  /** The counts' running sum, [grams + 1]: between two places stands the sum of what is between. */
  readonly upTo: Float64Array;
  /** [vocabulary + 1]: where the n-grams that begin with each word stand, and where they end. */
  readonly begin: Uint32Array;
  /** Taken from each count, and shared out by the shorter context. */
  readonly discount: number;
}

/**
 * Interpolated Kneser-Ney (Kneser and Ney 1995; in the form of Chen and Goodman 1999, equation
 * 2.4): with c the count of the n-gram and N the number of different words seen after the context,
 *
 *     p(w | context) = max(c(context w) - D, 0) / c(context)  +  D N(context) / c(context)  p(w | shorter context)
 *
 * In shorter contexts c is the number of different words seen *before* the n-gram, so that a word
 * frequent in one phrase only is not expected everywhere. Below the unigram stands the uniform
 * distribution. D = n1 / (n1 + 2 n2) at each length, from the number of n-grams counted once and
 * twice.
 *
 * @param tokens one long text, whole numbers in [0, vocabulary).
 * @param options order: 1, 2, 3, ...; vocabulary ** order must be exact in a number, below 2 ** 53.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { denoising } from 'dark-matter';
 * const model = denoising.nGram([1, 2, 3, 1, 2, 3, 1, 2], { order: 2, vocabulary: 4 });
 * // After 1 comes 2.
 * assert.ok(model.probability([1], 2) > model.probability([1], 3));
 * ```
 */
export function nGram(
  tokens: ArrayLike<number>,
  { order, vocabulary }: { readonly order: number; readonly vocabulary: number },
): NGram {
  expectNumber('nGram: order', order, { atLeast: 1, integer: true });
  expectNumber('nGram: vocabulary', vocabulary, { atLeast: 1, integer: true });
  if (vocabulary ** order >= 2 ** 53)
    throw new Error(
      `nGram: order ${order} of ${vocabulary} words given, vocabulary ** order below 2 ** 53 expected`,
    );
  if (tokens.length < order)
    throw new Error(`nGram: ${tokens.length} tokens given, at least ${order} expected`);
  for (let i = 0; i < tokens.length; i++) requireToken('tokens', tokens[i]!, vocabulary);

  const levels: Level[] = [count(gramsOf(tokens, order, vocabulary), order, vocabulary)];
  for (let n = order - 1; n >= 1; n--)
    // the shortest first
    levels.unshift(
      count(
        levels[0]!.grams.map((gram) => gram % vocabulary ** n),
        n,
        vocabulary,
      ),
    );

  /**
   * Visits the levels whose context was seen, the shortest first: the context as a number, and where
   * the n-grams that begin with it stand.
   */
  const climb = (
    context: ArrayLike<number>,
    visit: (level: Level, prefix: number, from: number, to: number) => void,
  ): void => {
    let prefix = 0;
    for (let n = 1; n <= order && n - 1 <= context.length; n++) {
      const level = levels[n - 1]!;
      let [from, to] = [0, level.grams.length];
      if (n > 1) {
        const first = requireToken('context', context[context.length - n + 1]!, vocabulary);
        prefix += first * vocabulary ** (n - 2);
        [from, to] = [level.begin[first]!, level.begin[first + 1]!];
      }
      if (n > 2) {
        from = lowerBound(level.grams, prefix * vocabulary, from, to);
        to = endOf(level.grams, (prefix + 1) * vocabulary, from, to);
      }
      if (from === to) return;
      visit(level, prefix, from, to);
    }
  };

  return {
    order,
    vocabulary,
    probability(context, word) {
      requireToken('word', word, vocabulary);
      let p = 1 / vocabulary;
      climb(context, ({ grams, upTo, discount }, prefix, from, to) => {
        const gram = prefix * vocabulary + word;
        const at = lowerBound(grams, gram, from, to);
        const own = at < to && grams[at] === gram ? upTo[at + 1]! - upTo[at]! - discount : 0;
        p = (own + discount * (to - from) * p) / (upTo[to]! - upTo[from]!);
      });
      return p;
    },
    probabilities(context) {
      const p = new Float64Array(vocabulary).fill(1 / vocabulary);
      climb(context, ({ grams, upTo, discount }, prefix, from, to) => {
        const total = upTo[to]! - upTo[from]!;
        for (let w = 0; w < vocabulary; w++) p[w]! *= (discount * (to - from)) / total;
        for (let i = from; i < to; i++)
          p[grams[i]! - prefix * vocabulary]! += (upTo[i + 1]! - upTo[i]! - discount) / total;
      });
      return p;
    },
  };
}

/**
 * What an n-gram model says of a hidden word from both sides: by Bayes' rule, p(word | all others)
 * is proportional to the product of all factors that the word is in, its own and those of the
 * `order - 1` words after it.
 *
 * @param left the words before it. @param right those after it; it may be shorter than order - 1.
 * @param words candidates; default all.
 * @returns one probability for each candidate, which sum to one over them.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { denoising } from 'dark-matter';
 * const model = denoising.nGram([1, 2, 3, 1, 2, 3, 1, 2], { order: 2, vocabulary: 4 });
 * const between = denoising.twoSided(model, [1], [3]);
 * assert.equal(between.indexOf(Math.max(...between)), 2);
 * ```
 */
export function twoSided(
  model: NGram,
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  words?: ArrayLike<number>,
): Float64Array {
  const before = Array.from(left).slice(-(model.order - 1) || left.length);
  const after = Array.from(right).slice(0, model.order - 1);
  const own = model.probabilities(before);
  const candidates = words ?? Array.from(own, (_, word) => word);
  // The contexts of the words after it, in which the candidates take turns.
  const contexts = after.map((_, i) => [...before, 0, ...after.slice(0, i)]);
  const scores = Float64Array.from(candidates, (word) => {
    let score = own[word]!;
    for (let i = 0; i < after.length; i++) {
      contexts[i]![before.length] = word;
      score *= model.probability(contexts[i]!, after[i]!);
    }
    return score;
  });
  const sum = scores.reduce((a, b) => a + b, 0);
  return scores.map((score) => score / sum);
}

function gramsOf(tokens: ArrayLike<number>, order: number, vocabulary: number): Float64Array {
  const grams = new Float64Array(tokens.length - order + 1);
  for (let i = 0; i < grams.length; i++)
    for (let k = 0; k < order; k++) grams[i] = grams[i]! * vocabulary + tokens[i + k]!;
  return grams;
}

/** @param all n-grams of this length, one for each place in the text. */
function count(all: Float64Array, length: number, vocabulary: number): Level {
  all.sort();
  const isNew = (i: number): boolean => i === 0 || all[i] !== all[i - 1];
  const starts: number[] = [];
  for (let i = 0; i < all.length; i++) if (isNew(i)) starts.push(i);
  const upTo = Float64Array.from([...starts, all.length]);
  const seenTimes = (times: number): number =>
    starts.reduce((sum, _, i) => sum + (upTo[i + 1]! - upTo[i]! === times ? 1 : 0), 0);
  const [once, twice] = [seenTimes(1), seenTimes(2)];
  // Nothing seen once: half of a count is as good as any. Nothing seen twice would take counts of
  // one away whole.
  const grams = Float64Array.from(starts, (i) => all[i]!);
  const perFirst = vocabulary ** (length - 1);
  return {
    grams,
    begin: Uint32Array.from({ length: vocabulary + 1 }, (_, word) =>
      lowerBound(grams, word * perFirst),
    ),
    upTo,
    discount: once > 0 && twice > 0 ? once / (once + 2 * twice) : 0.5,
  };
}

/** The first place whose value is at least `value`. */
function lowerBound(sorted: Float64Array, value: number, from = 0, to = sorted.length): number {
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * As `lowerBound`, for a place that is probably near `from`: most contexts are followed by few
 * different words.
 */
function endOf(sorted: Float64Array, value: number, from: number, to: number): number {
  let step = 1;
  while (from + step < to && sorted[from + step]! < value) {
    from += step;
    step *= 2;
  }
  return lowerBound(sorted, value, from, Math.min(from + step, to));
}

function requireToken(name: string, token: number, vocabulary: number): number {
  if (!(Number.isInteger(token) && token >= 0 && token < vocabulary))
    throw new Error(`${name}: ${token} given, a whole number in [0, ${vocabulary}) expected`);
  return token;
}
