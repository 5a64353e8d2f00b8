/** Orders of names: total, and what people and Python expect. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codePointOrder, naturalOrder } from '../../../lib/data/pictures/order';

/** Short paths of few letters, so that many begin alike, with numbers and zeros in front. */
const path = fc
  .array(fc.constantFrom('a', 'b', '/', '0', '1', '2', '10', '09', ' ', 'é', '😀'), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

describe("the order of imageFolder's files", () => {
  it('is a total order: only equal paths are equal, and it does not run in circles', () => {
    fc.assert(
      fc.property(path, path, path, (a, b, c) => {
        expect(Math.sign(naturalOrder(a, b))).toBe(-Math.sign(naturalOrder(b, a)) + 0);
        expect(naturalOrder(a, b) === 0).toBe(a === b);
        if (naturalOrder(a, b) < 0 && naturalOrder(b, c) < 0)
          expect(naturalOrder(a, c)).toBeLessThan(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes numbers by their value, of any length, and keeps folders together', () => {
    const sorted = [
      'a/1.png',
      'a/2.png',
      'a/10.png',
      'a b/1.png',
      'a2',
      'a10',
      'img01',
      'img1',
      'img1a',
      'img2',
      'img99999999999999999998',
      'img99999999999999999999',
    ];
    expect([...sorted].reverse().sort(naturalOrder)).toEqual(sorted);
  });
});

describe("the order of imageFolder's classes", () => {
  it("is Python's: by code points, where UTF-16 differs too", () => {
    // python3 -c "print(sorted(['\U0001F600', '\uFF21', 'z', 'Z', '10', '9', 'é']))"
    const python = ['10', '9', 'Z', 'z', 'é', '\uFF21', '\u{1F600}'];
    expect([...python].reverse().sort(codePointOrder)).toEqual(python);
    expect([...python].sort()).not.toEqual(python);
  });
});
