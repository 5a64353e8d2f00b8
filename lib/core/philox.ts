/**
 * Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3" (2011).
 *
 * A bijection of a 128-bit counter under a 64-bit key: random numbers without a state, so any of
 * them can be had alone and in any order. TensorFlow has the same function in C++; this one is for
 * the host: shuffles, data generators, and the fallback engine.
 */

/**
 * Ten rounds on the counter (c0, c1, c2, c3) with the key (k0, k1); all are words of 32 bits.
 * Written to `out` at `at`.
 */
export function philox(
  out: Uint32Array,
  at: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): void {
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0; // Weyl sequences: the golden ratio
    k1 = (k1 + 0xbb67ae85) | 0; // and the square root of three, less one
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

/**
 * The upper 32 bits of the 64-bit product of two words, by 16-bit halves: every sum stays below
 * 2^53.
 */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff,
    a1 = a >>> 16,
    b0 = b & 0xffff,
    b1 = b >>> 16;
  const low = Math.imul(a0, b0) >>> 0;
  const middle = a1 * b0 + (low >>> 16);
  const upper = a0 * b1 + (middle % 0x10000);
  return (a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(upper / 0x10000)) | 0;
}

/** `n` words: blocks of four at the counters (0, 0, c2, c3), (1, 0, c2, c3), ... */
export function philoxWords(n: number, k0: number, k1: number, c2 = 0, c3 = 0): Uint32Array {
  const words = new Uint32Array(Math.ceil(n / 4) * 4);
  for (let block = 0; block * 4 < n; block++) philox(words, block * 4, block, 0, c2, c3, k0, k1);
  return words.subarray(0, n);
}

/**
 * A generator with a position, for plain JavaScript. The same seed gives the same numbers on every
 * machine.
 */
export interface HostGenerator {
  /** The next 32 random bits, as an integer in [0, 2^32). */
  bits(): number;
  /** In [0, 1), with 53 random bits. */
  uniform(min?: number, max?: number): number;
  /** From a normal distribution (Box and Muller 1958). */
  normal(mean?: number, std?: number): number;
  /** An integer in [0, n), n <= 2^32, without bias. */
  integer(n: number): number;
  /** The numbers 0 ... n-1 in random order (Fisher and Yates). */
  permutation(n: number): Int32Array;
}

/** The two words of a seed. @throws unless it is an integer of at most 53 bits and a sign. */
export function seedWords(seed: number): [number, number] {
  if (!Number.isSafeInteger(seed))
    throw new Error(`seed: ${seed} given, an integer of at most 53 bits expected`);
  return [seed | 0, Math.floor(seed / 2 ** 32) | 0];
}

/**
 * Random numbers on the host, one after the other, for what runs outside of training. The same seed
 * gives the same numbers on every machine.
 *
 * @param seed an integer of at most 53 bits.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { random } from 'dark-matter';
 * const [a, b] = [random.hostGenerator(0), random.hostGenerator(0)];
 * assert.deepEqual([a.uniform(), a.integer(6)], [b.uniform(), b.integer(6)]);
 * ```
 */
export function hostGenerator(seed: number): HostGenerator {
  const [k0, k1] = seedWords(seed);
  const block = new Uint32Array(4);
  let counter = 0;
  let spare: number | undefined; // the second number of a Box-Muller pair

  const bits = (): number => {
    const word = counter % 4;
    if (word === 0) {
      const index = counter / 4;
      philox(block, 0, index | 0, Math.floor(index / 2 ** 32) | 0, 0, 0, k0, k1);
    }
    counter++;
    return block[word]!;
  };
  const unit = (): number => ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53;
  const standardNormal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - unit())); // 1 - u is in (0, 1]
    const angle = 2 * Math.PI * unit();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const integer = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new Error(`integer: n = ${n} given, an integer in [1, 2^32] expected`);
    }
    // Words past the last whole multiple of n would favour small numbers: draw again.
    const limit = 2 ** 32 - (2 ** 32 % n);
    let word = bits();
    while (word >= limit) word = bits();
    return word % n;
  };
  return {
    bits,
    uniform: (min = 0, max = 1) => min + (max - min) * unit(),
    normal: (mean = 0, std = 1) => mean + std * standardNormal(),
    integer,
    permutation: (n) => {
      const order = Int32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = integer(i + 1);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      return order;
    },
  };
}
