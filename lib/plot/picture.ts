/**
 * A grid of values as one embedded picture in a chart: some kilobytes where a mark for each cell
 * would be a megabyte.
 */
import type { ColorScale, Rgb } from './colors';
import { dataUrl, encodePng } from './png';
import { size } from './theme';
import type { Grid } from './values';

/** The pixels that a smooth picture is drawn with, across: two for each of the chart's. */
const target = 2 * size.square;
/** What is not a number. */
const blank: Rgb = [255, 255, 255];

/**
 * The grid in the scale's colours, the first row at the top. `steps` smooths it (bilinearly) and
 * draws it in as many colours, whose borders are contour lines; without it each cell is one pixel
 * of 255 possible colours.
 */
export function paint(grid: Grid, scale: ColorScale, steps?: number): string {
  const { rows, columns } = grid;
  const zoom = steps ? target / Math.max(rows, columns) : 1;
  const width = Math.max(1, Math.round(columns * zoom));
  const height = Math.max(1, Math.round(rows * zoom));
  const colors = scale.palette(steps ?? 255);
  const sample = steps ? smooth : nearest;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = sample(
        grid,
        ((x + 0.5) * columns) / width - 0.5,
        ((y + 0.5) * rows) / height - 0.5,
      );
      const step = Math.min(Math.floor(scale.position(value) * colors.length), colors.length - 1);
      data[y * width + x] = Number.isFinite(value) ? step : colors.length;
    }
  }
  return dataUrl(encodePng({ width, height, channels: 1, data, palette: [...colors, blank] }));
}

/** The value of the cell in which a point lies; cell centres are whole numbers. */
function nearest({ columns, data }: Grid, x: number, y: number): number {
  return data[Math.round(y) * columns + Math.round(x)]!;
}

/** Between the four nearest cell centres; towards the edge, the edge's own. */
function smooth({ rows, columns, data }: Grid, x: number, y: number): number {
  const [x0, y0] = [
    Math.min(Math.max(Math.floor(x), 0), columns - 1),
    Math.min(Math.max(Math.floor(y), 0), rows - 1),
  ];
  const [x1, y1] = [Math.min(x0 + 1, columns - 1), Math.min(y0 + 1, rows - 1)];
  const [u, v] = [Math.min(Math.max(x - x0, 0), 1), Math.min(Math.max(y - y0, 0), 1)];
  const at = (row: number, column: number): number => data[row * columns + column]!;
  return (
    (1 - v) * ((1 - u) * at(y0, x0) + u * at(y0, x1)) + v * ((1 - u) * at(y1, x0) + u * at(y1, x1))
  );
}
