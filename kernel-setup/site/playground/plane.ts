/** Draws the landscape, the points on it, and samples. */
import { viridis } from './colors';
import { HALF, SIDE } from './messages';

/** Pixels along a side of the coloured picture, which the canvas enlarges. */
const PIXELS = 256;
const LEVELS = 24;
const table = viridis(LEVELS);
/** Nats of surprise at the two ends of the colours. */
const [LOW, HIGH] = [0.5, 9];

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
    context.fillStyle = '#1d2026';
    context.fillRect(0, 0, size, size);
    if (surprise) {
      colour(surprise, image.data);
      scratchContext.putImageData(image, 0, 0);
      context.drawImage(scratch, 0, 0, size, size);
    }
    context.strokeStyle = '#1d2026';
    context.lineWidth = 1;
    if (surprise && samples) for (const [x, y] of samplesOf(surprise)) dot(x, y, 2.5, '#ff9d5c');
    for (let i = 0; i < points.length / 2; i++)
      if (i !== chosen) dot(points[2 * i]!, points[2 * i + 1]!, 4.5, '#ffffff');
    if (chosen < 0) return;
    context.lineWidth = 3;
    dot(points[2 * chosen]!, points[2 * chosen + 1]!, 8, '#ffffff');
  };
}

/** Bilinear between the cells' centres, in steps, so that lines of equal energy show. */
function colour(surprise: Float32Array, data: Uint8ClampedArray): void {
  const last = SIDE - 1.001;
  const place = (pixel: number): number =>
    Math.min(Math.max(((pixel + 0.5) / PIXELS) * SIDE - 0.5, 0), last);
  for (let py = 0; py < PIXELS; py++) {
    const gy = place(PIXELS - 1 - py);
    const row = Math.floor(gy);
    const v = gy - row;
    for (let px = 0; px < PIXELS; px++) {
      const gx = place(px);
      const column = Math.floor(gx);
      const u = gx - column;
      const at = row * SIDE + column;
      const below = (1 - u) * surprise[at]! + u * surprise[at + 1]!;
      const above = (1 - u) * surprise[at + SIDE]! + u * surprise[at + SIDE + 1]!;
      const share = ((1 - v) * below + v * above - LOW) / (HIGH - LOW);
      const level = 3 * Math.max(0, Math.min(LEVELS - 1, Math.floor(share * LEVELS)));
      const to = 4 * (py * PIXELS + px);
      data[to] = table[level]!;
      data[to + 1] = table[level + 1]!;
      data[to + 2] = table[level + 2]!;
      data[to + 3] = 255;
    }
  }
}

const SAMPLES = 200;
/** Drawn once: so samples move with the landscape instead of flickering. */
const within = Float32Array.from({ length: 2 * SAMPLES }, () => Math.random());

/** Places drawn from exp(-surprise): evenly spaced shares of its mass, cell by cell. */
function* samplesOf(surprise: Float32Array): Generator<[number, number]> {
  const cell = (2 * HALF) / SIDE;
  let total = 0;
  for (const value of surprise) total += Math.exp(-value);
  let [sum, next] = [0, 0];
  for (let i = 0; i < surprise.length; i++) {
    sum += Math.exp(-surprise[i]!) / total;
    while (next < SAMPLES && sum > (next + 0.5) / SAMPLES) {
      const [u, v] = [within[2 * next]!, within[2 * next + 1]!];
      yield [((i % SIDE) + u) * cell - HALF, (Math.floor(i / SIDE) + v) * cell - HALF];
      next++;
    }
  }
}
