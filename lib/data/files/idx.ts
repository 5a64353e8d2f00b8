/** IDX, the format of MNIST's files: a magic number, the sizes of the axes, and the bytes. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

export interface Idx {
  readonly shape: readonly number[];
  /** Unsigned bytes in row-major order. */
  readonly values: Uint8Array;
}

/** The bytes of a file, unpacked if it is gzip, whatever its name says. */
export async function readUnpacked(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new Error(
      `${path}: the gzip data is damaged or cut short (${(error as Error).message})`,
      { cause: error },
    );
  }
}

/**
 * Reads an IDX file of unsigned bytes, gzip or not.
 *
 * @param axes how many axes are expected: 1 for labels, 3 for images.
 * @throws when the magic number, the axes or the length are not those of such a file.
 */
export async function readIdx(path: string, axes: number): Promise<Idx> {
  return parseIdx(await readUnpacked(path), axes, path);
}

/** As `readIdx`, from bytes; `name` is for errors. */
export function parseIdx(bytes: Uint8Array, axes: number, name: string): Idx {
  const header = 4 + 4 * axes;
  const hex = (from: Uint8Array) => Buffer.from(from).toString('hex');
  const magic = Uint8Array.of(0, 0, 8, axes);
  if (hex(bytes.subarray(0, 4)) !== hex(magic)) {
    throw new Error(
      `${name}: magic number ${hex(bytes.subarray(0, 4)) || '(empty file)'} given, ${hex(magic)} expected: unsigned bytes on ${axes} ${axes === 1 ? 'axis' : 'axes'}`,
    );
  }
  if (bytes.length < header)
    throw new Error(`${name}: cut short in its header, after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = header + shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== expected) {
    throw new Error(
      `${name}: ${bytes.length} bytes given, ${expected} expected for shape [${shape.join(', ')}]${bytes.length < expected ? ': it is cut short' : ''}`,
    );
  }
  return { shape, values: bytes.subarray(header) };
}
