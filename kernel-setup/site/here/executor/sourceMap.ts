/** The line of a cell that a line of its JavaScript came from: source maps, version 3. */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The numbers of a segment, in base 64, five bits a digit, the sign last. */
function numbersOf(segment: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const character of segment) {
    const digit = DIGITS.indexOf(character);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >>> 1) : value >>> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}

/**
 * @param map as JSON.
 * @param line of the JavaScript, from 1.
 * @param column from 1.
 * @returns the line of the source, from 1; undefined where none is known.
 */
export function originalLine(map: string, line: number, column: number): number | undefined {
  const { mappings } = JSON.parse(map) as { mappings: string };
  let source = 0;
  let found: number | undefined;
  for (const [row, segments] of mappings.split(';').slice(0, line).entries()) {
    let at = 0;
    for (const segment of segments.split(',')) {
      const [moved, , lines] = numbersOf(segment);
      if (moved === undefined || lines === undefined) continue;
      at += moved;
      source += lines;
      if (row === line - 1 && (at < column || found === undefined)) found = source + 1;
    }
  }
  return found;
}
