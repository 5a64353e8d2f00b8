/**
 * Where the images of a grid stand, and the words around them: drawn as SVG, so that the words are
 * sharp.
 */
import { dataUrl, encodePng } from './png';
import { rasterize } from './render';
import { escape } from './columns';
import { config, font } from './theme';
import { textWidth, wrap } from './typography';

export interface Batch {
  readonly n: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** [n, height, width, channels], row-major. */
  readonly data: readonly number[];
  readonly range: readonly [low: number, high: number];
}

export interface Layout {
  readonly columns: number;
  readonly rows: number;
  /** CSS pixels a pixel. */
  readonly scale: number;
  /** CSS pixels between images. */
  readonly gap: number;
  readonly title?: string;
  readonly labels?: readonly (string | number)[];
  readonly rowLabels?: readonly string[];
}

const small = { fontSize: 12 };
const heading = { fontSize: config.title.fontSize, fontWeight: config.title.fontWeight };
const headingLine = 1.25 * heading.fontSize;
/** The room below an image for its label. */
const labelLine = 18;
const pad = 8;

/** The grid as PNG, with two pixels for each of CSS. */
export function drawGrid(
  batch: Batch,
  { columns, rows, scale, gap, title, labels, rowLabels }: Layout,
): Buffer {
  const picture = { width: batch.width * scale, height: batch.height * scale };
  const step = { x: picture.width + gap, y: picture.height + (labels ? labelLine : 0) + gap };
  const left = rowLabels
    ? Math.ceil(Math.max(...rowLabels.map((label) => textWidth(small, label)))) + 10
    : 0;
  const grid = { width: columns * step.x - gap, height: rows * step.y - gap };
  // A title wider than the grid of a few small images makes the picture wider rather than breaking
  // at each word.
  const lines = title ? wrap(title, Math.max(left + grid.width, 320), heading) : [];
  const top = lines.length > 0 ? Math.ceil(lines.length * headingLine) + 6 : 0;
  const width = Math.ceil(
    Math.max(left + grid.width, ...lines.map((line) => textWidth(heading, line))),
  );

  const parts = lines.map((line, i) => word(line, 0, (i + 0.8) * headingLine, 'start', heading));
  for (let row = 0; row < rows; row++) {
    if (rowLabels)
      parts.push(
        word(rowLabels[row]!, left - 10, top + row * step.y + picture.height / 2 + 4, 'end', small),
      );
  }
  for (let i = 0; i < batch.n; i++) {
    const x = left + (i % columns) * step.x;
    const y = top + Math.floor(i / columns) * step.y;
    parts.push(
      `<image x="${x}" y="${y}" width="${picture.width}" height="${picture.height}" image-rendering="optimizeSpeed" href="${dataUrl(image(batch, i))}"/>`,
    );
    if (labels)
      parts.push(
        word(String(labels[i]), x + picture.width / 2, y + picture.height + 13, 'middle', small),
      );
  }
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width + 2 * pad}" height="${top + grid.height + 2 * pad}" font-family="${font}">` +
    `<rect width="100%" height="100%" fill="white"/><g transform="translate(${pad},${pad})">${parts.join('')}</g></svg>`;
  return rasterize(svg);
}

function word(
  text: string,
  x: number,
  y: number,
  anchor: 'start' | 'middle' | 'end',
  style: { fontSize: number; fontWeight?: string },
): string {
  const { fontSize, fontWeight = 'normal' } = style;
  const fill = fontWeight === 'bold' ? config.title.color : config.axis.labelColor;
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${fontSize}" font-weight="${fontWeight}" fill="${fill}">${escape(text)}</text>`;
}

/** One image of the batch as PNG, black at the range's low end and white at its high. */
function image({ height, width, channels, data, range: [low, high] }: Batch, i: number): Buffer {
  const size = height * width * channels;
  const bytes = new Uint8ClampedArray(size);
  const factor = high > low ? 255 / (high - low) : 0;
  for (let p = 0; p < size; p++) bytes[p] = (data[i * size + p]! - low) * factor;
  return encodePng({ width, height, channels, data: new Uint8Array(bytes.buffer) });
}
