/** Draws embeddings on a sphere, and the inputs that they are of. */
import { byDirection } from './colors';
import { HALF } from './messages';

/** From above and from the side, so that both poles are seen. */
const TILT = 0.45;

export function spherePainter(
  canvas: HTMLCanvasElement,
): (embeddings: Float32Array, points: Float32Array, turn: number) => void {
  const context = canvas.getContext('2d')!;
  const { width: size } = canvas;
  const [middle, radius] = [size / 2, 0.44 * size];
  return (embeddings, points, turn) => {
    context.fillStyle = '#1d2026';
    context.fillRect(0, 0, size, size);
    grid(context, middle, radius, turn);
    const placed = Array.from({ length: embeddings.length / 3 }, (_, i) => ({
      i,
      ...turned(turn, embeddings[3 * i]!, embeddings[3 * i + 1]!, embeddings[3 * i + 2]!),
    })).sort((a, b) => a.depth - b.depth);
    for (const { i, x, y, depth } of placed) {
      context.beginPath();
      context.arc(middle + radius * x, middle - radius * y, 6 + 2 * depth, 0, 2 * Math.PI);
      context.globalAlpha = depth < 0 ? 0.45 : 1;
      context.fillStyle = byDirection(points[2 * i]!, points[2 * i + 1]!);
      context.fill();
    }
    context.globalAlpha = 1;
  };
}

/** Turned about the axis by `turn`, and seen from in front. */
function turned(
  turn: number,
  x: number,
  y: number,
  z: number,
): { x: number; y: number; depth: number } {
  const across = x * Math.cos(turn) - y * Math.sin(turn);
  const along = x * Math.sin(turn) + y * Math.cos(turn);
  return {
    x: across,
    y: z * Math.cos(TILT) + along * Math.sin(TILT),
    depth: z * Math.sin(TILT) - along * Math.cos(TILT),
  };
}

/** Circles of latitude and longitude. */
function grid(
  context: CanvasRenderingContext2D,
  middle: number,
  radius: number,
  turn: number,
): void {
  context.strokeStyle = 'rgb(255 255 255 / 0.16)';
  context.lineWidth = 1;
  const line = (at: (t: number) => [number, number, number]): void => {
    context.beginPath();
    for (let k = 0; k <= 60; k++) {
      const { x, y } = turned(turn, ...at((k / 60) * 2 * Math.PI));
      context.lineTo(middle + radius * x, middle - radius * y);
    }
    context.stroke();
  };
  for (const height of [-0.8, -0.4, 0, 0.4, 0.8]) {
    const across = Math.sqrt(1 - height ** 2);
    line((t) => [across * Math.cos(t), across * Math.sin(t), height]);
  }
  for (let k = 0; k < 4; k++) {
    const angle = (k / 4) * Math.PI;
    line((t) => [Math.sin(t) * Math.cos(angle), Math.sin(t) * Math.sin(angle), Math.cos(t)]);
  }
}

/** The inputs in the plane, in the colours of their embeddings. */
export function paintInputs(canvas: HTMLCanvasElement, points: Float32Array): void {
  const context = canvas.getContext('2d')!;
  const { width: size } = canvas;
  context.fillStyle = '#1d2026';
  context.fillRect(0, 0, size, size);
  for (let i = 0; i < points.length / 2; i++) {
    const [x, y] = [points[2 * i]!, points[2 * i + 1]!];
    context.beginPath();
    context.arc(
      ((x + HALF) / (2 * HALF)) * size,
      size - ((y + HALF) / (2 * HALF)) * size,
      3,
      0,
      2 * Math.PI,
    );
    context.fillStyle = byDirection(x, y);
    context.fill();
  }
}
