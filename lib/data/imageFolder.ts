/** Pictures of one's own: a folder of image files, decoded once and kept. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { expectNumber, expectOneOf } from '../core/checks';
import { host } from '../plot/display';
import { duration, progressBar, type Standing } from '../plot/progressBar';
import { dataCache } from './files/locate';
import { classesOf } from './pictures/classes';
import { decodeBytes, decodeFile, decoderVersion, type Decoding } from './pictures/decode';
import { rgbOf, type Ground } from './pictures/ground';
import { openFolder } from './pictures/openFolder';
import { naturalOrder } from './pictures/order';
import {
  describeBroken,
  PictureFolder,
  type BrokenPicture,
  type Contents,
} from './pictures/pictureFolder';
import type { Outcome } from './pictures/rowsFile';
import { fill } from './pictures/store';
import { walk, type FoundFile } from './pictures/walk';

/** How a picture becomes a square of numbers. */
export interface PictureOptions {
  /** Pixels a side. Default 64. */
  readonly side?: number;
  /** 3 for red, green and blue (default), 1 for grey. */
  readonly channels?: 1 | 3;
  /**
   * - 'cover' (default): the shorter edge is scaled to `side`, then the centre is cut out, as
   *   torchvision's Resize and CenterCrop do;
   * - 'contain': the longer edge is scaled to `side`, with `ground` beside the picture;
   * - 'fill': both edges are, whatever becomes of the proportions.
   */
  readonly fit?: 'cover' | 'contain' | 'fill';
  /**
   * What is behind transparent pixels, and beside the picture with 'contain': 'white' (default),
   * 'black', '#rrggbb', or red, green and blue from 0 to 255.
   */
  readonly ground?: Ground;
  /**
   * Pictures of more pixels are counted as broken, for the memory that they would need. Default
   * 2^28, a square of 16,384.
   */
  readonly maxPixels?: number;
}

/** How far the decoding is. */
export interface PictureProgress {
  readonly done: number;
  readonly total: number;
  /** Of those decoded now. */
  readonly broken: number;
  /** Seconds, as it looks. */
  readonly left: number;
}

export interface ImageFolderOptions extends PictureOptions {
  /**
   * Whether subfolders are classes. 'auto' (default): if there are two or more, and no picture lies
   * beside them; 'folders': they must be; 'none': they are not.
   */
  readonly labels?: 'auto' | 'folders' | 'none';
  /**
   * The folder in which decoded pictures are kept. Default: one in the data cache. False: a
   * temporary one, which `close()` removes.
   */
  readonly cache?: string | false;
  /**
   * False: shows nothing. True (default): a bar, when it takes longer than two seconds. A function
   * is called instead.
   */
  readonly progress?: boolean | ((progress: PictureProgress) => void);
  /** Stops the decoding. What is decoded stays, and is not decoded again. */
  readonly signal?: AbortSignal;
}

/**
 * The pictures of a folder and of the folders in it: JPEG, PNG, WebP, AVIF, GIF (the first frame)
 * and TIFF. A folder of folders gives labels, as torchvision's ImageFolder does.
 *
 * The orientation that a camera notes (EXIF) is applied, colour profiles and CMYK are converted to
 * sRGB, 16 bits become 8, transparent pixels show `ground`. Scaling is bilinear with antialiasing.
 *
 * A file is a picture by its contents, whatever its name. Files that are called pictures and cannot
 * be decoded are counted, named with the reason (`broken`) and left out; others are ignored, and
 * hidden ones not looked at.
 *
 * Pictures are decoded once, several at a time, into a file of bytes from which they are read by
 * position: memory does not grow with their number. A picture is decoded again when its size or one
 * of its times changes. An interrupted run goes on where it was.
 *
 * @param path the folder.
 * @returns [count] pictures of [side, side, channels]; `close()` it when done.
 * @throws where there is no such folder, it cannot be read, or holds no picture that can be
 * decoded; where the cache cannot be written; `signal`'s reason.
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * // const pictures = await data.imageFolder('holidays', { side: 32 });
 * // console.log(pictures.summary());
 * await assert.rejects(data.imageFolder('/no/such/folder'), /the nearest that exists is \//);
 * ```
 */
