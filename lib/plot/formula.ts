/** Short formulas in a label: h_x, s^+, f', of which the indices are lowered or raised. */
import { escape } from './columns';
import { textWidth } from './typography';

interface Run {
  readonly text: string;
  /** -1 lowered, 1 raised. */
  readonly level: -1 | 0 | 1;
}

const small = 0.72;

/** `_x`, `_12`, `_{any}` are lowered, `^+`, `^2`, `^{any}` raised. */
function runs(label: string): Run[] {
  return label
    .replaceAll("'", '′')
    .split(/([_^](?:\{[^}]*\}|[\p{L}\p{N}]+|[+−*-]))/u)
    .map((part, i): Run => {
      // A separator that is kept stands at each odd place.
      if (i % 2 === 0) return { text: part, level: 0 };
      return { text: part.slice(1).replace(/^\{|\}$/g, ''), level: part[0] === '_' ? -1 : 1 };
    })
    .filter(({ text }) => text !== '');
}

/** A label's lines: `|` breaks it. */
export function linesOf(label: string): string[] {
  return label.split('|').map((line) => line.trim());
}

/** The width of a line in pixels. */
export function formulaWidth(line: string, fontSize: number, fontWeight = 'normal'): number {
  return runs(line).reduce(
    (sum, { text, level }) =>
      sum + textWidth({ fontSize: level === 0 ? fontSize : small * fontSize, fontWeight }, text),
    0,
  );
}

/** A line as SVG text. */
export function formulaSvg(line: string, fontSize: number): string {
  let shift = 0;
  return runs(line)
    .map(({ text, level }) => {
      const wanted = level === 0 ? 0 : level < 0 ? 0.28 * fontSize : -0.38 * fontSize;
      const dy = wanted - shift;
      shift = wanted;
      const size = level === 0 ? '' : ` font-size="${(small * fontSize).toFixed(1)}"`;
      return `<tspan${dy === 0 ? '' : ` dy="${dy.toFixed(2)}"`}${size}>${escape(text)}</tspan>`;
    })
    .join('');
}
