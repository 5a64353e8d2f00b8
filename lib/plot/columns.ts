/** Columns of a table, formatted: as HTML for a notebook, aligned for a terminal. */
import { displaySymbol, type Displayable, type MimeBundle } from './display';
import { describe, isRecord } from './values';

/** A figure with its uncertainty: mean ± error, or an interval from low to high. */
export interface Estimate {
  readonly mean: number;
  readonly low?: number;
  readonly high?: number;
  readonly error?: number | undefined;
  /** Which of its column's means is best, and printed bold, unless the table says it. */
  readonly better?: 'max' | 'min' | undefined;
}

export type Cell = number | string | boolean | bigint | null | undefined | Estimate;

export interface ColumnOptions {
  /**
   * Significant digits of the greatest number in a column, 4 by default; all its numbers get as
   * many decimals.
   */
  readonly digits?: number;
  /** Which of a column's numbers is best, and printed bold: `{ accuracy: 'max', loss: 'min' }`. */
  readonly best?: Readonly<Record<string, 'max' | 'min'>>;
}

/** A column, formatted. */
export interface Column {
  readonly name: string;
  readonly cells: readonly string[];
  readonly numeric: boolean;
  readonly best: readonly boolean[];
}

export function column(
  name: string,
  cells: readonly Cell[],
  { digits = 4, best }: ColumnOptions,
): Column {
  const means = cells.map((cell, i) => mean(cell, `rows[${i}].${name}`));
  const format = formatter(
    means.filter((value): value is number => value !== undefined),
    digits,
    cells.filter(isEstimate).flatMap(({ error, low, high }) => [error, low, high]),
  );
  const goal = best?.[name] ?? cells.find(isEstimate)?.better;
  const finite = means.filter(
    (value): value is number => value !== undefined && Number.isFinite(value),
  );
  const winner =
    goal === 'max' ? Math.max(...finite) : goal === 'min' ? Math.min(...finite) : undefined;
  return {
    name,
    cells: cells.map((cell) => text(cell, format)),
    numeric: means.some((value) => value !== undefined),
    // What is printed alike is equally good.
    best: means.map(
      (value) => winner !== undefined && value !== undefined && format(value) === format(winner),
    ),
  };
}

export function isEstimate(cell: Cell): cell is Estimate {
  return isRecord(cell) && typeof cell['mean'] === 'number';
}

function mean(cell: Cell, where: string): number | undefined {
  if (typeof cell === 'number') return cell;
  if (isEstimate(cell)) return cell.mean;
  if (typeof cell === 'object' && cell !== null)
    throw new TypeError(
      `${where}: ${describe(cell)} given, a number, text or { mean, low, high } expected`,
    );
  return undefined;
}

function text(cell: Cell, format: (value: number) => string): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return format(cell);
  if (!isEstimate(cell)) return String(cell);
  const { error, low, high } = cell;
  if (error !== undefined) return `${format(cell.mean)} ± ${format(error)}`;
  return low !== undefined && high !== undefined
    ? `${format(cell.mean)} [${format(low)}, ${format(high)}]`
    : format(cell.mean);
}

/**
 * One number of decimals for a whole column, so that its points stand below each other.
 *
 * @param around the errors and bounds: whole means with fractions around them need decimals too.
 */
function formatter(
  values: readonly number[],
  digits: number,
  around: readonly (number | undefined)[],
): (value: number) => string {
  const finite = values.filter(Number.isFinite);
  const greatest = Math.max(0, ...finite.map(Math.abs));
  const whole =
    finite.every(Number.isInteger) &&
    around.every((bound) => bound === undefined || Number.isInteger(bound));
  const decimals = whole
    ? 0
    : Math.min(Math.max(digits - 1 - Math.floor(Math.log10(greatest)), 0), digits + 2);
  return (value) => {
    if (!Number.isFinite(value)) return String(value);
    const fixed = value.toFixed(Number.isInteger(value) && whole ? 0 : decimals);
    // Too large to be read, or so small that rounding would change it by over a quarter.
    if (Math.abs(value) >= 1e9 || Math.abs(Number(fixed) - value) > Math.abs(value) / 4)
      return value.toExponential(Math.min(digits, 3) - 1);
    return fixed.replace(/\B(?=(\d{3})+(?!\d)(?<!\.\d*))/g, ',').replace('-', '−');
  };
}

/** Columns of equal length as HTML and as text. */
export function grid(columns: readonly Column[], caption?: string): Displayable {
  return {
    [displaySymbol]: (): MimeBundle => ({
      'text/html': html(columns, caption),
      'text/plain': plain(columns, caption),
    }),
  };
}

function html(columns: readonly Column[], caption?: string): string {
  const side = (c: Column): string => ` style="text-align: ${c.numeric ? 'right' : 'left'}"`;
  const head = columns.map((c) => `<th${side(c)}>${escape(c.name)}</th>`).join('');
  const body = columns[0]!.cells.map((_, i) => {
    const cells = columns.map(
      (c) =>
        `<td${side(c)}>${c.best[i] ? `<strong>${escape(c.cells[i]!)}</strong>` : escape(c.cells[i]!)}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  const above = caption
    ? `<caption style="text-align: left"><strong>${escape(caption)}</strong></caption>\n`
    : '';
  return `<table>\n${above}<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`;
}

function plain(columns: readonly Column[], caption?: string): string {
  const widths = columns.map((c) =>
    Math.max(c.name.length, ...c.cells.map((cell, i) => cell.length + (c.best[i] ? 1 : 0))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (columns[i]!.numeric ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  const body = columns[0]!.cells.map((_, i) =>
    line(columns.map((c) => `${c.cells[i]!}${c.best[i] ? '*' : ''}`)),
  );
  return [
    ...(caption ? [caption] : []),
    line(columns.map((c) => c.name)),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...body,
  ].join('\n');
}

/** Text as HTML shows it, letter for letter. */
export function escape(raw: string): string {
  return raw.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
