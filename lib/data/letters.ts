/** Letters drawn by a few strokes: what looks like handwriting, and is no digit. */
import { expectNumber } from '../core/checks';
import { tf, type Tensor4D } from '../core/engine';
import { hostGenerator } from '../core/philox';

/**
 * Strokes as [x, y, x, y, ...] in the unit square, y downwards. Letters that look like a digit (B,
 * I, O, S, Z, ...) are left out.
 */
const alphabet: Readonly<Record<string, readonly (readonly number[])[]>> = {
  A: [
    [0, 1, 0.5, 0, 1, 1],
    [0.2, 0.6, 0.8, 0.6],
  ],
  E: [
    [1, 0, 0, 0, 0, 1, 1, 1],
    [0, 0.5, 0.8, 0.5],
  ],
  F: [
    [1, 0, 0, 0, 0, 1],
    [0, 0.5, 0.8, 0.5],
  ],
  H: [
    [0, 0, 0, 1],
    [1, 0, 1, 1],
    [0, 0.5, 1, 0.5],
  ],
  K: [
    [0, 0, 0, 1],
    [0.9, 0, 0, 0.5, 0.9, 1],
  ],
  M: [[0, 1, 0, 0, 0.5, 0.6, 1, 0, 1, 1]],
  N: [[0, 1, 0, 0, 1, 1, 1, 0]],
  R: [
    [0, 1, 0, 0, 0.7, 0, 0.9, 0.25, 0.7, 0.5, 0, 0.5],
    [0.4, 0.5, 1, 1],
  ],
  T: [
    [0, 0, 1, 0],
    [0.5, 0, 0.5, 1],
  ],
  W: [[0, 0, 0.25, 1, 0.5, 0.4, 0.75, 1, 1, 0]],
  X: [
    [0, 0, 1, 1],
    [1, 0, 0, 1],
  ],
};

/** The letters that `letters` draws. */
export const strokeLetters: readonly string[] = Object.keys(alphabet);

const side = 28;

/**
 * Letters in the format of the digits: white on black, in a box of about 20 pixels, slanted and
 * shifted a little, each point of a stroke moved by about a pixel. The alphabet's letters take
 * turns.
 *
 * @param seed the same seed gives the same pictures.
 * @returns [n, 28, 28, 1] float32 in [0, 1].
 * @example
 * ```ts
 * import { data } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * assert.deepEqual(data.letters(3).shape, [3, 28, 28, 1]);
 * ```
 */
export function letters(n: number, seed = 0): Tensor4D {
  expectNumber('n', n, { atLeast: 1, integer: true });
  const generator = hostGenerator(seed);
  const within = (low: number, high: number): number => low + (high - low) * generator.uniform();
  const pixels = new Float32Array(n * side * side);
  for (let i = 0; i < n; i++) {
    const [width, height, slant] = [within(11, 15), within(17, 20), within(-0.2, 0.2)];
    const [left, top] = [(side - width) / 2 + within(-1, 1), (side - height) / 2 + within(-1, 1)];
    const thickness = within(0.8, 1.5);
    const place = (x: number, y: number): Point => [
      left + x * width + slant * (0.5 - y) * height + within(-0.7, 0.7),
      top + y * height + within(-0.7, 0.7),
    ];
    const image = pixels.subarray(i * side * side, (i + 1) * side * side);
    for (const stroke of alphabet[strokeLetters[i % strokeLetters.length]!]!) {
      const points = Array.from({ length: stroke.length / 2 }, (_, k) =>
        place(stroke[2 * k]!, stroke[2 * k + 1]!),
      );
      for (let k = 1; k < points.length; k++) draw(image, points[k - 1]!, points[k]!, thickness);
    }
  }
  return tf.tensor4d(pixels, [n, side, side, 1]);
}

type Point = readonly [x: number, y: number];

/** A line of round ends, full within `radius` of it and gone a pixel further out. */
function draw(image: Float32Array, [ax, ay]: Point, [bx, by]: Point, radius: number): void {
  const [dx, dy] = [bx - ax, by - ay];
  const square = dx * dx + dy * dy || 1e-9;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [x, y] = [column + 0.5 - ax, row + 0.5 - ay];
      const along = Math.min(Math.max((x * dx + y * dy) / square, 0), 1);
      const distance = Math.hypot(x - along * dx, y - along * dy);
      const paint = Math.min(Math.max(radius + 0.5 - distance, 0), 1);
      const at = row * side + column;
      image[at] = Math.max(image[at]!, paint);
    }
  }
}
