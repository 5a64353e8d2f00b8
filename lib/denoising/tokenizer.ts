/** From text to numbers and back: whole words where they are frequent, pieces of them where not. */
import { expectNumber } from '../core/checks';
import { bytePairs, type BytePairs } from './bytePairs';

export interface TokenizerOptions {
  /** Tokens in all, the special ones and the 256 bytes included. */
  readonly vocabulary: number;
  /** How many of them are pieces made by joining pairs; default a quarter of the vocabulary. */
  readonly merges?: number;
}

/**
 * All functions are pure. `decode(encode(text))` is the text, whatever it is, as long as it is
 * well-formed Unicode.
 */
export interface Tokenizer {
  readonly vocabulary: number;
  /**
   * Stands where nothing is; where something is hidden; between two texts. They decode to nothing.
   */
  readonly padding: number;
  readonly mask: number;
  readonly separator: number;
  /** [vocabulary], what each token looks like; a word has its space before it. */
  readonly tokens: readonly string[];
  /**
   * [vocabulary]: 1 for whole words of letters, 0 for pieces, punctuation and the special tokens.
   */
  readonly isWord: Uint8Array;
  encode(text: string): Int32Array;
  decode(ids: ArrayLike<number>): string;
}

const special = ['[PAD]', '[MASK]', '[SEP]'];
/**
 * A run of letters, of digits, or another character, each with the space before it; or a white
 * space. Together they are the text.
 */
const pieces = / ?[\p{L}\p{M}]+| ?\p{N}+| ?[^\s\p{L}\p{M}\p{N}]|\s/gu;
const utf8 = new TextEncoder();

/**
 * A vocabulary learnt from texts. The most frequent words are tokens of their own. A rarer word is
 * spelt with pieces, which byte-pair encoding makes from the rare words (Sennrich, Haddow and Birch
 * 2016, algorithm 1), and where no piece fits, with bytes (Radford et al. 2019, section 2.2): so
 * there is no unknown word.
 *
 * The ids: padding, mask, separator, the bytes, the pieces, the words, the most frequent first.
 * Case is kept; fold it before, if you will.
 *
 * @throws when the texts have fewer words, or fewer pairs to join, than the vocabulary has places
 * for.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { denoising } from 'dark-matter';
 * // Three special tokens, the 256 bytes, and the two most frequent words.
 * const words = denoising.tokenizer(['a cat', 'a cat ran'], {
 *   vocabulary: 3 + 256 + 2,
 *   merges: 0,
 * });
 * assert.equal(words.decode(words.encode('a cat ran')), 'a cat ran');
 * ```
 */
export function tokenizer(texts: Iterable<string>, options: TokenizerOptions): Tokenizer {
  const { vocabulary, merges = Math.floor(options.vocabulary / 4) } = options;
  expectNumber('tokenizer: merges', merges, { atLeast: 0, integer: true });
  const first = special.length + 256 + merges;
  expectNumber('tokenizer: vocabulary', vocabulary, { atLeast: first, integer: true });

  const counts = new Map<string, number>();
  for (const text of texts)
    for (const piece of split(text)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  const ranked = Array.from(counts).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const words = ranked.slice(0, vocabulary - first).map(([word]) => word);
  if (words.length < vocabulary - first)
    throw new Error(
      `tokenizer: vocabulary: ${vocabulary} given, but the texts have only ${words.length} different words for ${vocabulary - first} places`,
    );
  const rare = ranked
    .slice(words.length)
    .map(([word, count]) => ({ bytes: utf8.encode(word), count }));
  const pairs = bytePairs(rare, merges);
  return assemble(words, pairs, first);
}

function assemble(words: readonly string[], pairs: BytePairs, first: number): Tokenizer {
  const bytesOf = [
    ...special.map(() => new Uint8Array()),
    ...pairs.bytes,
    ...words.map((word) => utf8.encode(word)),
  ];
  const tokens = [
    ...special,
    ...pairs.bytes.map((bytes) => new TextDecoder().decode(bytes)),
    ...words,
  ];
  // The same rare words come again and again: each is spelt once.
  const known = new Map<string, readonly number[]>(words.map((word, i) => [word, [first + i]]));
  const idsOf = (piece: string): readonly number[] => {
    let ids = known.get(piece);
    if (!ids)
      known.set(piece, (ids = pairs.encode(utf8.encode(piece)).map((id) => id + special.length)));
    return ids;
  };
  return {
    vocabulary: tokens.length,
    padding: 0,
    mask: 1,
    separator: 2,
    tokens,
    isWord: Uint8Array.from(tokens, (token, id) =>
      id >= first && /^ \p{L}+$/u.test(token) ? 1 : 0,
    ),
    encode(text) {
      const ids: number[] = [];
      for (const piece of split(text)) ids.push(...idsOf(piece));
      return Int32Array.from(ids);
    },
    decode: (ids) => {
      const parts = Array.from(ids, (id) => {
        if (bytesOf[id] === undefined)
          throw new Error(`ids: ${id} given, a whole number in [0, ${tokens.length}) expected`);
        return bytesOf[id];
      });
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(parts)).slice(1);
    },
  };
}

/**
 * A text's words, the first of which gets a space as the others have: it is the same word wherever
 * it stands.
 */
function split(text: string): string[] {
  return ` ${text}`.match(pieces) ?? [];
}
