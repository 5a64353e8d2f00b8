/** Draws the landscape, the points on it, and samples. */
import { heights } from './colors';
import { HALF, SIDE } from './messages';

/** Pixels along a side of the coloured picture, which the canvas enlarges. */
const PIXELS = 320;
const LEVELS = 28;
const table = heights(LEVELS);
/** Surprise that is as low as the colours go, and by how much more half of them are left, in nats. */
const [LOWEST, HALFWAY] = [0.5, 3.5];
/** How much a slope is lit or shaded, at most. */
const RELIEF = 0.28;

export interface View {
  readonly points: Float32Array;
  /** The place of the chosen one, or -1. */
  readonly chosen: number;
  readonly surprise: Float32Array | undefined;
  readonly samples: boolean;
}

export function planePainter(canvas: HTMLCanvasElement): (view: View) => void {
  const context = canvas.getContext('2d')!;
  const scratch = document.createElement('canvas');
  scratch.width = scratch.height = PIXELS;
  const scratchContext = scratch.getContext('2d')!;
  const image = scratchContext.createImageData(PIXELS, PIXELS);
  const size = canvas.width;
  const toX = (x: number): number => ((x + HALF) / (2 * HALF)) * size;
  const toY = (y: number): number => size - toX(y);
  const dot = (x: number, y: number, radius: number, fill: string): void => {
    context.beginPath();
    context.arc(toX(x), toY(y), radius, 0, 2 * Math.PI);
    context.fillStyle = fill;
    context.fill();
    context.stroke();
  };
  return ({ points, chosen, surprise, samples }) => {
    context.clearRect(0, 0, size, size);
    if (surprise) {
      colour(surprise, image.data);
      scratchContext.putImageData(image, 0, 0);
      context.drawImage(scratch, 0, 0, size, size);
    }
    context.strokeStyle = '#1d2026';
    context.lineWidth = 1;
    if (surprise && samples) for (const [x, y] of samplesOf(surprise)) dot(x, y, 4, '#ff8a3d');
    for (let i = 0; i < points.length / 2; i++)
      if (i !== chosen) dot(points[2 * i]!, points[2 * i + 1]!, 5.5, '#ffffff');
    if (chosen < 0) return;
    context.lineWidth = 3;
    dot(points[2 * chosen]!, points[2 * chosen + 1]!, 10, '#ffffff');
  };
}

/**
 * In steps, so that lines of equal energy show, and lit from the upper left, so that it is seen as
 * a relief. Heights and light are reckoned for the cells, and drawn between them for the pixels.
 */
function colour(surprise: Float32Array, data: Uint8ClampedArray): void {
  const left = surprise.map((value) => 2 ** (-Math.max(0, value - LOWEST) / HALFWAY));
  const light = risesOf(surprise).map((rise, i) => 1 + RELIEF * left[i]! * Math.tanh(rise));
  const [lefts, lights] = [new Float32Array(SIDE), new Float32Array(SIDE)];
  let to = 0;
  for (let py = PIXELS - 1; py >= 0; py--) {
    const row = SIDE * cells[py]!;
    for (let i = 0; i < SIDE; i++) {
      lefts[i] = left[row + i]! + ways[py]! * (left[row + SIDE + i]! - left[row + i]!);
      lights[i] = light[row + i]! + ways[py]! * (light[row + SIDE + i]! - light[row + i]!);
    }
    for (let px = 0; px < PIXELS; px++) {
      const [at, u] = [cells[px]!, ways[px]!];
      const height = 1 - lefts[at]! - u * (lefts[at + 1]! - lefts[at]!);
      const lit = lights[at]! + u * (lights[at + 1]! - lights[at]!);
      const level = 3 * Math.min(LEVELS - 1, Math.floor(height * LEVELS));
      data[to++] = lit * table[level]!;
      data[to++] = lit * table[level + 1]!;
      data[to++] = lit * table[level + 2]!;
      data[to++] = 255;
    }
  }
}

/** Of each pixel along a side: the cell whose centre is before it, and its way to the next one's. */
const positions = Float32Array.from({ length: PIXELS }, (_, pixel) =>
  Math.min(Math.max(((pixel + 0.5) / PIXELS) * SIDE - 0.5, 0), SIDE - 1.001),
);
const cells = Int32Array.from(positions);
const ways = positions.map((x) => x % 1);

/** How much the surprise rises away from the light, to the lower right, in nats a cell. */
function risesOf(surprise: Float32Array): Float32Array {
  const inside = (i: number): number => Math.max(0, Math.min(SIDE - 1, i));
  return surprise.map((_, i) => {
    const [row, column] = [Math.floor(i / SIDE), i % SIDE];
    const at = (dy: number, dx: number): number =>
      surprise[inside(row + dy) * SIDE + inside(column + dx)]!;
    return (at(0, 1) - at(0, -1) + at(-1, 0) - at(1, 0)) / 2;
  });
}

const SAMPLES = 200;
/** Drawn once, so that samples move with the landscape instead of flickering. */
const draws = Array.from({ length: SAMPLES }, () => ({
  share: Math.random(),
  u: Math.random(),
  v: Math.random(),
})).sort((a, b) => a.share - b.share);

/** Places drawn from exp(-surprise): each is where its share of the mass is reached, cell by cell. */
function* samplesOf(surprise: Float32Array): Generator<[number, number]> {
  const cell = (2 * HALF) / SIDE;
  let total = 0;
  for (const value of surprise) total += Math.exp(-value);
  let [sum, next] = [0, 0];
  for (let i = 0; i < surprise.length; i++) {
    sum += Math.exp(-surprise[i]!) / total;
    for (; next < SAMPLES && sum > draws[next]!.share; next++) {
      const { u, v } = draws[next]!;
      yield [((i % SIDE) + u) * cell - HALF, (Math.floor(i / SIDE) + v) * cell - HALF];
    }
  }
}
