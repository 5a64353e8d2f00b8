/** What a file is, by its first bytes; what its name says it is. */
import { extname } from 'node:path';

/** How many of a file's first bytes are looked at. */
export const SIGNATURE_BYTES = 64;

/** The formats that are decoded. */
const formats = 'JPEG, PNG, WebP, AVIF, GIF or TIFF';

/**
 * - picture: in a format that is decoded;
 * - broken: it should be a picture, and `reason` says why it is none that can be decoded;
 * - other: neither its contents nor its name say that it is a picture.
 */
export type Kind =
  | { readonly kind: 'picture' }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'other' };

/**
 * What a file is: by its contents first, so that a picture with a wrong ending, or none, is a
 * picture; a file that is called `.jpg` and holds something else is a broken one.
 *
 * @param head its first `SIGNATURE_BYTES` bytes, or all it has.
 */
export function kindOf(file: string, head: Uint8Array): Kind {
  const ending = extname(file).slice(1).toLowerCase();
  // The raw files of cameras are TIFF with a preview in front: not what their owner means.
  if (rawEndings.has(ending))
    return broken(`a camera's raw file, which is not decoded; export it as JPEG or TIFF`);
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (isDecoded(bytes)) return { kind: 'picture' };
  const known = knownFormat(bytes);
  if (known) return broken(`${known} is not decoded; ${formats} expected`);
  if (!pictureEndings.has(ending)) return { kind: 'other' };
  return broken(
    bytes.length === 0
      ? 'it is empty (0 bytes)'
      : `named .${ending}, but its content is ${contentOf(bytes)}; ${formats} expected`,
  );
}

const broken = (reason: string): Kind => ({ kind: 'broken', reason });

const pictureEndings = new Set(
  ('jpg jpeg jpe jfif png apng webp avif gif tif tiff ' + 'bmp heic heif jxl jp2 psd svg').split(
    ' ',
  ),
);
const rawEndings = new Set('cr2 cr3 nef arw dng orf rw2 raf pef'.split(' '));

const starts = (bytes: Buffer, text: string, at = 0): boolean =>
  bytes.toString('latin1', at, at + text.length) === text;

function isDecoded(bytes: Buffer): boolean {
  return (
    starts(bytes, '\xff\xd8\xff') ||
    starts(bytes, '\x89PNG\r\n\x1a\n') ||
    starts(bytes, 'GIF87a') ||
    starts(bytes, 'GIF89a') ||
    (starts(bytes, 'RIFF') && starts(bytes, 'WEBP', 8)) ||
    ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].some((mark) => starts(bytes, mark)) ||
    brands(bytes).some((brand) => brand === 'avif' || brand === 'avis')
  );
}

/** The brands of an ISO base media file (AVIF, HEIC, MP4): who may read it. */
function brands(bytes: Buffer): string[] {
  if (!starts(bytes, 'ftyp', 4)) return [];
  const end = Math.min(bytes.readUInt32BE(0), bytes.length);
  const list = [bytes.toString('latin1', 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) list.push(bytes.toString('latin1', at, at + 4));
  return list;
}

/** Picture formats that are not decoded, so that their owner is told. */
function knownFormat(bytes: Buffer): string | undefined {
  if (brands(bytes).some((brand) => /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand))) return 'HEIC';
  if (starts(bytes, 'BM') && bytes.length > 18 && bytes.readUInt32LE(6) === 0) return 'BMP';
  if (starts(bytes, '\0\0\0\x0cJXL ')) return 'JPEG XL';
  if (starts(bytes, '\0\0\0\x0cjP  ')) return 'JPEG 2000';
  if (starts(bytes, '8BPS')) return "Photoshop's PSD";
  return undefined;
}

/** What a file holds that is no picture. */
function contentOf(bytes: Buffer): string {
  const text = bytes.toString('utf8').trimStart().toLowerCase();
  if (text.startsWith('version https://git-lfs'))
    return 'a Git LFS pointer (`git lfs pull` fetches the picture)';
  if (/^<(!doctype html|html)/.test(text)) return 'a web page';
  if (text.includes('<svg')) return 'an SVG drawing';
  if (bytes.every((byte) => byte === 0)) return 'zeros';
  // The last character may be cut in two.
  const whole = bytes.toString('utf8').slice(0, -1);
  // eslint-disable-next-line no-control-regex
  return /^[^\u0000-\u0008\u000e-\u001f\ufffd]*$/.test(whole) ? 'text' : 'something else';
}
