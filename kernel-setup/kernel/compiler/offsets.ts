/**
 * Jupyter counts a cursor's position in Unicode code points, JavaScript in UTF-16 code units.
 */

/** A position past the end is the end. */
export function codePointToUtf16(text: string, position: number): number {
  let at = 0;
  for (let passed = 0; passed < position && at < text.length; passed++)
    at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return at;
}

export function utf16ToCodePoint(text: string, offset: number): number {
  let passed = 0;
  for (let at = 0; at < offset && at < text.length; passed++)
    at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return passed;
}
