import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codePointToUtf16, utf16ToCodePoint } from '../../../kernel-setup/kernel/compiler/offsets';

/** Any string: plain, astral and with lone surrogates. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', '\u{1f600}', '\ud800', '\udc00', 'é'))
    .map((parts) => parts.join('')),
);

test('counting code points is what iterating a string does', () => {
  fc.assert(
    fc.property(text, fc.nat(40), (source, position) => {
      expect(codePointToUtf16(source, position)).toBe(
        [...source].slice(0, position).join('').length,
      );
    }),
  );
});

test('there and back is where one was', () => {
  fc.assert(
    fc.property(text, fc.nat(40), (source, position) => {
      const within = Math.min(position, [...source].length);
      expect(utf16ToCodePoint(source, codePointToUtf16(source, position))).toBe(within);
    }),
  );
});
