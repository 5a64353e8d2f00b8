/** A picture's file as bytes [side, side, channels], by sharp (libvips). */
import { open, readFile } from 'node:fs/promises';
import type { Sharp, default as SharpModule } from 'sharp';
import type { Framing } from './framing';
import { kindOf, SIGNATURE_BYTES } from './signature';
import { whyUnreadable } from './walk';

/** How a file becomes a picture. */
export interface Decoding extends Framing {
  readonly side: number;
  readonly channels: 1 | 3;
  /** Pictures of more pixels are refused. */
  readonly maxPixels: number;
}

/** What a file turned out to be. */
export type Decoded =
  | { readonly pixels: Uint8Array }
  /** `passing`: the system refused, not the file's contents; another time it may be read. */
  | { readonly broken: string; readonly passing?: true }
  | { readonly other: true };

/**
 * A file's picture. Its orientation (EXIF) is applied, its colours are converted to sRGB, of an
 * animation or a document it is the first page, and 16 bits become 8.
 *
 * @returns pixels [side * side * channels], or why there are none; a file is never an error.
 */
export async function decodeFile(path: string, decoding: Decoding): Promise<Decoded> {
  try {
    const kind = kindOf(path, await headOf(path));
    if (kind.kind === 'other') return { other: true };
    if (kind.kind === 'broken') return { broken: kind.reason };
    // libvips takes brackets at a name's end for options.
    return await decode(path.endsWith(']') ? await readFile(path) : path, decoding);
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).syscall !== 'string') throw error;
    return { broken: whyUnreadable(error), passing: true };
  }
}

/** The same of a file's contents; `name` is for the reason. */
export async function decodeBytes(
  bytes: Uint8Array,
  name: string,
  decoding: Decoding,
): Promise<Decoded> {
  const kind = kindOf(name, bytes.subarray(0, SIGNATURE_BYTES));
  if (kind.kind === 'other') return { broken: 'its content is no picture' };
  return kind.kind === 'broken' ? { broken: kind.reason } : decode(bytes, decoding);
}

/**
 * Some formats are decoded whole (interlaced PNG, progressive JPEG, AVIF): pictures of more pixels
 * than any camera's wait for each other, so that the memory of one is the most that is needed.
 */
const LARGE = 2 ** 26;
let lastLarge: Promise<unknown> = Promise.resolve();

function oneAfterTheOther<T>(work: () => Promise<T>): Promise<T> {
  const mine = lastLarge.then(work);
  lastLarge = mine.catch(() => undefined);
  return mine;
}

async function decode(source: string | Uint8Array, decoding: Decoding): Promise<Decoded> {
  const { side, channels, fit, maxPixels } = decoding;
  const sharp = await decoder();
  const [r, g, b] = decoding.ground;
  const background = { r, g, b };
  const picture = (): Sharp =>
    sharp(source, {
      // Looked at below, with a sentence.
      limitInputPixels: false,
      // What is cut short or damaged is refused; a decoder's mere remarks are not heard.
      failOn: 'error',
      pages: 1,
      autoOrient: true,
    });
  try {
    const { width, height, depth } = await picture().metadata();
    if (width * height > maxPixels)
      return {
        broken: `${width} x ${height} pixels are more than the ${maxPixels} allowed (maxPixels)`,
      };
    if (depth !== 'uchar' && depth !== 'ushort')
      return { broken: `its numbers are ${depth}; 8 or 16 bits (uchar, ushort) expected` };
    const pixels = () =>
      picture()
        .flatten({ background })
        .resize(side, side, { fit, background, kernel: 'linear' })
        .toColourspace('srgb')
        .removeAlpha()
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true });
    const { data, info } = await (width * height > LARGE ? oneAfterTheOther(pixels) : pixels());
    return { pixels: withChannels(data, info.channels, channels) };
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0]!.trim() : String(error);
    if (/file is missing|out of memory|too many open files/i.test(message))
      return { broken: `it cannot be read (${message})`, passing: true };
    return { broken: `damaged or cut short (${message})` };
  }
}

/** Grey as three equal channels, or colours as their luma (ITU-R BT.601, as Pillow rounds it). */
function withChannels(data: Uint8Array, given: number, wanted: 1 | 3): Uint8Array {
  if (given === wanted) return new Uint8Array(data);
  const n = data.length / given;
  const out = new Uint8Array(n * wanted);
  for (let i = 0; i < n; i++) {
    if (wanted === 3) out.fill(data[i * given]!, 3 * i, 3 * i + 3);
    else {
      const [r, g, b] = [data[i * given]!, data[i * given + 1]!, data[i * given + 2]!];
      out[i] = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
    }
  }
  return out;
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(SIGNATURE_BYTES),
      0,
      SIGNATURE_BYTES,
      0,
    );
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

let loaded: Promise<typeof SharpModule> | undefined;

/** sharp, loaded when the first picture is decoded: who has none does not wait for it. */
export function decoder(): Promise<typeof SharpModule> {
  return (loaded ??= load());
}

async function load(): Promise<typeof SharpModule> {
  let sharp: typeof SharpModule;
  try {
    sharp = (await import('sharp')).default;
  } catch (error) {
    loaded = undefined;
    throw new Error(
      'imageFolder: sharp, the package that decodes pictures, could not be loaded here; ' +
        `\`npm run setup\` installs it (${(error as Error).message.split('\n')[0]!})`,
      { cause: error },
    );
  }
  // Many pictures at once, one thread each, and nothing kept of those that are done.
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}

/** What decodes: another version may give other pixels. */
export async function decoderVersion(): Promise<string> {
  const { versions } = await decoder();
  return `sharp ${versions.sharp}, libvips ${versions.vips}`;
}
