/** Node's `Buffer`, as far as the library asks: bytes that can be read and written as text. */

type Encoding = 'utf8' | 'utf-8' | 'latin1' | 'binary' | 'base64' | 'hex';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Pieces that `String.fromCharCode` takes as arguments without filling the stack. */
const PIECE = 0x8000;

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE)
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return text;
}

function encoded(text: string, encoding: Encoding): Uint8Array {
  if (encoding === 'hex')
    return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  if (encoding === 'utf8' || encoding === 'utf-8') return encoder.encode(text);
  const characters = encoding === 'base64' ? atob(text) : text;
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

export class Bytes extends Uint8Array {
  static alloc(length: number, fill: number | string = 0): Bytes {
    return new Bytes(length).fill(typeof fill === 'string' ? fill.charCodeAt(0) : fill);
  }

  static allocUnsafe(length: number): Bytes {
    return new Bytes(length);
  }

  // Uint8Array's own `from` is of another form.
  static override from(
    data: string | ArrayLike<number> | ArrayBufferLike | Iterable<number>,
    encodingOrOffset?: unknown,
    length?: unknown,
  ): Bytes {
    if (typeof data === 'string')
      return Bytes.from(encoded(data, (encodingOrOffset as Encoding | undefined) ?? 'utf8'));
    if (data instanceof ArrayBuffer || isShared(data))
      return new Bytes(
        data as ArrayBuffer,
        encodingOrOffset as number | undefined,
        length as number | undefined,
      );
    const numbers = 'length' in data ? data : [...(data as Iterable<number>)];
    const bytes = new Bytes(numbers.length);
    bytes.set(numbers);
    return bytes;
  }

  static concat(parts: readonly Uint8Array[]): Bytes {
    const all = new Bytes(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  static isBuffer(value: unknown): boolean {
    return value instanceof Bytes;
  }

  static byteLength(text: string): number {
    return encoder.encode(text).length;
  }

  static compare(a: Uint8Array, b: Uint8Array): number {
    for (let i = 0; i < Math.min(a.length, b.length); i++)
      if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
    return Math.sign(a.length - b.length);
  }

  override toString(encoding: Encoding = 'utf8', start = 0, end = this.length): string {
    const part = this.subarray(start, end);
    if (encoding === 'latin1' || encoding === 'binary') return latin1(part);
    if (encoding === 'base64') return btoa(latin1(part));
    if (encoding === 'hex')
      return Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return decoder.decode(part);
  }

  equals(other: Uint8Array): boolean {
    return Bytes.compare(this, other) === 0;
  }

  private get view(): DataView {
    return new DataView(this.buffer, this.byteOffset, this.byteLength);
  }

  readUInt32BE(at = 0): number {
    return this.view.getUint32(at);
  }

  readUInt32LE(at = 0): number {
    return this.view.getUint32(at, true);
  }

  writeUInt32BE(value: number, at = 0): number {
    this.view.setUint32(at, value);
    return at + 4;
  }

  writeUInt32LE(value: number, at = 0): number {
    this.view.setUint32(at, value, true);
    return at + 4;
  }

  copy(target: Uint8Array, targetStart = 0, start = 0, end = this.length): number {
    const part = this.subarray(start, end);
    target.set(part, targetStart);
    return part.length;
  }
}

const isShared = (data: unknown): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && data instanceof SharedArrayBuffer;
