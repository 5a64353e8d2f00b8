/**
 * What a widget's state may hold, and how it travels: as JSON, and beside it the bytes, which JSON
 * cannot hold, with the path of each (ipywidgets' `buffer_paths`).
 */
import { describe } from '../plot/values';

export type Path = readonly (string | number)[];

export interface Packed {
  readonly state: Readonly<Record<string, unknown>>;
  readonly paths: readonly Path[];
  readonly buffers: readonly Uint8Array[];
}

/** Deeper than any state is meant to be: one that holds itself has no end. */
const deepest = 100;

/**
 * @throws TypeError on what is neither JSON nor bytes, by name: `state.rate: NaN given, …`.
 */
export function pack(state: Readonly<Record<string, unknown>>): Packed {
  const paths: Path[] = [];
  const buffers: Uint8Array[] = [];
  const packed = (value: unknown, path: Path): unknown => {
    if (isBytes(value)) {
      paths.push(path);
      // A copy of what the view shows: its whole buffer may be large, and may change.
      buffers.push(new Uint8Array(bytesOf(value)));
      return null;
    }
    if (path.length < deepest) {
      if (Array.isArray(value)) return value.map((each, i) => packed(each, [...path, i]));
      if (isPlain(value)) return record(value, path);
    }
    if (isJson(value)) return value;
    throw new TypeError(
      `state.${path.join('.')}: ${what(value)} given, JSON or bytes expected: null, text, true or false, finite numbers, arrays and records of these, typed arrays`,
    );
  };
  const record = (value: object, path: Path): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, packed(each, [...path, key])]),
    );
  return { state: record(state, []), paths, buffers };
}

/**
 * The state as it was packed.
 *
 * @param like what a name held before: bytes become a typed array of that kind, or else bytes.
 */
export function unpack({ state, paths, buffers }: Packed, like: (name: string) => unknown) {
  const unpacked = structuredClone(state) as Record<string, unknown>;
  paths.forEach((path, i) => {
    const last = path.at(-1)!;
    const holder = path
      .slice(0, -1)
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], unpacked);
    if (typeof holder !== 'object' || holder === null || !buffers[i]) return;
    const before = path.length === 1 ? like(String(last)) : undefined;
    (holder as Record<string, unknown>)[last] = alike(buffers[i], before);
  });
  return unpacked;
}

type Bytes = ArrayBuffer | ArrayBufferView;

/** By its looks: a cell may run in a context of its own. */
function isBytes(value: unknown): value is Bytes {
  return (
    ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === '[object ArrayBuffer]'
  );
}

function bytesOf(value: Bytes): Uint8Array {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}

/** A typed array of the kind of `before`, of its own memory, which its elements' size asks for. */
function alike(bytes: Uint8Array, before: unknown): unknown {
  const own = new Uint8Array(bytes);
  if (!ArrayBuffer.isView(before) || before instanceof DataView) return own;
  const Kind = before.constructor as new (buffer: ArrayBuffer) => unknown;
  const size = (before as Uint8Array).BYTES_PER_ELEMENT;
  return Buffer.isBuffer(before) || own.length % size !== 0 ? own : new Kind(own.buffer);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isJson(value: unknown): boolean {
  return (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

function what(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value) || isPlain(value)) return 'one level too many, or a loop,';
  return typeof value === 'object' ? `a ${value?.constructor?.name}` : describe(value);
}
