import { expect, test } from 'vitest';
import fc from 'fast-check';
import { tf, type Tensor2D, type Tensor3D, type Tensor4D } from '../../../lib/core/engine';
import { resample } from '../../../lib/data/augment';

const image = (height: number, width: number, channels = 1) =>
  tf.reshape(tf.div(tf.range(1, height * width * channels + 1), height * width * channels), [
    1,
    height,
    width,
    channels,
  ]) as Tensor4D;
const matrix = (...rows: number[]) => tf.tensor3d([...rows, 0, 0, 1], [1, 3, 3]) as Tensor3D;
const at = (x: Tensor4D, row: number, column: number) =>
  x.dataSync()[row * x.shape[2] + column] ?? NaN;

test('looking dx, dy pixels away moves the image by whole pixels, exactly; outside is 0', () => {
  fc.assert(
    fc.property(fc.integer({ min: -12, max: 12 }), fc.integer({ min: -12, max: 12 }), (dx, dy) => {
      tf.tidy(() => {
        const [input, height, width] = [image(7, 9), 7, 9];
        const values = input.dataSync();
        const output = resample(input, { matrix: matrix(1, 0, dx, 0, 1, dy) }).dataSync();
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++) {
            const [fromX, fromY] = [x + dx, y + dy];
            const inside = fromX >= 0 && fromX < width && fromY >= 0 && fromY < height;
            expect(output[y * width + x]).toBe(inside ? values[fromY * width + fromX] : 0);
          }
      });
    }),
    { numRuns: 60 },
  );
});

test('a quarter turn is the transposed mirror, to 1e-5', () => {
  tf.tidy(() => {
    for (const side of [8, 9]) {
      const input = image(side, side);
      const [c, s] = [Math.cos(Math.PI / 2), Math.sin(Math.PI / 2)];
      const turned = resample(input, { matrix: matrix(c, s, 0, -s, c, 0) });
      // Output (x, y) looks at input (y, -x): row y, column x shows row -x, column y.
      const expected = tf.reverse(tf.transpose(input, [0, 2, 1, 3]), 2);
      expect(tf.max(tf.abs(tf.sub(turned, expected))).dataSync()[0]).toBeLessThan(1e-5);
    }
  });
});

test('a field of whole pixels moves each pixel by its own displacement, exactly, x and y apart', () => {
  tf.tidy(() => {
    const input = image(4, 5);
    const field = tf.concat([tf.fill([1, 20], 1), tf.fill([1, 20], -2)]) as Tensor2D;
    const output = resample(input, { field });
    for (let y = 2; y < 4; y++)
      for (let x = 0; x < 4; x++) expect(at(output, y, x)).toBe(at(input, y - 2, x + 1));
  });
});

test('the matrix applies to the displaced position: a mirror turns a move to the right into one to the left', () => {
  tf.tidy(() => {
    const input = image(3, 6);
    const field = tf.concat([tf.fill([1, 18], 1), tf.zeros([1, 18])]) as Tensor2D;
    const output = resample(input, { matrix: matrix(-1, 0, 0, 0, 1, 0), field });
    // x from the centre -> -(x + 1): column c looks at column 5 - (c + 1).
    for (let c = 0; c < 5; c++) expect(at(output, 1, c)).toBe(at(input, 1, 4 - c));
  });
});

test('half a pixel is the mean of the two neighbours, and linear ramps stay linear', () => {
  tf.tidy(() => {
    const input = image(5, 6);
    const output = resample(input, { matrix: matrix(1, 0, 0.5, 0, 1, 0) });
    for (let c = 0; c < 5; c++)
      expect(at(output, 2, c)).toBeCloseTo((at(input, 2, c) + at(input, 2, c + 1)) / 2, 6);
    expect(at(output, 2, 5)).toBeCloseTo(at(input, 2, 5) / 2, 6);
  });
});

test('a look from far outside, or at no finite distance within reason, gives 0', () => {
  tf.tidy(() => {
    const output = resample(image(4, 4), { matrix: matrix(1, 0, 1e6, 0, 1, -1e6) });
    expect([...output.dataSync()].every((v) => v === 0)).toBe(true);
  });
});

test('images of a batch do not mix, channels neither', () => {
  tf.tidy(() => {
    const both = tf.concat([tf.zeros([1, 5, 5, 2]), tf.ones([1, 5, 5, 2])]) as Tensor4D;
    const matrices = tf.tile(matrix(0.8, 0.3, 0.7, -0.3, 0.8, -0.4), [2, 1, 1]) as Tensor3D;
    const [black] = tf.split(resample(both, { matrix: matrices }), 2) as [Tensor4D];
    expect(black.max().dataSync()[0]).toBe(0);
    const channels = tf.concat([tf.zeros([1, 5, 5, 1]), tf.ones([1, 5, 5, 1])], 3) as Tensor4D;
    expect(
      tf
        .slice(
          resample(channels, { matrix: matrix(0.8, 0.3, 0.7, -0.3, 0.8, -0.4) }),
          [0, 0, 0, 0],
          [1, 5, 5, 1],
        )
        .max()
        .dataSync()[0],
    ).toBe(0);
  });
});

test('an affine map gives the same with a field of zeros, which takes the other way to compute it', () => {
  tf.tidy(() => {
    const images = tf.tile(image(9, 12, 2), [3, 1, 1, 1]) as Tensor4D;
    const matrices = tf.concat([
      matrix(0.9, 0.2, 1.3, -0.4, 1.1, 0.6),
      matrix(-1, 0, 0, 0, 1, 3),
      matrix(0.3, 0, -2.5, 0.1, 0.4, 0),
    ]) as Tensor3D;
    const [direct, lookup] = [
      resample(images, { matrix: matrices }),
      resample(images, { matrix: matrices, field: tf.zeros([6, 108]) }),
    ];
    expect(tf.max(tf.abs(tf.sub(direct, lookup))).dataSync()[0]).toBeLessThan(1e-5);
  });
});
