/**
 * Pictures made small as `data.imageFolder` makes them by sharp (libvips): means of whole pixels
 * first, then a triangle as wide as the pixels that it replaces, along the columns, then along the
 * rows, rounded to bytes in between.
 *
 * A canvas's own smoothing differs from browser to browser, and by more than an encoder overlooks.
 */

/** Bytes, [height, width, channels]. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

export type Fit = 'cover' | 'contain' | 'fill';

export interface SquareOptions {
  /**
   * 'cover' (the default) scales the shorter edge to the side and cuts the rest off at both ends,
   * 'contain' scales the longer edge and puts `ground` beside it, 'fill' scales both.
   */
  readonly fit?: Fit;
  /** One value a channel, 0 to 255; default white. */
  readonly ground?: readonly number[];
  /** Large JPEGs are decoded at an eighth, a quarter or half of their size. */
  readonly isJpeg?: boolean;
}

/** A square picture: [side, side, channels], bytes. */
export function toSquare(
  raster: Raster,
  side: number,
  { fit = 'cover', ground = [255, 255, 255], isJpeg = false }: SquareOptions = {},
): Uint8Array {
  const decoded = isJpeg ? shrunkOnLoad(raster, Math.min(...factorsOf(raster, side, fit))) : raster;
  const [across, down] = factorsOf(decoded, side, fit);
  const columns = transposed(alongRows(transposed(decoded), down));
  return placed(alongRows(columns, across), side, ground);
}

/** How many pixels become one, across and down. */
function factorsOf({ width, height }: Raster, side: number, fit: Fit): [number, number] {
  const [across, down] = [width / side, height / side];
  if (fit === 'fill') return [across, down];
  const both = fit === 'cover' ? Math.min(across, down) : Math.max(across, down);
  return [both, both];
}

/**
 * As a JPEG's decoder gives it that leaves out its finest waves: at an eighth, a quarter or half,
 * whichever leaves more than is wanted (sharp's pipeline.cc), without the last pixels that make no
 * whole one.
 */
function shrunkOnLoad(raster: Raster, factor: number): Raster {
  const largest = [8, 4, 2].find((each) => factor >= each) ?? 1;
  const size = Math.floor(factor) === largest ? Math.max(1, largest / 2) : largest;
  const alongOne = (each: Raster): Raster => meansOf(each, size, Math.floor(each.width / size));
  return transposed(alongOne(transposed(alongOne(raster))));
}

/** Cut to a square from the middle, or put in the middle of one. */
function placed(raster: Raster, side: number, ground: readonly number[]): Uint8Array {
  const { width, height, channels, data } = raster;
  const square = new Uint8Array(side * side * channels);
  // As sharp rounds: a crop's odd pixel is cut off before, a border's comes after.
  const offset = (length: number): number =>
    length >= side ? Math.floor((length - side + 1) / 2) : -Math.floor((side - length) / 2);
  const [left, top] = [offset(width), offset(height)];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [fromX, fromY] = [x + left, y + top];
      const inside = fromX >= 0 && fromX < width && fromY >= 0 && fromY < height;
      for (let c = 0; c < channels; c++) {
        square[(y * side + x) * channels + c] = inside
          ? data[(fromY * width + fromX) * channels + c]!
          : ground[c % ground.length]!;
      }
    }
  }
  return square;
}

/** Each row made shorter, or longer, by a factor. */
function alongRows(raster: Raster, factor: number): Raster {
  const width = Math.max(1, Math.round(raster.width / factor));
  if (width === raster.width) return raster;
  // Means take the largest part of the way; at least a factor of two is left for the triangle.
  const size = Math.max(1, Math.floor(raster.width / width / 2));
  // Where the rounded width needs more pixels than there are, half of them are missing at each end.
  const missing = (width * factor - raster.width) / size;
  return interpolated(meansOf(raster, size), width, factor / size, missing);
}

/** The mean of each `size` pixels of a row; the last pixel goes on where they do not suffice. */
function meansOf(raster: Raster, size: number, width = Math.ceil(raster.width / size)): Raster {
  if (size === 1) return raster;
  const { height, channels, data } = raster;
  const out = new Uint8ClampedArray(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let i = 0; i < size; i++) {
          const from = Math.min(raster.width - 1, x * size + i);
          sum += data[(y * raster.width + from) * channels + c]!;
        }
        out[(y * width + x) * channels + c] = Math.floor(sum / size + 0.5);
      }
    }
  }
  return { width, height, channels, data: out };
}

/** Weights of neighbouring pixels for one pixel of the outcome. */
interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

function interpolated(raster: Raster, width: number, factor: number, missing: number): Raster {
  const { height, channels, data } = raster;
  const out = new Uint8ClampedArray(width * height * channels);
  for (let x = 0; x < width; x++) {
    const { first, weights } = tapsOf(x, factor, missing);
    for (let y = 0; y < height; y++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let t = 0; t < weights.length; t++) {
          const from = Math.min(raster.width - 1, Math.max(0, first + t));
          sum += weights[t]! * data[(y * raster.width + from) * channels + c]!;
        }
        out[(y * width + x) * channels + c] = Math.floor(sum + 0.5);
      }
    }
  }
  return { width, height, channels, data: out };
}

function tapsOf(x: number, factor: number, missing: number): Taps {
  // libvips keeps the first pixel's corner when it enlarges, and the middle when it reduces.
  const centre = factor < 1 ? x * factor - 0.5 : (x + 0.5) * factor - 0.5 - missing / 2;
  const reach = Math.max(1, factor);
  const first = Math.ceil(centre - reach);
  const last = Math.floor(centre + reach);
  const weights = Float64Array.from({ length: last - first + 1 }, (_, t) =>
    Math.max(0, 1 - Math.abs(first + t - centre) / reach),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { first, weights: weights.map((weight) => weight / total) };
}

function transposed({ width, height, channels, data }: Raster): Raster {
  const out = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++)
        out[(x * height + y) * channels + c] = data[(y * width + x) * channels + c]!;
  return { width: height, height: width, channels, data: out };
}

/** Luma of red, green and blue (ITU-R BT.601), in the integers of `data.imageFolder`. */
export function toGray(rgb: Uint8Array): Uint8Array {
  return Uint8Array.from(
    { length: rgb.length / 3 },
    (_, i) =>
      (19595 * rgb[3 * i]! + 38470 * rgb[3 * i + 1]! + 7471 * rgb[3 * i + 2]! + 32768) >> 16,
  );
}
