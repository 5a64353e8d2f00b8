/** How a value looks as the result of a cell: a bundle of forms, by MIME type. */
import { inspect, types } from 'node:util';
import { assertShallow } from './depth';
import { frameBundle, isFrame } from './frame';
import { imageBundle, imageType } from './image';
import { isTensor, tensorBundle } from './tensor';

export type MimeBundle = Readonly<Record<string, unknown>>;

export interface Look {
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
}

const displaySymbol = Symbol.for('Jupyter.display');

/** @throws what the value's own display method throws */
export async function lookOf(value: unknown): Promise<Look> {
  // A Proxy may have every property, and answer none: it is asked for its look, and nothing else.
  if (types.isProxy(value) && !hasLook(value))
    return { data: { 'text/plain': plain(value) }, metadata: {} };
  const own = displayMethod(value);
  if (own) {
    const data: unknown = await own.call(value);
    if (!isRecord(data))
      throw new TypeError(
        `Symbol.for('Jupyter.display'): ${inspect(data)} returned, a record of MIME types expected`,
      );
    if (Object.keys(data).length === 0) return { data: {}, metadata: {} };
    return {
      data: withText(jsonBundle(data), () => Object.keys(data).join(', ')),
      metadata: sizes(data),
    };
  }
  if (isMimeBundle(value))
    return { data: withText(jsonBundle(value), () => plain(value)), metadata: sizes(value) };
  const data = special(value);
  return {
    data: data ? withText(jsonBundle(data), () => plain(value)) : { 'text/plain': plain(value) },
    metadata: {},
  };
}

function special(value: unknown): MimeBundle | undefined {
  if (value instanceof Uint8Array && imageType(value)) return imageBundle(value);
  if (isTensor(value)) return tensorBundle(value);
  if (isFrame(value)) return frameBundle(value);
  if (isRecord(value) && typeof value['outerHTML'] === 'string')
    return { 'text/html': value['outerHTML'] };
  return undefined;
}

export function plain(value: unknown): string {
  return inspect(value, { depth: 4, maxStringLength: 20_000, breakLength: 100 });
}

/**
 * Bytes become base64.
 * @throws RangeError that names the type of a form that is nested too deeply
 */
export function jsonBundle(bundle: MimeBundle): MimeBundle {
  return Object.fromEntries(
    Object.entries(bundle).map(([type, form]) => {
      if (form instanceof Uint8Array) return [type, Buffer.from(form).toString('base64')];
      if (type.startsWith('text/') && typeof form !== 'string') return [type, String(form)];
      assertShallow(form, type);
      return [type, form];
    }),
  );
}

function displayMethod(value: unknown): ((this: unknown) => unknown) | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return undefined;
  const method = (value as Record<symbol, unknown>)[displaySymbol];
  return typeof method === 'function' ? (method as (this: unknown) => unknown) : undefined;
}

function hasLook(value: unknown): boolean {
  try {
    return displaySymbol in (value as object);
  } catch {
    return false;
  }
}

/** A record whose every key is a MIME type. */
function isMimeBundle(value: unknown): value is MimeBundle {
  if (!isRecord(value)) return false;
  const keys = Object.keys(value);
  return (
    keys.length > 0 &&
    keys.every((key) => /^(text|image|application|audio|video)\/[\w.+-]+$/.test(key))
  );
}

function withText(data: MimeBundle, text: () => string): MimeBundle {
  return 'text/plain' in data ? data : { ...data, 'text/plain': text() };
}

/**
 * PNGs that say how dense they are (two pixels for each of CSS) are shown at their size in CSS
 * pixels.
 */
function sizes(bundle: MimeBundle): MimeBundle {
  const png = bundle['image/png'];
  const bytes =
    typeof png === 'string'
      ? Buffer.from(png.slice(0, 120), 'base64')
      : png instanceof Uint8Array
        ? Buffer.from(png.subarray(0, 90))
        : undefined;
  if (!bytes || bytes.length < 54 || bytes.toString('latin1', 37, 41) !== 'pHYs') return {};
  // IHDR's width and height, and pHYs' pixels a metre: 2835 (72 dots an inch) is one pixel of CSS.
  const ratio = bytes.readUInt32BE(41) / 2835;
  return {
    'image/png': {
      width: Math.round(bytes.readUInt32BE(16) / ratio),
      height: Math.round(bytes.readUInt32BE(20) / ratio),
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
