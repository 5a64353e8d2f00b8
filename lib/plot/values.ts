/**
 * What the chart builders are given, turned into plain numbers: arrays, typed arrays, or tensors
 * (read, not disposed).
 *
 * Everything is told apart by its looks, not by `instanceof`: a notebook's cell runs in a vm
 * context of its own.
 */
import type { Tensor, TypedArray } from '../core/engine';

/** Numbers in a row; a tensor of any rank is read in row-major order. */
export type Numbers = readonly number[] | TypedArray | Tensor;

/** Numbers in rows and columns: [rows, columns]. */
export type Matrix = readonly (readonly number[] | TypedArray)[] | Tensor;

/** A matrix as one row-major array. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly data: readonly number[];
}

export function isTensor(value: unknown): value is Tensor {
  const candidate = value as Partial<Tensor> | null;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    typeof candidate.dataSync === 'function' &&
    Array.isArray(candidate.shape)
  );
}

function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/**
 * Whether a value is one of the forms of `Numbers` (an array's elements are checked when they are
 * read).
 */
export function isNumbers(value: unknown): value is Numbers {
  return isTensor(value) || isTypedArray(value) || Array.isArray(value);
}

/** A record that is not a tensor, an array or a typed array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !isNumbers(value);
}

/** @throws when something in the row is not a number, naming the argument. */
export function toNumbers(values: Numbers, name: string): number[] {
  if (!isNumbers(values))
    throw new TypeError(
      `${name}: ${describe(values)} given, an array of numbers or a tensor expected`,
    );
  const list: ArrayLike<unknown> = isTensor(values) ? values.dataSync() : values;
  return Array.from(list, (value, i) => {
    if (typeof value !== 'number')
      throw new TypeError(`${name}[${i}]: ${describe(value)} given, a number expected`);
    return value;
  });
}

/** @throws when the rows are not equally long, or a tensor's rank is not 2. */
export function toGrid(matrix: Matrix, name: string): Grid {
  if (isTensor(matrix)) {
    const [rows, columns] = matrix.shape;
    if (matrix.rank !== 2)
      throw new RangeError(
        `${name}: shape [${matrix.shape.join(', ')}] given, [rows, columns] expected`,
      );
    return { rows: rows!, columns: columns!, data: toNumbers(matrix, name) };
  }
  if (!Array.isArray(matrix) || !matrix.every(isNumbers)) {
    throw new TypeError(
      `${name}: ${describe(matrix)} given, an array of rows or a tensor [rows, columns] expected`,
    );
  }
  const rows = (matrix as readonly Numbers[]).map((row, i) => toNumbers(row, `${name}[${i}]`));
  const columns = rows[0]?.length ?? 0;
  const ragged = rows.findIndex((row) => row.length !== columns);
  if (ragged >= 0)
    throw new RangeError(
      `${name}[${ragged}]: ${rows[ragged]!.length} numbers given, ${columns} expected as in the first row`,
    );
  return { rows: rows.length, columns, data: rows.flat() };
}

/** Five significant digits: more than any picture shows, and a notebook stays small. */
export function round(value: number, digits = 5): number {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value;
}

/** The least and the greatest. @throws RangeError when there is nothing finite. */
export function extent(values: readonly number[], name: string): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) {
    const given =
      values.length === 0 ? 'no values' : `${values.length} values, none of them finite,`;
    throw new RangeError(`${name}: ${given} given; at least one finite number expected`);
  }
  return [low, high];
}

/** At most `most` of the items, equally spaced. */
export function evenly<T>(items: readonly T[], most: number): readonly T[] {
  return items.length <= most
    ? items
    : Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!);
}

/** "0.1 to 12", in three digits. */
export function span([low, high]: readonly [number, number]): string {
  return `${round(low, 3)} to ${round(high, 3)}`;
}

/** A short name of a wrong value, for an error. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object')
    return `an object { ${Object.keys(value).slice(0, 5).join(', ')} }`;
  return typeof value === 'string' ? JSON.stringify(value) : `${typeof value} ${String(value)}`;
}

/** "1 point", "1,234 points". */
export function plural(n: number, noun: string): string {
  return `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
}
