/** Orders of names that are the same on every machine, whatever its language. */

/**
 * Natural order of relative paths: numbers by their value (`2.png` before `10.png`), everything
 * else by its code units, a folder's files together. Equal only for equal paths.
 */
export function naturalOrder(a: string, b: string): number {
  let i = 0,
    j = 0;
  while (i < a.length && j < b.length) {
    if (isDigit(a, i) && isDigit(b, j)) {
      const [left, right] = [digitsAt(a, i), digitsAt(b, j)];
      const [x, y] = [left.replace(/^0+/, ''), right.replace(/^0+/, '')];
      if (x.length !== y.length) return x.length - y.length;
      if (x !== y) return x < y ? -1 : 1;
      i += left.length;
      j += right.length;
    } else {
      if (a[i] !== b[j]) return rank(a, i) - rank(b, j);
      i++;
      j++;
    }
  }
  return a.length - i - (b.length - j) || (a < b ? -1 : a > b ? 1 : 0);
}

const isDigit = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
};

function digitsAt(text: string, start: number): string {
  let end = start;
  while (isDigit(text, end)) end++;
  return text.slice(start, end);
}

/** A separator comes before all else, so that `a/1` and `a/2` have no `a b` between them. */
const rank = (text: string, at: number): number => (text[at] === '/' ? -1 : text.charCodeAt(at));

/**
 * The order of Python's `sorted`, by code points: UTF-8 keeps it, JavaScript's UTF-16 does not
 * beyond the 16-bit characters.
 */
export function codePointOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
