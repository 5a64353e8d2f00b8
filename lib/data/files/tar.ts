/** Tar archives, packed with gzip or not, read as a stream: only what is asked for is kept. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

const block = 512;

/**
 * The files of a tar archive (POSIX ustar) whose path ends in one of `names`, in the order of
 * `names`. Reading ends with the last of them.
 *
 * @throws when one is missing, the archive ends within it, or the gzip data is damaged.
 */
export async function filesOfTar(path: string, names: readonly string[]): Promise<Uint8Array[]> {
  const found = new Map<string, Uint8Array>();
  const bytes = await contents(path);
  const stream = readerOf(bytes);
  try {
    for (let at = 0; found.size < names.length;) {
      const header = Buffer.from(await stream.take(block));
      if (header.length < block || header[0] === 0) break;
      const text = (from: number, length: number) =>
        header.toString('latin1', from, from + length).split('\0')[0]!;
      const size = Number.parseInt(text(124, 12), 8);
      if (!Number.isInteger(size))
        throw new Error(`${path}: not a tar archive, or damaged at byte ${at}`);
      const wanted = names.find((name) => text(0, 100).endsWith(name));
      const padded = block * Math.ceil(size / block);
      if (wanted === undefined) await stream.skip(padded);
      else {
        const file = await stream.take(size);
        if (file.length < size) throw new Error(`${path}: cut short within ${wanted}`);
        found.set(wanted, file);
        await stream.skip(padded - size);
      }
      at += block + padded;
    }
  } finally {
    await bytes.return?.();
  }
  return names.map((name) => {
    const file = found.get(name);
    if (!file) throw new Error(`${path}: ${name} is not in it`);
    return file;
  });
}

/** Pieces of a stream as long as they are asked for; shorter at its end. */
function readerOf(stream: AsyncIterator<Buffer>) {
  let chunk: Uint8Array = new Uint8Array();
  /** Hands on up to `count` bytes, piece by piece. */
  async function move(count: number, to: (piece: Uint8Array, at: number) => void): Promise<number> {
    let moved = 0;
    while (moved < count) {
      if (chunk.length === 0) {
        const next = await stream.next();
        if (next.done) break;
        chunk = next.value;
      }
      const piece = chunk.subarray(0, count - moved);
      to(piece, moved);
      moved += piece.length;
      chunk = chunk.subarray(piece.length);
    }
    return moved;
  }
  return {
    async take(count: number): Promise<Uint8Array> {
      const bytes = new Uint8Array(count);
      return bytes.subarray(0, await move(count, (piece, at) => bytes.set(piece, at)));
    },
    skip: (count: number) => move(count, () => undefined),
  };
}

/** What a file holds, unpacked if it is gzip, whatever its name says. */
async function contents(path: string): Promise<AsyncIterator<Buffer>> {
  const file = await open(path);
  const magic = Buffer.alloc(2);
  await file.read(magic, 0, 2, 0);
  await file.close();
  const packed = createReadStream(path, { highWaterMark: 1 << 20 });
  if (magic[0] === 0x1f && magic[1] === 0x8b) return unpacked(path, packed);
  return (packed as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
}

async function* unpacked(path: string, packed: ReturnType<typeof createReadStream>) {
  // An error of either stream is thrown where the second is read.
  const gunzip = pipeline(packed, createGunzip({ chunkSize: 1 << 20 }), () => undefined);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    throw new Error(
      `${path}: the gzip data is damaged or cut short (${(error as Error).message})`,
      { cause: error },
    );
  } finally {
    packed.destroy();
  }
}
