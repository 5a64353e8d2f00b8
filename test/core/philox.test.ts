import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostGenerator, philox, philoxWords } from '../../lib/core/philox';

describe('philox', () => {
  // Random123's kat_vectors: philox4x32 10, counter, key, result.
  const vectors: [number[], number[], number[]][] = [
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ];
  it.each(vectors)('gives the published answer for counter %j, key %j', (counter, key, answer) => {
    const out = new Uint32Array(4);
    philox(out, 0, counter[0]!, counter[1]!, counter[2]!, counter[3]!, key[0]!, key[1]!);
    expect([...out]).toEqual(answer);
  });

  it('gives the first words of a longer sequence for a shorter one', () => {
    const long = philoxWords(37, 5, 7);
    for (let n = 0; n < 37; n++)
      expect([...philoxWords(n, 5, 7)]).toEqual([...long.subarray(0, n)]);
  });
});

describe('hostGenerator', () => {
  it('gives the same numbers for the same seed and others for another', () => {
    const draw = (seed: number) => {
      const g = hostGenerator(seed);
      return [g.uniform(), g.normal(), g.integer(1000), ...g.permutation(5)];
    };
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
    expect(draw(3)).not.toEqual(draw(3 + 2 ** 32));
  });

  it('permutes: each number once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer(), (n, seed) => {
        const order = [...hostGenerator(seed).permutation(n)].sort((a, b) => a - b);
        expect(order).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it('has the moments of its distributions within five standard errors', () => {
    const g = hostGenerator(0);
    const n = 20000;
    let sum = 0,
      normal = 0,
      square = 0;
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < n; i++) {
      sum += g.uniform();
      const z = g.normal();
      normal += z;
      square += z * z;
      counts[g.integer(7)]! += 1;
    }
    expect(Math.abs(sum / n - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(normal / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(square / n - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    for (const count of counts)
      expect(Math.abs(count / n - 1 / 7)).toBeLessThan(5 * Math.sqrt(6 / 49 / n));
  });

  it('refuses a seed that is no integer, and an empty range', () => {
    expect(() => hostGenerator(0.5)).toThrow(
      'seed: 0.5 given, an integer of at most 53 bits expected',
    );
    expect(() => hostGenerator(1).integer(0)).toThrow('integer: n = 0 given');
  });
});
