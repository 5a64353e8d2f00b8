/** `node:util`: how values look as text, and whether they are the same. */

export interface InspectOptions {
  readonly depth?: number | null;
  readonly maxStringLength?: number | null;
  readonly maxArrayLength?: number | null;
  readonly breakLength?: number;
}

const isIdentifier = /^[A-Za-z_$][\w$]*$/;

/** As Node shows values: `{ a: 1, b: [ 2, 3 ] }`, in lines where one would be too long. */
export function inspect(value: unknown, options: InspectOptions = {}): string {
  const { depth = 2, maxStringLength = 10_000, maxArrayLength = 100, breakLength = 80 } = options;
  const limits = {
    depth: depth ?? Infinity,
    text: maxStringLength ?? Infinity,
    items: maxArrayLength ?? Infinity,
    width: breakLength,
    last: 0,
  };
  return show(value, limits, [], 0);
}

interface Limits {
  readonly depth: number;
  readonly text: number;
  readonly items: number;
  readonly width: number;
  /** How deep the object was that was shown last. */
  last: number;
}

function show(value: unknown, limits: Limits, above: readonly object[], indent: number): string {
  if (typeof value === 'string') return quoted(value, limits.text);
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'function') return functionName(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (above.includes(value)) return '[Circular *1]';
  if (value instanceof Date) return Number.isNaN(+value) ? 'Invalid Date' : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (value instanceof Error) return errorText(value);
  if (above.length > limits.depth) return `[${nameOf(value) || 'Object'}]`;
  limits.last = above.length;
  const [open, parts, close] = partsOf(value, limits, [...above, value], indent);
  if (parts.length === 0) return `${open}${close}`;
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  const lines = isList && parts.length > 6 ? grouped(parts, value, limits, indent) : parts;
  const room = limits.width - 2 * parts.length - indent - open.length - 10;
  if (
    limits.last - above.length < COMPACT &&
    lines === parts &&
    parts.reduce((sum, { length }) => sum + length, 0) <= room &&
    !parts.some((part) => part.includes('\n'))
  )
    return `${open} ${parts.join(', ')} ${close}`;
  const space = `\n${' '.repeat(indent)}`;
  return `${open}${space}  ${lines.join(`,${space}  `)}${space}${close}`;
}

/** So many levels may stand on one line. */
const COMPACT = 3;

/** The items of a list in columns, as Node sets them; the same where they would not fit. */
function grouped(
  parts: readonly string[],
  list: object,
  limits: Limits,
  indent: number,
): readonly string[] {
  const values = list as ArrayLike<unknown>;
  const items = values.length > limits.items ? parts.slice(0, limits.items) : parts;
  const widest = Math.max(...items.map(({ length }) => length)) + 2;
  const total = items.reduce((sum, { length }) => sum + length + 2, 0);
  if (widest * 3 + indent >= limits.width || (total / widest <= 5 && widest > 8)) return parts;
  const usual = Math.max(widest - 3 - Math.sqrt(widest - total / parts.length), 1);
  const columns = Math.min(
    Math.round(Math.sqrt(2.5 * usual * items.length) / usual),
    Math.floor((limits.width - indent) / widest),
    4 * COMPACT,
    15,
  );
  if (columns <= 1) return parts;
  const width = Array.from({ length: columns }, (_, column) =>
    Math.max(...items.filter((_, i) => i % columns === column).map(({ length }) => length)),
  );
  const first = values[0];
  const isNumber = typeof first === 'number' || typeof first === 'bigint';
  const lines: string[] = [];
  for (let at = 0; at < items.length; at += columns) {
    const row = items.slice(at, at + columns);
    lines.push(
      row
        .map((item, i) => {
          const last = i === row.length - 1;
          if (isNumber) return `${item}${last ? '' : ', '}`.padStart(width[i]! + (last ? 0 : 2));
          return last ? item : `${item}, `.padEnd(width[i]! + 2);
        })
        .join(''),
    );
  }
  return [...lines, ...parts.slice(items.length)];
}

type Parts = [open: string, parts: string[], close: string];

