/**
 * Byte-pair encoding: pieces of words, learnt by joining the pair that is seen most often, again
 * and again.
 */

export interface BytePairs {
  /** [256 + merges], what each symbol spells; the first 256 are the bytes. */
  readonly bytes: readonly Uint8Array[];
  /** A word's symbols. */
  encode(word: Uint8Array): number[];
}

/** Two symbols as one number. */
const pairOf = (left: number, right: number): number => left * 2 ** 20 + right;

/**
 * Algorithm 1 of Sennrich, Haddow and Birch (2016), on bytes.
 *
 * @param words each with how often it is seen.
 * @param merges how many pairs are joined. Ties go to the pair that was seen first.
 * @throws when the words hold fewer pairs.
 */
export function bytePairs(
  words: readonly { readonly bytes: Uint8Array; readonly count: number }[],
  merges: number,
): BytePairs {
  const bytes = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  const spelt = words.map((word) => Array.from(word.bytes));
  const counts = new Map<number, number>();
  const places = new Map<number, Set<number>>(); // the words in which a pair is, or was
  const note = (w: number, sign: 1 | -1): void => {
    const symbols = spelt[w]!;
    for (let i = 1; i < symbols.length; i++) {
      const pair = pairOf(symbols[i - 1]!, symbols[i]!);
      counts.set(pair, (counts.get(pair) ?? 0) + sign * words[w]!.count);
      if (sign < 0) continue;
      const known = places.get(pair);
      if (known) known.add(w);
      else places.set(pair, new Set([w]));
    }
  };
  spelt.forEach((_, w) => note(w, 1));

  const rankOf = new Map<number, number>(); // a pair -> the symbol that it becomes
  while (rankOf.size < merges) {
    let [best, most] = [-1, 0];
    for (const [pair, count] of counts) if (count > most) [best, most] = [pair, count];
    if (most === 0)
      throw new Error(
        `merges: ${merges} given, but the words hold only ${rankOf.size} pairs to join`,
      );
    const [left, right, joined] = [Math.floor(best / 2 ** 20), best % 2 ** 20, bytes.length];
    bytes.push(Uint8Array.from([...bytes[left]!, ...bytes[right]!]));
    rankOf.set(best, joined);
    for (const w of places.get(best)!) {
      note(w, -1);
      spelt[w] = join(spelt[w]!, left, right, joined);
      note(w, 1);
    }
    counts.delete(best);
    places.delete(best);
  }

  return {
    bytes,
    encode(word) {
      let symbols = Array.from(word);
      while (symbols.length > 1) {
        // Of the pairs that can be joined the one learnt first, as in the learning.
        let joined = Infinity;
        for (let i = 1; i < symbols.length; i++)
          joined = Math.min(joined, rankOf.get(pairOf(symbols[i - 1]!, symbols[i]!)) ?? Infinity);
        if (joined === Infinity) break;
        const at = symbols.findIndex(
          (symbol, i) => i > 0 && rankOf.get(pairOf(symbols[i - 1]!, symbol)) === joined,
        );
        symbols = join(symbols, symbols[at - 1]!, symbols[at]!, joined);
      }
      return symbols;
    },
  };
}

/** Every `left` that is followed by `right` becomes `joined`, from left to right. */
function join(symbols: readonly number[], left: number, right: number, joined: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      result.push(joined);
      i++;
    } else result.push(symbols[i]!);
  }
  return result;
}
