/** Thumbnails on sheets: thousands of small pictures as a few large ones, which a browser decodes in a blink. */
import sharp from 'sharp';
import type { Thumbnails } from './duplicates';
import type { Tiles } from './page/payload';

/** No phone refuses a picture of this size. */
const SHEET = 2048;
/** WebP's scale to 100: at 80 one looks twice to see a difference, at a third of the bytes. */
const QUALITY = 80;

/** The sheets as data URLs, with each thumbnail's mean colour. */
export async function sheetsOf(thumbnails: Thumbnails, n: number): Promise<Tiles> {
  const { side } = thumbnails;
  const columns = Math.max(1, Math.floor(SHEET / side));
  const perSheet = columns * columns;
  const sheets: string[] = [];
  for (let from = 0; from < n; from += perSheet)
    sheets.push(await sheetOf(thumbnails, from, Math.min(perSheet, n - from), columns));
  return { side, columns, perSheet, sheets, colors: meanColors(thumbnails, n).toString('base64') };
}

async function sheetOf(
  { data, side, channels }: Thumbnails,
  from: number,
  count: number,
  columns: number,
): Promise<string> {
  const width = side * Math.min(columns, count);
  const height = side * Math.ceil(count / columns);
  const pixels = Buffer.alloc(width * height * channels);
  for (let i = 0; i < count; i++) {
    const [left, top] = [(i % columns) * side, Math.floor(i / columns) * side];
    for (let y = 0; y < side; y++) {
      const row = ((from + i) * side + y) * side * channels;
      const target = ((top + y) * width + left) * channels;
      pixels.set(data.subarray(row, row + side * channels), target);
    }
  }
  const webp = await sharp(pixels, { raw: { width, height, channels } })
    .webp({ quality: QUALITY, effort: 4 })
    .toBuffer();
  return `data:image/webp;base64,${webp.toString('base64')}`;
}

function meanColors({ data, side, channels }: Thumbnails, n: number): Buffer {
  const colors = Buffer.alloc(3 * n);
  const pixels = side * side;
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (let p = 0; p < pixels; p++)
        sum += data[(i * pixels + p) * channels + (channels === 3 ? c : 0)]!;
      colors[3 * i + c] = Math.round(sum / pixels);
    }
  }
  return colors;
}