function partsOf(value: object, limits: Limits, above: readonly object[], indent: number): Parts {
  const inner = (each: unknown): string => show(each, limits, above, indent + 2);
  const name = nameOf(value);
  const isTyped = ArrayBuffer.isView(value) && !(value instanceof DataView);
  if (Array.isArray(value) || isTyped) {
    const list = value as unknown as ArrayLike<unknown>;
    const parts = Array.from({ length: Math.min(list.length, limits.items) }, (_, i) =>
      inner(list[i]),
    );
    if (list.length > limits.items) parts.push(more(list.length - limits.items, 'item'));
    if (Array.isArray(value)) parts.push(...properties(value, inner, (key) => /^\d+$/.test(key)));
    const open = Array.isArray(value) && name === 'Array' ? '[' : `${name}(${list.length}) [`;
    return [open, parts, ']'];
  }
  if (value instanceof Map) {
    const parts = [...value].map(([key, each]) => `${inner(key)} => ${inner(each)}`);
    return [`Map(${value.size}) {`, parts, '}'];
  }
  if (value instanceof Set) return [`Set(${value.size}) {`, [...value].map(inner), '}'];
  if (value instanceof Promise) return ['Promise {', ['<pending>'], '}'];
  const open = name === 'Object' ? '{' : `${name || '[Object: null prototype]'} {`;
  return [open, properties(value, inner), '}'];
}

function properties(
  value: object,
  inner: (each: unknown) => string,
  skipped: (key: string) => boolean = () => false,
): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(value))
    .filter(([key, { enumerable }]) => enumerable && !skipped(key))
    .map(([key, { value: own, get, set }]) => {
      const label = isIdentifier.test(key) ? key : quoted(key, Infinity);
      if (get || set)
        return `${label}: [${get && set ? 'Getter/Setter' : get ? 'Getter' : 'Setter'}]`;
      return `${label}: ${inner(own)}`;
    });
}

const nameOf = (value: object): string =>
  (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name ??
  '';

function functionName(value: object): string {
  const name = (value as { name?: string }).name;
  if (/^class\b/.test(Function.prototype.toString.call(value)))
    return `[class ${name || '(anonymous)'}]`;
  return name ? `[Function: ${name}]` : '[Function (anonymous)]';
}

/** What an error says of itself; the frames of a browser's stack are the kernel's. */
const errorText = (error: Error): string => `${error.name}: ${error.message}`;

const more = (count: number, what: string): string =>
  `... ${count} more ${what}${count > 1 ? 's' : ''}`;

function quoted(text: string, most: number): string {
  const shown = text.slice(0, most);
  const mark = !shown.includes("'")
    ? "'"
    : !shown.includes('"')
      ? '"'
      : !shown.includes('`')
        ? '`'
        : "'";
  const escaped = shown
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll(mark, `\\${mark}`);
  const rest = text.length > most ? more(text.length - most, 'character') : '';
  return `${mark}${escaped}${mark}${rest}`;
}

/** What `console.log` prints of its arguments. */
export function format(...values: readonly unknown[]): string {
  const [first, ...rest] = values;
  const shown = (value: unknown): string => (typeof value === 'string' ? value : inspect(value));
  if (typeof first !== 'string' || !first.includes('%')) return values.map(shown).join(' ');
  const text = first.replace(/%([sdifjoOc%])/g, (whole, kind: string) => {
    if (kind === '%') return '%';
    if (rest.length === 0) return whole;
    const value = rest.shift();
    if (kind === 'c') return '';
    if (kind === 'j') return JSON.stringify(value);
    if (kind === 's') return shown(value);
    if (kind === 'd' || kind === 'f') return String(Number(value));
    return kind === 'i' ? String(Math.trunc(Number(value))) : inspect(value);
  });
  return [text, ...rest.map(shown)].join(' ');
}

export function isDeepStrictEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Date || a instanceof RegExp)
    return String(a) === String(b) && +a === +(b as Date);
  if (a instanceof Map || a instanceof Set)
    return isDeepStrictEqual([...a], [...(b as Iterable<unknown>)]);
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    (a as { length?: unknown }).length === (b as { length?: unknown }).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) &&
        isDeepStrictEqual((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}

/** A browser does not tell whether a value is a Proxy. */
export const types = {
  isProxy: (): boolean => false,
  isNativeError: (value: unknown): value is Error => value instanceof Error,
};