export async function imageFolder(
  path: string,
  options: ImageFolderOptions = {},
): Promise<PictureFolder> {
  const decoding = decodingOf(options);
  const { labels = 'auto', cache } = options;
  expectOneOf('labels', labels, ['auto', 'folders', 'none']);
  const signals = [options.signal, host()?.signal].filter((signal) => signal !== undefined);
  const signal = signals.length > 0 ? AbortSignal.any(signals) : undefined;
  signal?.throwIfAborted();

  const root = await openFolder(path);
  const { found, unreadable } = await walk(root, signal);
  if (found.length === 0) throw new Error(nothingIn(root, { broken: unreadable, ignored: [] }));
  const temporary = cache === false ? mkdtempSync(join(tmpdir(), 'dark-matter-')) : undefined;
  const { side, channels } = decoding;
  try {
    const folder = temporary ?? (await cacheFolder(cache || undefined, root, decoding));
    const bar = barOf(options.progress ?? true, basename(root), found.length);
    const { outcomes, rows } = await fill(found, {
      folder,
      rowBytes: side * side * channels,
      decode: (file) => decodeFile(join(root, file), decoding),
      signal,
      onDone: bar.update,
    })
      .catch((error: unknown) => {
        throw toldOfCache(error, folder);
      })
      .finally(bar.close);
    const contents = sorted(found, outcomes, unreadable);
    try {
      if (contents.files.length === 0) throw new Error(nothingIn(root, contents));
      const shape = [side, side, channels] as const;
      const classes = classesOf(contents.files, labels);
      const framing = { fit: decoding.fit, ground: decoding.ground };
      const parts = { path: root, shape, framing, classes, rows, temporary };
      return new PictureFolder({ ...parts, ...contents });
    } catch (error) {
      rows.close();
      throw error;
    }
  } catch (error) {
    if (temporary) rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/**
 * One picture as `imageFolder` decodes it.
 *
 * @param picture the path of a file, or its contents.
 * @returns bytes [side * side * channels].
 * @throws with the reason, where it cannot be decoded.
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const gif = Buffer.from('R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=', 'base64');
 * const red = await data.decodePicture(gif, { side: 1 });
 * assert.deepEqual([...red], [255, 0, 0]);
 * ```
 */
export async function decodePicture(
  picture: string | Uint8Array,
  options: PictureOptions = {},
): Promise<Uint8Array> {
  const decoding = decodingOf(options);
  const decoded =
    typeof picture === 'string'
      ? await decodeFile(resolve(picture), decoding)
      : await decodeBytes(picture, 'picture', decoding);
  if ('pixels' in decoded) return decoded.pixels;
  const name = typeof picture === 'string' ? picture : `${picture.length} bytes`;
  const reason = 'broken' in decoded ? decoded.broken : 'its content is no picture';
  throw new Error(`picture: ${name}: ${reason}`);
}

function decodingOf({
  side = 64,
  channels = 3,
  fit = 'cover',
  ground = 'white',
  maxPixels = 2 ** 28,
}: PictureOptions): Decoding {
  expectNumber('side', side, { atLeast: 1, atMost: 4096, integer: true });
  if (channels !== 1 && channels !== 3)
    throw new Error(`channels: ${String(channels)} given, 1 or 3 expected`);
  expectOneOf('fit', fit, ['cover', 'contain', 'fill']);
  expectNumber('maxPixels', maxPixels, { atLeast: 1, atMost: 2 ** 40, integer: true });
  return { side, channels, fit, ground: rgbOf(ground), maxPixels };
}

/** Another folder, other settings or another decoder have a folder of their own. */
async function cacheFolder(
  given: string | undefined,
  root: string,
  decoding: Decoding,
): Promise<string> {
  const hash = (text: string): string =>
    createHash('sha256').update(text).digest('hex').slice(0, 16);
  const settings = JSON.stringify([decoding, await decoderVersion()]);
  const place = given ? resolve(given) : join(dataCache(), 'pictures');
  return join(place, hash(root), hash(settings));
}

/** The system's errors are the cache's: what a picture's file says is never thrown. */
function toldOfCache(error: unknown, folder: string): unknown {
  if (typeof (error as NodeJS.ErrnoException).code !== 'string') return error;
  if (!(error as NodeJS.ErrnoException).syscall) return error;
  return new Error(
    `cache: ${folder} cannot be used (${(error as Error).message}); give another folder, ` +
      'with cache or the variable DARK_MATTER_CACHE',
    { cause: error },
  );
}

function sorted(
  found: readonly FoundFile[],
  outcomes: readonly Outcome[],
  unreadable: readonly BrokenPicture[],
): Pick<Contents, 'files' | 'places' | 'digests' | 'broken' | 'ignored'> {
  const files: string[] = [];
  const places: number[] = [];
  const digests: string[] = [];
  const broken = [...unreadable];
  const ignored: string[] = [];
  found.forEach(({ file }, i) => {
    const outcome = outcomes[i]!;
    if ('row' in outcome) {
      files.push(file);
      places.push(outcome.row);
      digests.push(outcome.digest);
    } else if ('broken' in outcome) broken.push({ file, reason: outcome.broken });
    else ignored.push(file);
  });
  broken.sort((a, b) => naturalOrder(a.file, b.file));
  return { files, places: Int32Array.from(places), digests, broken, ignored };
}

function nothingIn(
  root: string,
  { broken, ignored }: Pick<Contents, 'broken' | 'ignored'>,
): string {
  const start = `path: ${root} holds no picture that can be decoded`;
  if (broken.length > 0) return `${start}; ${broken.length} broken: ${describeBroken(broken)}`;
  if (ignored.length === 0) return `${start}: it is empty, or all in it is hidden`;
  return `${start}: ${ignored.length} other files are in it, ${ignored[0]} for one`;
}

/** A bar, or the caller's function. */
function barOf(
  how: boolean | ((progress: PictureProgress) => void),
  name: string,
  total: number,
): { update(done: number, broken: number): void; close(): Promise<void> } {
  const start = performance.now();
  const bar = progressBar(how === true ? 'auto' : 'none', start);
  let state = { done: 0, total, broken: 0, left: 0 };
  let first: number | undefined;
  const standing = (): Standing => ({ done: state.done, total, text: textOf(name, state) });
  return {
    update(done, broken) {
      // What was known from earlier took no time.
      first ??= done - 1;
      const seconds = (performance.now() - start) / 1000;
      const left = (seconds * (total - done)) / (done - first);
      state = { done, total, broken, left };
      if (typeof how === 'function') how(state);
      bar.update(standing);
    },
    close: () => bar.close(standing()),
  };
}

function textOf(name: string, { done, total, broken, left }: PictureProgress): string {
  const bad = broken > 0 ? `, ${broken} broken` : '';
  const time = done < total ? `, ${duration(left)} left` : '';
  return `${name}: ${done} of ${total} files decoded${bad}${time}`;
}
