/**
 * Pictures of pixels: digits, photographs, filters, reconstructions, in a grid, enlarged without
 * smoothing.
 */
import type { Tensor } from '../core/engine';
import { displaySymbol, type Displayable, type MimeBundle } from './display';
import { Chart } from './chart';
import { drawGrid } from './imageLayout';
import { asImage } from './render';
import { describe, isTensor, plural } from './values';

/** Nested arrays of numbers, as deep as the images' rank. */
export type Nested = readonly number[] | readonly Nested[];
export type Images = Tensor | Nested;

export interface ImageOptions {
  readonly title?: string;
  /**
   * CSS pixels for each pixel of the image, a whole number; by default an image is about 56 pixels
   * high.
   */
  readonly scale?: number;
  /**
   * The values drawn black and white. By default [0, 1], or [0, 255] for an int32 tensor; 'auto'
   * takes the least and the greatest. What lies outside is clipped, and the text says how much.
   */
  readonly range?: readonly [low: number, high: number] | 'auto';
}

export interface ImageGridOptions extends ImageOptions {
  /** Images in a row; by default as many as fit in a notebook's cell, at most 10. */
  readonly columns?: number;
  /** A word below each image: its class, its distance. */
  readonly labels?: readonly (string | number)[];
  /** A word to the left of each row: "input", "reconstruction". */
  readonly rowLabels?: readonly string[];
}

/** Images as one row-major list, read from a tensor or from nested arrays. */
export interface Raw {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly integers: boolean;
}

/**
 * A grid of images: [n, height, width], or [n, height, width, channels] with 1 (grey) or 3 (RGB)
 * channels.
 *
 * @throws on another shape, values that are not finite, labels of another number than the images.
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const images = [[[0, 1], [1, 0]], [[1, 0], [0, 1]]];
 * const grid = plot.imageGrid(images, { labels: ['first', 'second'], scale: 20 });
 * assert.equal(grid.text, '2 images of 2 x 2; labels first, second');
 * ```
 */
export function imageGrid(images: Images, options: ImageGridOptions = {}): ImageGrid {
  return gridOf(read(images), options);
}

/** The room for images in a notebook's cell, in CSS pixels. */
const room = 660;
/** Pixels between images. */
const gap = 4;

/**
 * Images in a grid: a value that can be shown, be a slider's frame, or be asked for its picture.
 */
export class ImageGrid implements Displayable {
  constructor(
    private readonly draw: () => Buffer,
    /** One line for a terminal, a screen reader, a diff. */
    readonly text: string,
  ) {}

  /** As PNG, with two pixels for each of CSS. */
  png(): Buffer {
    return this.draw();
  }

  [displaySymbol](): MimeBundle {
    return { 'image/png': this.png().toString('base64'), 'text/plain': this.text };
  }

  /** The picture as a chart, for a slider. */
  chart(): Chart {
    const { url, width, height } = asImage(this.png());
    return new Chart(
      {
        width,
        height,
        // The picture has a margin of its own.
        padding: 0,
        data: { values: [{ of: 'images' }] },
        mark: { type: 'image', width, height, url },
        encoding: { x: { value: width / 2 }, y: { value: height / 2 } },
      },
      { text: this.text },
    );
  }
}

function gridOf(raw: Raw, options: ImageGridOptions): ImageGrid {
  const { shape, data } = raw;
  const [n = 0, height = 0, width = 0, channels = 1] = shape;
  if (
    shape.length < 3 ||
    shape.length > 4 ||
    (channels !== 1 && channels !== 3) ||
    data.length === 0
  ) {
    throw new RangeError(
      `images: shape [${shape.join(', ')}] given, [n, height, width] or [n, height, width, 1 or 3] expected`,
    );
  }
  const bad = count(data, (value) => !Number.isFinite(value));
  if (bad > 0)
    throw new RangeError(
      `images: ${bad} of ${plural(data.length, 'value')} are NaN or infinite; finite numbers expected`,
    );
  const scale = whole('scale', options.scale ?? Math.max(1, Math.round(56 / height)));
  const fitting = Math.max(1, Math.floor(room / (width * scale + gap)));
  const columns = whole('columns', options.columns ?? Math.min(n, 10, fitting));
  const rows = Math.ceil(n / columns);
  requireLength('labels', options.labels, n, 'image');
  requireLength('rowLabels', options.rowLabels, rows, 'row');
  const range = limits(raw, options.range);
  const outside = count(data, (value) => value < range[0] || value > range[1]);
  const text = [
    `${options.title ? `${options.title}: ` : ''}${plural(n, 'image')} of ${height} x ${width}${channels === 3 ? ' RGB' : ''}`,
    ...(options.labels ? [`labels ${options.labels.join(', ')}`] : []),
    ...(outside > 0
      ? [`${plural(outside, 'value')} outside of [${range[0]}, ${range[1]}] clipped`]
      : []),
  ].join('; ');
  const { title, labels, rowLabels } = options;
  const batch = { n, height, width, channels: channels as 1 | 3, data, range };
  const layout = { columns, rows, scale, gap, title, labels, rowLabels };
  return new ImageGrid(() => drawGrid(batch, layout), text);
}

function read(images: Images): Raw {
  if (isTensor(images))
    return {
      shape: images.shape,
      data: Array.from(images.dataSync()),
      integers: images.dtype === 'int32',
    };
  if (!Array.isArray(images))
    throw new TypeError(`images: ${describe(images)} given, a tensor or nested arrays expected`);
  const shape: number[] = [];
  for (
    let node: unknown = images;
    Array.isArray(node) || ArrayBuffer.isView(node);
    node = (node as ArrayLike<unknown>)[0]
  ) {
    shape.push((node as ArrayLike<unknown>).length);
  }
  const data: number[] = [];
  const walk = (node: unknown, depth: number): void => {
    if (depth === shape.length && typeof node === 'number') data.push(node);
    else if (
      depth < shape.length &&
      (node as ArrayLike<unknown> | undefined)?.length === shape[depth]
    ) {
      for (const child of Array.from(node as ArrayLike<unknown>)) walk(child, depth + 1);
    } else
      throw new RangeError(
        `images: nested arrays of unequal length or depth given, shape [${shape.join(', ')}] expected as in the first`,
      );
  };
  walk(images, 0);
  return { shape, data, integers: false };
}

function limits({ data, integers }: Raw, range: ImageOptions['range']): readonly [number, number] {
  if (range === 'auto')
    return data.reduce<readonly [number, number]>(
      ([low, high], x) => [Math.min(low, x), Math.max(high, x)],
      [Infinity, -Infinity],
    );
  const [low, high] = range ?? [0, integers ? 255 : 1];
  if (!(low < high))
    throw new RangeError(`range: [${low}, ${high}] given, [low, high] with low < high expected`);
  return [low, high];
}

function count(data: readonly number[], test: (value: number) => boolean): number {
  return data.reduce((sum, value) => sum + (test(value) ? 1 : 0), 0);
}

function whole(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`${name}: ${value} given, a whole number from 1 expected`);
  return value;
}

function requireLength(
  name: string,
  given: readonly unknown[] | undefined,
  expected: number,
  of: string,
): void {
  if (given && given.length !== expected)
    throw new RangeError(
      `${name}: ${given.length} given, ${expected} expected, one for each ${of}`,
    );
}
